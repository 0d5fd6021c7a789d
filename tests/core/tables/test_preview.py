"""What a file is and how it is written, told from its beginning."""

import gzip
import io
import json
import pickle
import zipfile

import polars as pl
import pyarrow as pa
import pytest
from PIL import Image

from demos.core.errors import EmptyInput, InputError, TooLarge, Unreadable, UnsupportedType
from demos.core.settings import Settings
from demos.core.tables import described, doubts, preview, template
from tests.core.tables.small import COLUMNS, HEAD, SETTINGS, as_bytes, parquet, seen, table

ROWS = "2018-04-01 10:00:00,c1,12.50,1,0,0\n2018-04-02 11:00:00,c2,3.50,2,1,1\n"
GERMAN = (
    "Date;Customer;Value;Reference\n01.04.2018 10:00;c1;1.012,50;1\n13.04.2018 11:00;c2;3,5;2\n"
)


def image() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG")
    return buffer.getvalue()


def zipped(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml" if name.startswith("xl/") else "readme", "x")
        archive.writestr(name, HEAD + ROWS)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "kind", "problem", "remedy"),
    [
        (b"", EmptyInput, "empty", "Choose"),
        (b"\n\n \n", EmptyInput, "blank lines", "Export"),
        (HEAD, EmptyInput, "names of columns", "rows"),
        (zipped("xl/workbook.xml"), UnsupportedType, "Excel workbook", "CSV UTF-8"),
        (zipped("data.csv"), UnsupportedType, "ZIP", "Unpack"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), UnsupportedType, "old Excel", "CSV"),
        (image(), UnsupportedType, "PNG image", "CSV"),
        (b"%PDF-1.7\n%abc\n1 0 obj", UnsupportedType, "PDF", "CSV"),
        (json.dumps([{"card": 1}]), UnsupportedType, "JSON", "CSV"),
        (b'  {"card": 1}\n{"card": 2}', UnsupportedType, "JSON", "CSV"),
        ("<!DOCTYPE html><html><table>", UnsupportedType, "web page", "Download"),
        ("<?xml version='1.0'?><a/>", UnsupportedType, "XML", "CSV"),
        (bytes(range(256)) * 20, UnsupportedType, "binary", "CSV"),
        (b"time,card\n" + bytes(500), UnsupportedType, "binary", "CSV"),
        (pickle.dumps([1, 2]), UnsupportedType, "pickle", "Parquet or CSV"),
        (b"ARROW1\0\0" + bytes(99), UnsupportedType, "Arrow", "Parquet"),
        (b"SQLite format 3\0" + bytes(99), UnsupportedType, "SQLite", "CSV"),
        ("Dear all, please find\nthe figures below.\n", UnsupportedType, "without columns", "CSV"),
        (b"BZh91AY&SY" + bytes(99), UnsupportedType, "bzip2", "CSV"),
        (gzip.compress(b"", mtime=0), EmptyInput, "nothing", "Compress"),
        (gzip.compress(image(), mtime=0), UnsupportedType, "PNG image inside", "CSV"),
        (
            gzip.compress(gzip.compress(b"a,b\n", mtime=0), mtime=0),
            UnsupportedType,
            "gzip archive inside",
            "CSV",
        ),
        (
            gzip.compress(b"a,b\n" * 9999, mtime=0)[:-9],
            Unreadable,
            "gzip compression.*cut off",
            "again",
        ),
        (b"\x1f\x8b" + bytes(50), Unreadable, "gzip compression.*damaged", "again"),
        (b"PAR1" + bytes(50), Unreadable, "Parquet file is damaged", "again"),
        (b"PARE" + bytes(50), UnsupportedType, "encrypted", "without"),
        (b"a" * 3_000_000, UnsupportedType, "no line ends", "CSV"),
    ],
)
def test_what_is_no_table_is_refused_with_the_way_out(
    data: bytes | str, kind: type[InputError], problem: str, remedy: str
) -> None:
    with pytest.raises(kind, match=f"(?s){problem}") as caught:
        seen(data)
    assert type(caught.value) is kind
    assert remedy in caught.value.remedy


def test_an_ordinary_file() -> None:
    found = seen(HEAD + ROWS)
    assert found.mapping == {each.name: each.name for each in COLUMNS}
    assert found.missing == () and found.extra == ()
    assert found.rows[0] == ("2018-04-01 10:00:00", "c1", "12.50", "1", "0", "0")
    assert (found.layout.encoding, found.layout.delimiter) == ("utf-8", ",")
    said = described(found.layout, found.mapping, COLUMNS)
    assert said == "CSV with commas · UTF-8 · dates year first"


def test_a_file_from_a_german_spreadsheet() -> None:
    found = seen(GERMAN.encode("cp1252"))
    assert found.mapping == {
        "time": "Date",
        "card": "Customer",
        "amount": "Value",
        "id": "Reference",
    }
    said = described(found.layout, found.mapping, COLUMNS)
    assert said == "CSV with semicolons · UTF-8 · dates day first · decimal comma"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    assert seen((HEAD + ROWS).replace(",", delimiter)).layout.delimiter == delimiter


def test_a_delimiter_that_more_lines_have_is_not_better_than_known_names() -> None:
    text = "time;card;amount\n2018-04-01;a,b,c;5\n2018-04-02;d,e,f;6\n"
    assert seen(text).layout.delimiter == ";"


def test_the_line_that_excel_understands() -> None:
    found = seen("sep=;\n" + GERMAN)
    assert found.layout.delimiter == ";"
    assert (found.layout.names_line, found.layout.first_line) == (2, 3)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ((HEAD + ROWS).encode("utf-8-sig"), "utf-8-sig"),
        ((HEAD + ROWS).encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + (HEAD + ROWS).encode("utf-16-be"), "utf-16"),
        ((HEAD + ROWS).encode("utf-16-le"), "utf-16-le"),
        ((HEAD + ROWS).encode("utf-32"), "utf-32"),
        ((HEAD + ROWS.replace("c1", "Jürgen")).encode("cp1252"), "cp1252"),
        ((HEAD + ROWS.replace("c1", "Jürgen")).encode(), "utf-8"),
    ],
)
def test_encodings(data: bytes, encoding: str) -> None:
    found = seen(data)
    assert found.layout.encoding == encoding
    assert found.missing == ()
    assert table(data).frame["card"].to_list() in (["c1", "c2"], ["Jürgen", "c2"])


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_other_line_ends(newline: str) -> None:
    found = table((HEAD + ROWS).replace("\n", newline))
    assert found.frame["row"].to_list() == [2, 3]
    assert found.frame["kind"].to_list() == [0, 1]


def test_names_are_matched_without_case_accents_and_signs() -> None:
    found = seen('"DATE ", Cüstomer,[Value]\n2018-04-01,c,5\n')
    assert found.mapping == {"time": "DATE", "card": "Cüstomer", "amount": "[Value]"}


def test_the_likelier_synonym_wins_and_no_column_is_used_twice() -> None:
    found = seen("when,date,customer,value,amount\n2018-04-01,2018-04-02,c,1,2\n")
    assert found.mapping == {"time": "date", "card": "customer", "amount": "amount"}
    assert found.extra == ("when", "value")


def test_missing_columns_are_named_and_values_suggest_some() -> None:
    found = seen("wann,wer,wieviel\n2018-04-01,c,5.50\n2018-04-02,d,6.50\n")
    assert [each.title for each in found.missing] == ["Time", "Card", "Amount"]
    assert found.suggested == {"time": "wann", "amount": "wieviel"}


def test_a_file_without_names() -> None:
    found = seen(ROWS)
    assert found.layout.names_line == 0 and found.layout.first_line == 1
    assert found.layout.names[:2] == ("column 1", "column 2")
    assert found.mapping == {} and found.suggested == {"time": "column 1", "amount": "column 3"}
    chosen = {"time": "column 1", "card": "column 2", "amount": "column 3"}
    read = table(ROWS, mapping=chosen)
    assert read.frame["row"].to_list() == [1, 2]
    assert any("no names" in note for note in read.notes)


def test_names_that_are_empty_or_twice() -> None:
    found = seen("time,card,amount,,card\n2018-04-01,c,5,x,d\n")
    assert found.layout.names == ("time", "card", "amount", "column 4", "card (2)")


def test_titles_above_the_names_are_passed_over() -> None:
    read = table("Export of May\n\nMade by,me\n" + HEAD + ROWS)
    assert read.layout.names_line == 4
    assert read.frame["row"].to_list() == [5, 6]


def test_a_delimiter_at_the_end_of_each_row_but_not_of_the_names() -> None:
    read = table(HEAD + ROWS.replace("\n", ",\n"))
    assert read.frame["kind"].to_list() == [0, 1]
    assert not read.quarantine


def test_dates_decided_by_the_end_of_the_file() -> None:
    first = "".join(f"0{1 + n % 9}/04/2018,c{n},5.0\n" for n in range(90_000))
    found = seen("time,card,amount\n" + first + "25/04/2018,c,5.0\n")
    time = found.layout.column("time").time
    assert time is not None and time.order.value == "day first" and not time.assumed


def test_what_could_be_read_two_ways_is_a_doubt() -> None:
    found = seen('time,card,amount\n01/02/2018,c,"1,234"\n02/02/2018,c,"5"\n')
    assert set(doubts(found.layout, found.mapping, COLUMNS)) == {"time", "amount"}
    assert "(assumed)" in described(found.layout, found.mapping, COLUMNS)


def test_compressed_files() -> None:
    for name in ("gzip", "zstd"):
        data = pa.compress(as_bytes(HEAD + ROWS), name, asbytes=True) if name == "zstd" else None
        data = data or gzip.compress(as_bytes(HEAD + ROWS))
        found = seen(data)
        assert found.layout.compression == name
        assert f"{name} compressed" in described(found.layout, found.mapping, COLUMNS)
        assert len(table(data).frame) == 2


def test_a_file_over_the_limit() -> None:
    with pytest.raises(TooLarge, match="limit is") as caught:
        seen(HEAD + ROWS, Settings(max_table_bytes=50))
    assert "split" in caught.value.remedy


def test_too_many_columns() -> None:
    line = ",".join(f"v{n}" for n in range(1500))
    with pytest.raises(UnsupportedType, match="1,500 columns"):
        seen(f"{line}\n{line}\n")


def test_only_the_beginning_is_looked_at() -> None:
    data = gzip.compress(as_bytes(HEAD + ROWS * 100_000))
    cut = data[: -len(data) // 4]
    assert preview(cut, "x.csv.gz", COLUMNS, SETTINGS).missing == ()
    with pytest.raises(Unreadable, match="cut off after"):
        table(cut)


def test_the_name_of_a_file_proves_nothing_and_is_made_harmless() -> None:
    found = preview(as_bytes(HEAD + ROWS), "../../etc/a\u202e.xlsx", COLUMNS, SETTINGS)
    assert "/" not in found.name and "\u202e" not in found.name


def test_a_parquet_file() -> None:
    frame = pl.DataFrame(
        {"date": ["2018-04-01 10:00:00"], "card": [7], "value": [2.5], "xs": [[1]]}
    )
    found = seen(parquet(frame))
    assert found.mapping == {"time": "date", "card": "card", "amount": "value"}
    assert "xs" not in found.layout.names, "a list is no column of a table"
    assert described(found.layout, found.mapping, COLUMNS).startswith("Parquet")
    with pytest.raises(EmptyInput):
        seen(parquet(frame.clear()))


def test_the_template_is_read_as_it_is() -> None:
    read = table(template(COLUMNS))
    assert len(read.frame) == 1 and not read.quarantine
    assert read.mapping == {each.name: each.name for each in COLUMNS}


def test_titles_as_wide_as_the_table_are_passed_over() -> None:
    read = table("Our bank,,,,,\n" + HEAD + ROWS)
    assert read.layout.names_line == 2 and len(read.frame) == 2


def test_half_of_the_values_are_enough_to_tell_a_format() -> None:
    rows = "01/13/2018,a,1\n01/14/2018,b,1\nsoon,c,1\n99/99/9999,d,1\n"
    assert len(table("time,card,amount\n" + rows).frame) == 2


def test_of_date_and_time_the_one_that_holds_the_moment() -> None:
    assert seen("date,time,card,amount\n2018-04-01,10:20:30,c,5\n").mapping["time"] == "date"
    assert seen("date,time,card,amount\n1,2018-04-01 10:20,c,5\n").mapping["time"] == "time"
    assert seen("date,time,card,amount\nx,y,c,5\n").mapping["time"] == "time"
