"""Whole files: what becomes of good rows and bad ones, and of files that mislead at first."""

import csv
import gzip
import io
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from demos.core.errors import InputError, TooLarge, Unreadable
from demos.core.jobs import Canceled
from demos.core.settings import Settings
from demos.core.tables import Table, csv_rows, quarantine, quotes, read, with_decimal, with_order
from demos.core.tables.times import Order
from tests.core.tables.small import COLUMNS, HEAD, SETTINGS, as_bytes, reasons, seen, table

GOOD = "2018-04-01 10:00:00,c1,12.50,1,0,0\n"
MIXED = (
    HEAD
    + GOOD
    + "yesterday,c2,3,2,0,0\n"
    + "2018-04-01 10:00:00,,3,3,0,0\n"
    + "2018-04-01 10:00:00,c1,-3,4,0,0\n"
    + "2018-04-01 10:00:00,c1,abc,5,0,0\n"
    + "2018-04-01 10:00:00,c1,inf,6,0,0\n"
    + "2018-04-01 10:00:00,c1,NaN,7,0,0\n"
    + "1900-01-01 00:00:00,c1,3,8,0,0\n"
    + "2200-01-01 00:00:00,c1,3,9,0,0\n"
    + "2018-04-01 10:00:00,c1,3,10,maybe,0\n"
    + "2018-04-01 10:00:00,c1,3,11,0,7\n"
    + "2018-04-01 10:00:00,c1,3,12,0,1.5\n"
    + "2018-04-01 10:00:00,c1\n"
    + "2018-04-01 10:00:00,c1,3,13,0,0,more\n"
    + "2018-04-01 10:00:00,c1,3,1,0,0\n"
    + f"2018-04-01 10:00:00,{'x' * 300},3,14,0,0\n"
    + "2018-04-01 10:00:00,c1,1e12,15,0,0\n"
    + "2018-04-01 11:00:00,c1,3,16,yes,\n"
)
EXPECTED = [
    (3, "Time “yesterday” is not a date and time"),
    (4, "Card is missing"),
    (5, "Amount “-3” is below 0"),
    (6, "Amount “abc” is not a number"),
    (7, "Amount “inf” is not a finite number"),
    (8, "Amount “NaN” is missing"),
    (9, "Time “1900-01-01 00:00:00” is before 1980"),
    (10, "Time “2200-01-01 00:00:00” is after 2099"),
    (11, "Fraud “maybe” is neither yes nor no"),
    (12, "Kind “7” is none of 0, 1, 2"),
    (13, "Kind “1.5” is not a whole number"),
    (14, "The row has 2 fields instead of 6"),
    (15, "The row has 7 fields instead of 6"),
    (16, "Number “1” is there twice: it is already in line 2"),
    (17, f"Card “{'x' * 80}…” is longer than 256 characters"),
    (18, "Amount “1e12” is above 1,000,000,000"),
]


def written(found: Table) -> list[dict[str, str]]:
    text = found.quarantine.to_csv().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_table_has_the_columns_asked_for_in_their_types() -> None:
    found = table(HEAD + GOOD + "2018-04-02,c2, 3 ,,bad,2\n")
    assert found.frame.schema == {
        "row": pl.UInt32,
        "time": pl.Datetime("us"),
        "card": pl.String,
        "amount": pl.Float64,
        "id": pl.String,
        "fraud": pl.Int8,
        "kind": pl.Int64,
    }
    assert found.frame.rows() == [
        (2, datetime(2018, 4, 1, 10), "c1", 12.5, "1", 0, 0),
        (3, datetime(2018, 4, 2), "c2", 3.0, None, 1, 2),
    ]
    assert not found.quarantine and len(found.sha256) == 64


def test_columns_that_the_file_has_not_are_null() -> None:
    found = table("time,card,amount\n2018-04-01,c1,5\n")
    assert found.frame.select("id", "fraud", "kind").rows() == [(None, None, None)]
    assert found.frame.schema["fraud"] == pl.Int8


@pytest.mark.parametrize(("yes", "no"), [("ja", "Nein"), ("WAHR", "FALSCH"), ("oui", "non")])
def test_flags_in_other_languages(yes: str, no: str) -> None:
    rows = "".join(f"2018-04-0{k} 10:00:00,c1,3,{k},{each},0\n" for k, each in ((1, yes), (2, no)))
    found = table(HEAD + rows)
    assert not reasons(found) and found.frame["fraud"].to_list() == [1, 0]


def test_every_bad_row_is_set_aside_with_its_line_and_reason() -> None:
    found = table(MIXED)
    assert found.frame["row"].to_list() == [2, 19]
    assert found.frame["fraud"].to_list() == [0, 1]
    assert reasons(found) == EXPECTED
    assert len(found.quarantine) == len(EXPECTED)


def test_no_row_is_lost_wherever_the_blocks_end(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = table(MIXED)
    for size in (40, 64, 101, 500):
        monkeypatch.setattr("demos.core.tables.files.PIECE", size)
        found = table(MIXED)
        assert reasons(found) == EXPECTED
        assert found.frame.equals(whole.frame)


def test_reasons_are_counted() -> None:
    found = table(HEAD + GOOD + "x,c,1,,,\ny,c,1,,,\n2018-04-01,c,-1,,,\n")
    assert found.quarantine.reasons() == [
        ("Time is not a date and time", 2),
        ("Amount is below 0", 1),
    ]


def test_what_was_set_aside_is_given_back_as_a_table_without_formulas() -> None:
    found = table(HEAD + GOOD + "=1+1,@c,-5,+7,0,0\na,b\nc,d,e,f,g,h,i,j\n")
    rows = written(found)
    assert rows[0] == {
        "line": "3",
        "reason": "Time “=1+1” is not a date and time",
        "time": "'=1+1",
        "card": "'@c",
        "amount": "'-5",
        "id": "'+7",
        "fraud": "0",
        "kind": "0",
        "further fields": "",
    }
    assert rows[1]["time"] == "a" and rows[1]["amount"] == ""
    assert rows[2]["further fields"] == "i | j"


def test_only_so_many_bad_rows_are_kept_but_all_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quarantine, "KEPT", 3)
    found = table(HEAD + GOOD + "x,c,1,,,\n" * 4 + "a,b\n" * 3 + GOOD)
    assert len(found.quarantine) == 8 and len(found.quarantine.rows) == 3
    assert written(found)[-1]["reason"] == "5 rows more, not listed"


def test_all_rows_bad_names_the_commonest_reasons() -> None:
    with pytest.raises(InputError) as caught:
        table(HEAD + "x,c,1,,,\n" * 1200 + "2018-04-01,c,-1,,,\n")
    assert "None of the 1,201 rows" in caught.value.problem
    assert (
        "Time is not a date and time (1,200 rows); Amount is below 0 (1 row)"
        in caught.value.problem
    )


def test_a_required_column_that_is_not_matched() -> None:
    with pytest.raises(InputError, match="no column for: Card, Amount") as caught:
        table(HEAD + GOOD, mapping={"time": "time"})
    assert "Say which" in caught.value.remedy


def test_duplicates_across_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demos.core.tables.files.PIECE", 200)
    lines = [f"2018-04-01,c{n},1,{n % 40},,\n" for n in range(100)]
    found = table(HEAD + "".join(lines))
    assert found.frame["id"].to_list() == [str(n) for n in range(40)]
    assert [row.line for row in found.quarantine.rows] == list(range(42, 102))
    assert "already in line 2" in found.quarantine.rows[0].reason


def test_empty_numbers_are_no_duplicates() -> None:
    found = table(HEAD + "2018-04-01,c,1,,,\n" * 3)
    assert found.frame["id"].null_count() == 3


def test_blank_lines_are_no_rows_and_count_as_lines() -> None:
    found = table(HEAD + "\n" + GOOD + "\n\n,,,,,\n" + GOOD.replace(",1,0", ",2,0"))
    assert found.frame["row"].to_list() == [3, 7]
    assert not found.quarantine


QUOTED = (
    'time,card,amount\n2018-04-01,"a\nb",1\n2018-04-02,"c ""d"", e",2\n'
    '2018-04-03,"never closed,3\n2018-04-04,f,4\n2018-04-05,5" screen,5\n2018-04-06,"g",6\n'
)


def test_quotation_marks_over_lines_and_never_closed_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    for size in (1 << 20, 30, 55):
        monkeypatch.setattr("demos.core.tables.files.PIECE", size)
        found = table(QUOTED)
        assert found.frame.select("row", "card").rows() == [
            (2, "a b"),
            (4, 'c "d", e'),
            (6, "f"),
            (7, '5" screen'),
            (8, "g"),
        ]
        assert reasons(found) == [(5, "The row opens a quotation mark and never closes it")]
        assert any("Line breaks" in note for note in found.notes)


def test_a_quotation_mark_that_is_open_in_many_lines_costs_only_its_own() -> None:
    lines = "".join(f"2018-04-01,c{n},1\n" for n in range(200))
    found = table('time,card,amount\n2018-04-01,"open,1\n' + lines)
    assert len(found.frame) == 200 and len(found.quarantine) == 1


def test_a_letter_in_another_encoding_deep_in_the_file() -> None:
    rows = as_bytes("".join(f"2018-04-01,c{n},1\n" for n in range(100_000)))
    data = b"time,card,amount\n" + rows + "2018-04-01,Jürgen,1\n".encode("cp1252")
    found = table(data)
    assert found.frame["card"][-1] == "Jürgen"
    assert "Lines that were not UTF-8 were read as Windows-1252 (1 times)." in found.notes


def test_control_characters_spoil_their_line_alone() -> None:
    found = table(HEAD + GOOD * 50 + "2018-04-01,c\0,1,77,,\n2018-04-01,c,1,78,,\n")
    assert found.frame["id"].to_list() == ["1", "78"]
    assert (52, "The row holds control characters, as damaged files do") in reasons(found)


def test_missing_words_are_missing() -> None:
    found = table(HEAD + GOOD + "2018-04-01,null,1,,,\n2018-04-01,c,1,n/a,NULL,-\n")
    assert found.frame.row(1)[4:] == (None, None, None)
    assert reasons(found) == [(3, "Card “null” is missing")]


def test_a_day_first_file_that_looks_open_at_first_is_read_anew() -> None:
    early = "".join(f"{1 + n % 9:02}/0{1 + n // 30000}/2018,c{n},1\n" for n in range(90_000))
    late = "04/25/2018,x,1\n"
    end = "".join(f"05/05/2018,y{n},1\n" for n in range(9_000))
    data = "time,card,amount\n" + early + late + end
    first = seen(data).layout.column("time").time
    assert first is not None and first.order is Order.DAY_FIRST and first.assumed
    found = table(data)
    assert not found.quarantine and len(found.frame) == 99_001
    assert found.frame.filter(card="x")["time"].item() == datetime(2018, 4, 25)
    assert "month first" in found.described and "assumed" not in found.described


def test_what_somebody_chose_is_not_changed() -> None:
    data = as_bytes("time,card,amount\n04/01/2018,a,1\n04/25/2018,b,1\n")
    found = seen(data)
    layout = with_order(found.layout, "time", Order.DAY_FIRST)
    read_ = read(data, "x", COLUMNS, layout, found.mapping, SETTINGS)
    assert read_.frame["time"].to_list() == [datetime(2018, 1, 4)]
    assert len(read_.quarantine) == 1


def test_a_decimal_comma_that_appears_late() -> None:
    early = "".join(f"2018-04-01;c{n};{n % 90 + 1}\n" for n in range(99_000))
    data = "time;card;amount\n" + early + "2018-04-01;x;12,50\n2018-04-01;y;1.234\n"
    found = table(data + "2018-04-01;z;7\n" * 9_000)
    assert found.frame.filter(card="x")["amount"].item() == 12.5
    assert found.frame.filter(card="y")["amount"].item() == 1234
    assert "decimal comma" in found.described and not found.quarantine


def test_a_doubtful_decimal_can_be_chosen() -> None:
    data = as_bytes("time;card;amount\n2018-04-01;c;1,234\n")
    found = seen(data)
    assert table(data).frame["amount"].to_list() == [1234]
    assert any("assumed that decimals" in note for note in table(data).notes)
    layout = with_decimal(found.layout, "amount", ",")
    chosen = read(data, "x", COLUMNS, layout, found.mapping, SETTINGS)
    assert chosen.frame["amount"].to_list() == [1.234]
    assert not any("assumed that decimals" in note for note in chosen.notes)


def test_time_zones_are_converted_and_said() -> None:
    found = table("time,card,amount\n2018-04-01T12:00:00+02:00,a,1\n2018-04-01T12:00:00,b,1\n")
    assert found.frame["time"].to_list() == [datetime(2018, 4, 1, 10), datetime(2018, 4, 1, 12)]
    assert "Time: converted to UTC from the offsets in the file." in found.notes
    assert "Time: 1 name no offset and are taken as UTC." in found.notes


def test_what_is_said_of_other_times() -> None:
    assert "Time: in UTC." in table("time,card,amount\n1522540800,a,1\n").notes
    dated = table("time,card,amount\n2018-04-01,a,1\n2018-04-02,b,1\n").notes
    assert "Time: no time zone is named; the file's own clock is kept." in dated
    assert "Time: dates only; every row counts as at midnight." in dated
    assumed = table("time,card,amount\n01.02.2018,a,1\n").notes
    assert any("the day is assumed to come first" in note for note in assumed)


def test_card_numbers_shortened_by_a_spreadsheet() -> None:
    found = table("time,card,amount\n2018-04-01,4.56E+15,1\n")
    assert any("4.56E+15" in note for note in found.notes)


def test_progress_reaches_the_end_and_may_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demos.core.tables.files.PIECE", 100)
    data = as_bytes(HEAD + GOOD * 20)
    found = seen(data)
    told: list[tuple[int, int]] = []

    def report(done: int, total: int) -> None:
        told.append((done, total))

    read(data, "x", COLUMNS, found.layout, found.mapping, SETTINGS, report)
    assert told[-1] == (len(data), len(data)) and told == sorted(told) and len(told) > 5

    def stop(done: int, total: int) -> None:
        raise Canceled

    with pytest.raises(Canceled):
        read(data, "x", COLUMNS, found.layout, found.mapping, SETTINGS, stop)


def test_a_file_on_disk_is_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(MIXED)
    found = seen(MIXED)
    read_ = read(path, "x.csv", COLUMNS, found.layout, found.mapping, SETTINGS)
    assert read_.frame.equals(table(MIXED).frame) and read_.sha256 == table(MIXED).sha256


def test_limits() -> None:
    data = HEAD + "".join(f"2018-04-01,c,1,{n},,\n" for n in range(50))
    with pytest.raises(TooLarge, match="more than 49 rows"):
        table(data, Settings(max_table_rows=49))
    assert len(table(data, Settings(max_table_rows=50)).frame) == 50
    packed = gzip.compress(as_bytes(HEAD + GOOD * 300_000))
    with pytest.raises(TooLarge, match="unpacks to more than 8 MiB"):
        table(packed, Settings(max_table_expanded_bytes=8 << 20))


def test_a_bomb_without_line_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress(as_bytes(HEAD + GOOD * 99_999 + "a" * 20_000_000))
    with pytest.raises(TooLarge, match="line of this file is longer"):
        table(packed)


def test_text_that_is_cut_inside_a_character() -> None:
    data = (HEAD + GOOD * 3).encode("utf-16")[:-1]
    with pytest.raises(Unreadable, match="not all of it is text"):
        table(data)


def test_pyarrow_and_our_count_of_quotation_marks_agree() -> None:
    for line in [
        'a,"b"c,d',
        '"a""b",c,d',
        'a"b,"c",d',
        '"",,""',
        '"a"b"c",d,e',
        ' "a",b,c',
        '""a,b,c',
    ]:
        expected = quotes.is_open(line.encode(), b",")
        parsed = csv_rows.parse(as_bytes(f"{line}\nx,y,z\n"), ",", 3, 2)
        assert (parsed is None) is (expected or line.count('"') % 2 == 1), line


def test_a_time_of_day_in_a_column_of_its_own() -> None:
    rows = "13.04.2018,10:20:30,a,1\n14.04.2018,9:05,b,1\n14.04.2018,,c,1\n"
    found = table("Date,Clock,Card,Amount\n" + rows)
    assert found.frame["time"].to_list() == [
        datetime(2018, 4, 13, 10, 20, 30),
        datetime(2018, 4, 14, 9, 5),
        datetime(2018, 4, 14),
    ]
    assert "time of day from a column of its own" in found.described
    assert "Time: the time of day is from the column Clock." in found.notes
    assert seen("Date,Clock,Card,Amount\n" + rows).extra == ()
    late = "13.04.2018,10:20:30,a,1\n" * 9_000 + "14.04.2018,25:00,z,1\n" + rows * 3_000
    bad = table("Date,Clock,Card,Amount\n" + late).quarantine
    assert [row.reason for row in bad.rows] == ["Time “14.04.2018” is not a date and time"]


def test_two_times_of_day_are_left_alone() -> None:
    found = table("date,from,to,card,amount\n" + "2018-04-01,10:00,11:00,c,1\n" * 2)
    assert found.frame["time"].to_list() == [datetime(2018, 4, 1)] * 2
    assert any("dates only" in note for note in found.notes)
