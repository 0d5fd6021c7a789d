"""Files of messages: how they are told, and that every row of them comes out as it went in."""

import csv
import gzip
import io
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from demos.core.errors import EmptyInput, InputError, TooLarge, UnsupportedType
from demos.core.language.batch_csv import fields_of, records
from demos.core.language.batch_file import ONE_COLUMN, TEXT, MessageFile, look_at, with_names
from demos.core.language.batch_rows import Message, messages
from demos.core.settings import MIB, Settings
from demos.core.tables import template
from demos.core.tables.files import FileFormat
from tests.core.language.messages import SETTINGS, csv_of, parquet_of

HOSTILE = (
    "plain",
    "two\nlines, and a comma",
    'she said "no" \N{PILE OF POO}',
    "\N{ARABIC LETTER ALEF WITH HAMZA ABOVE}\u202eright to left",
    "nul\0inside",
    '=HYPERLINK("http://x","y")',
    "<script>alert(1)</script><svg onload=x>",
    "x" * 1_000_000,
    "",
    "NA",
    "l\u00e9ger \x1f \x7f",
)


def written(rows: Sequence[Sequence[str]], delimiter: str = ",", end: str = "\r\n") -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator=end).writerows(rows)
    return buffer.getvalue().encode()


def seen(data: bytes, name: str = "may.csv") -> MessageFile:
    return look_at(data, name, SETTINGS)


def all_of(data: bytes, name: str = "may.csv", kept: Sequence[str] = ()) -> list[Message]:
    file = seen(data, name)
    return list(messages(data, file, file.column, kept, SETTINGS))


def texts(data: bytes) -> list[str]:
    return [each.text for each in all_of(data)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_hostile_cells_survive_in_csv(delimiter: str, end: str) -> None:
    rows = [["id", "text"], *([str(n), each] for n, each in enumerate(HOSTILE))]
    data = written(rows, delimiter, end)
    assert texts(data) == list(HOSTILE)
    assert [each.kept for each in all_of(data, kept=["id"])][:2] == [("0",), ("1",)]
    assert texts(gzip.compress(data)) == list(HOSTILE)


def test_hostile_cells_survive_in_parquet() -> None:
    cells = [*HOSTILE, None] * 30
    file = seen(parquet_of(cells), "may.parquet")
    assert file.format is FileFormat.PARQUET and file.column == "message"
    assert texts(parquet_of(cells)) == [each or "" for each in cells]
    kept = all_of(parquet_of(cells), kept=["id", "message"])
    assert kept[1].kept == ("2", HOSTILE[1])


def test_bytes_that_are_no_text_become_text() -> None:
    table = pa.table({"text": pa.array([b"caf\xe9", b"ok"], pa.binary())})
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    assert texts(buffer.getvalue()) == ["caf\N{REPLACEMENT CHARACTER}", "ok"]


def test_a_line_in_another_encoding_spoils_no_other() -> None:
    data = "id,text\n1,\N{SNOWMAN}\n".encode() + b"2,caf\xe9\n" + "3,ж\n".encode()
    assert texts(data) == ["\N{SNOWMAN}", "café", "ж"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings(encoding: str) -> None:
    data = "id;text\n1;grüße \N{SNOWMAN}\n2;zwei\n".encode(encoding)
    assert texts(data) == ["grüße \N{SNOWMAN}", "zwei"]
    assert seen(data).names == ("id", "text")


@pytest.mark.parametrize(
    ("encoding", "messages"),
    [
        (
            "cp1251",
            (
                "Доставка опоздала на неделю, и никто не отвечал.",
                "Спасибо, всё отлично!",
                "Как мне изменить адрес в личном кабинете?",
                "Я боюсь, что оплата прошла дважды.",
            ),
        ),
        ("shift_jis", ("荷物が一週間遅れて届きました。", "ありがとう、とても良いです。")),
        ("gb18030", ("包裹晚到了一个星期，没有人接电话。", "谢谢，新的应用程序非常好！")),
        ("cp1252", ("It’s “fine” – the café was £5", "Zoë from Malmö was kind") * 20),
        ("cp1252", ("The jalapeño and crème brûlée were great",)),
        (
            "cp1252",
            ("Die Lieferung kam eine Woche zu spät, schade!", "Größte Hilfe, danke"),
        ),
    ],
)
def test_the_encoding_of_a_whole_file_is_guessed(encoding: str, messages: Sequence[str]) -> None:
    data = "\n".join(["id,text", *(f'{n},"{each}"' for n, each in enumerate(messages))])
    file = seen((data + "\n").encode(encoding))
    assert texts((data + "\n").encode(encoding)) == list(messages)
    assert file.guessed and not seen(data.encode()).guessed


def test_what_is_utf8_is_not_guessed_however_it_is_cut() -> None:
    for start in ("", "a", "aa"):
        assert not seen((start + "日" * 1_500_000).encode(), "x.txt").guessed
    rows = "".join(f"{number},日本語で書いた\r" for number in range(300_000))
    file = seen(f"id,text\r{rows}".encode())
    assert not file.guessed and file.newline == "\r"


def test_a_last_line_without_an_end_counts_in_the_guess() -> None:
    last = "id,text\n1,Доставка опоздала на неделю. Как мне изменить адрес в личном кабинете?"
    assert texts(last.encode("cp1251")) == [last.rsplit(",", 1)[1]]


def test_a_short_line_of_two_byte_letters_is_no_utf8() -> None:
    told = ["谢谢", "谢谢，新的应用程序非常好！", "包裹晚到了一个星期，没有人接电话。"]
    assert texts("\n".join(["text", *told]).encode("gb18030")) == told


def test_a_damaged_byte_spoils_no_other_sign_of_its_line() -> None:
    data = "id,text\n1,grüße \N{SNOWMAN} ".encode() + b"\x9d!\n" + "2,ж\n".encode()
    assert texts(data) == ["grüße \N{SNOWMAN} \N{REPLACEMENT CHARACTER}!", "ж"]


def test_a_quotation_mark_left_open_swallows_no_row() -> None:
    data = b'id,text\n1,"Terrible service\n2,Fine\n3,He said "no"\n4,"two\nlines"\n'
    assert texts(data) == ['"Terrible service', "Fine", 'He said "no"', "two\nlines"]
    lines = b'it was\n"I hated it\nfine\n"great" she said\nlast\n'
    assert texts(lines) == ["it was", '"I hated it', "fine", "great she said", "last"]


def test_one_message_in_each_line() -> None:
    data = b'hello, you\nwhat; is | this\n\n"quoted, too"\nlast'
    file = seen(data, "lines.txt")
    assert file.delimiter == ONE_COLUMN and not file.has_names and file.names == ("column 1",)
    assert texts(data) == ["hello, you", "what; is | this", "quoted, too", "last"]
    assert texts(b"text\n" + data) == texts(data), "a known name is one"
    assert file.described == "one message in each line"
    named = with_names(data, file, True, SETTINGS)
    assert named.names == ("hello, you",)
    assert len(list(messages(data, named, named.column, (), SETTINGS))) == 3


def test_the_column_of_the_messages() -> None:
    assert seen(b"a,customer,body\n1,x,hello there\n").column == "body"
    assert seen(b"a,b,c\n1,this is the longest of them,x\n2,y,z\n").column == "b"
    assert seen(b"1,this is good,2020-01-02\n2,this is bad,2020-01-03\n").has_names is False
    assert seen(csv_of(["x", "y"])).column == "message"
    assert seen(template((TEXT,))).has_names and len(texts(template((TEXT,)))) == 6


def test_a_line_for_excel_is_passed_over() -> None:
    data = b"sep=;\nid;text\n1;a, b\n"
    assert texts(data) == ["a, b"] and seen(data).names == ("id", "text")


def test_bare_delimiters_in_the_last_column_belong_to_the_message() -> None:
    data = b"id,text\n1,well, yes, no\n2,so\n3,a, b\n4,c, d\n"
    assert texts(data) == ["well, yes, no", "so", "a, b", "c, d"]
    assert [row[1] for row in seen(data).rows] == texts(data), "and are shown beforehand"


def test_a_row_that_fits_nowhere_is_kept_and_says_so() -> None:
    data = b"text,id\n" + b"fine,1\n" * 9 + b"well, yes,2\nshort\n"
    *_, long, short = all_of(data)
    assert long.text == "well, yes,2" and long.problem == "The row has 3 fields instead of 2."
    assert short.problem == "The row has 1 field instead of 2."


def test_a_stray_quotation_mark_swallows_nothing() -> None:
    data = b'id,text\n1,"never closed\n2,fine\n3,"also, fine"\n4,5" pipe\n'
    assert texts(data) == ['"never closed', "fine", "also, fine", '5" pipe']
    many = b'id,text\n1,"never closed\n' + b"2,fine\n" * 3000
    assert len(texts(many)) == 3001


def test_fields() -> None:
    assert fields_of('a,"b,""c""",,"d"e', ",") == (["a", 'b,"c"', "", "de"], False)
    assert list(records(['"a', 'b",c', "", " ", "d"], ",")) == [["a\nb", "c"], ["d"]]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", EmptyInput),
        (b"\n\n \n", EmptyInput),
        (b'{"a": 1}', UnsupportedType),
        (b"<!DOCTYPE html><p>x", UnsupportedType),
        (b"%PDF-1.7 ...", UnsupportedType),
        (b"PK\x03\x04 xl/", UnsupportedType),
        (b"\x89HDF\r\n", UnsupportedType),
        (bytes(range(256)) * 40, UnsupportedType),
        (b"PAR1 but no more", InputError),
        (gzip.compress(b"", mtime=0), EmptyInput),
    ],
)
def test_what_is_no_table_of_messages_is_refused(data: bytes, kind: type[InputError]) -> None:
    with pytest.raises(kind):
        seen(data)


def test_limits() -> None:
    with pytest.raises(TooLarge, match="the limit is 1"):
        look_at(b"x" * (MIB + 1), "x", Settings(max_table_bytes=MIB))
    huge = gzip.compress(b"id,text\n1," + b"x" * (17 * MIB) + b"\n")
    with pytest.raises(TooLarge, match="A line of this file"):
        texts(huge)


def test_a_first_message_longer_than_what_is_looked_at() -> None:
    data = written([["id", "text"], ["1", "y" * (5 * MIB)], ["2", "short"]])
    assert [len(each) for each in texts(data)] == [5 * MIB, 5]


def test_names_that_are_the_same_or_missing() -> None:
    assert seen(b"text,text,\n1,2,3\n4,5,6\n").names == ("text", "text (2)", "column 3")
