"""Documents of every kind, and what is none, damaged, or a trap."""

import gzip
import io
import time
import zipfile

import pytest

from demos.core.errors import EmptyInput, InputError, TooLarge, Unreadable, UnsupportedType
from demos.core.language import docx_text, pdf_text
from demos.core.language.documents import Document, read_document
from demos.core.language.text import sha256_of
from demos.core.settings import Settings
from tests.core.language.papers import PASSWORD, docx, paragraph, pdf, run, table

SETTINGS = Settings()
MESSAGE = "The café’s naïve plan: 12 € – wait!\nSecond line 🙂"
FRENCH = "Où est le colis ? Il a été envoyé à Nîmes après l’été, c’est déjà très long. " * 4


def read(data: bytes, name: str = "file.bin", settings: Settings = SETTINGS) -> Document:
    return read_document(data, name, settings)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"]
)
def test_text_in_any_encoding_of_unicode(encoding: str) -> None:
    found = read(MESSAGE.encode(encoding), "note.txt")
    assert found == Document("note.txt", MESSAGE, sha256_of(MESSAGE))


POLISH = "Przesyłka przyszła z tygodniowym opóźnieniem."
RUSSIAN = "Доставка опоздала на неделю, и никто не отвечал. Как мне изменить адрес?"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "cp1252"),
        ("The price was 12 € – the café’s “special” – and she paid it.", "cp1252"),
        ("Größe und Maße prüfen, danach über die Straße gehen.", "latin-1"),
        ("Příliš žluťoučký kůň úpěl ďábelské ódy. " * 4, "cp1250"),
        ("Το πακέτο μου δεν ήρθε ακόμα, περιμένω δύο εβδομάδες. " * 2, "cp1253"),
        (f"{POLISH} Proszę o zwrot pieniędzy. Gęśl, żółw i jaźń.", "iso8859_2"),
        ("Zboží dorazilo pozdě a nikdo neodpovídá na dotazy.", "cp852"),
        ("Schöne Grüße, die Lieferung kam zu spät!", "cp850"),
        (RUSSIAN, "cp866"),
        (f"{RUSSIAN} Отмените, пожалуйста, мою бронь на пятницу.", "koi8_r"),
        ("荷物はまだ届いていません。どこにありますか。" * 4, "shift_jis"),
    ],
    ids=lambda each: each[:12],
)
def test_an_older_encoding_is_guessed_and_said(text: str, encoding: str) -> None:
    found = read(text.encode(encoding))
    assert found.text == text
    assert "guess" in found.notes[0]


def test_a_long_text_of_an_older_encoding_has_its_letters_where_they_are() -> None:
    data = b"plain ascii. " * 20_000 + FRENCH.encode("cp1252")
    assert read(data).text.endswith("très long. ")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"BMW recalls cars", "BMW recalls cars"),
        (b"N\0UL and \x1b[31mcolor\r\nline", "NUL and [31mcolor\nline"),
        (b"<html><b>Hello</b></html>", "<html><b>Hello</b></html>"),
        (b"How a %PDF-1.4 file begins", "How a %PDF-1.4 file begins"),
        (b"# Title\n\n*text*\n", "# Title\n\n*text*"),
        ("مرحبا\u202e بك".encode(), "مرحبا\u202e بك"),
        (b"x" * 1_000_000, "x" * 1_000_000),
    ],
    ids=lambda each: str(each)[:16],
)
def test_what_is_text_is_read_as_text(data: bytes, text: str) -> None:
    assert read(data, "anything.pdf").text == text


def test_a_pdf_has_pages_at_their_places() -> None:
    found = read(pdf([["First page.", "It has two lines."], ["Second (page)."]]), "a/b/terms.txt")
    assert found.name == "terms.txt"
    assert [found.text[a:b] for a, b in found.pages] == [
        "First page.\nIt has two lines.",
        "Second (page).",
    ]
    assert found.notes == ()


def test_a_pdf_with_something_before_its_mark_is_one() -> None:
    assert read(b"\xff\xfe\0junk\n" + pdf([["Hello there."]])).text == "Hello there."


def test_pages_without_text_are_said_and_a_scan_is_refused() -> None:
    found = read(pdf([["Text."], [], []]))
    assert found.notes == ("2 of its 3 pages have no text, as scanned pages.",)
    with pytest.raises(EmptyInput, match=r"pictures, as a scanner makes them\. .*OCR"):
        read(pdf([[], []]))


def test_a_pdf_that_cannot_be_read_says_why() -> None:
    with pytest.raises(UnsupportedType, match="asks for a password"):
        read(pdf([["Secret."]], PASSWORD))
    with pytest.raises(TooLarge, match="has 3 pages; the limit is 2"):
        read(pdf([["a"], ["b"], ["c"]]), settings=Settings(max_document_pages=2))
    for damaged in (b"%PDF-1.4\n", b"%PDF-1.7" + bytes(range(256)) * 40):
        with pytest.raises(Unreadable, match="PDF is damaged"):
            read(damaged)


def test_a_pdf_takes_so_much_time_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_text, "SECONDS", 0.01)
    with pytest.raises(TooLarge, match="more in this PDF than can be read"):
        read(pdf([["a"]]))


def test_a_pdf_with_too_much_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_text, "CHARACTERS", 5)
    assert pdf_text.extracted(pdf([["More than five"]]), 9) == {"problem": "text"}
    with pytest.raises(TooLarge):
        raise pdf_text.problem({"problem": "text"}, 9)


def test_hundreds_of_pages_are_read_in_seconds() -> None:
    lines = [f"Line {n} of a page that is full of text, as pages are." for n in range(45)]
    began = time.perf_counter()
    found = read(pdf([lines] * 500))
    assert len(found.pages) == 500 and time.perf_counter() - began < 25


def test_a_word_document_has_paragraphs_and_tables_in_order() -> None:
    body = (
        paragraph("Title")
        + f"<w:p>{run('One ')}{run('sentence')}<w:r><w:tab/></w:r>{run('&amp; more.')}</w:p>"
        + table(["Name", "Sum"], ["Ann", "12.50"], ["", ""])
        + f"<w:sdt><w:sdtContent>{paragraph('Boxed')}</w:sdtContent></w:sdt>"
        + f"<w:p><w:del>{run('gone')}</w:del><w:ins>{run('new')}</w:ins></w:p>"
    )
    assert read(docx(body), "x.pdf").text == (
        "Title\n\nOne sentence\t& more.\n\nName\tSum\nAnn\t12.50\n\nBoxed\n\nnew"
    )


def test_a_table_in_a_table_is_text_of_its_cell() -> None:
    inner = table(["a", "b"])
    body = f"<w:tbl><w:tr><w:tc>{paragraph('outer')}{inner}</w:tc></w:tr></w:tbl>"
    assert read(docx(body)).text == "outer a b"


def test_an_empty_word_document_says_so() -> None:
    with pytest.raises(EmptyInput, match="no text"):
        read(docx(paragraph("")))


def test_a_word_document_with_entities_is_refused() -> None:
    bomb = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    with pytest.raises(UnsupportedType, match="entities"):
        read(docx(paragraph("&b;"), bomb))
    secret = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    with pytest.raises(UnsupportedType, match="entities"):
        read(docx(paragraph("&a;"), secret))
    with pytest.raises(Unreadable):
        read(docx(paragraph("&unknown;")))


def test_a_word_document_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(TooLarge):
        read(docx(paragraph("x" * 40_000_000)))


def test_a_word_document_may_be_as_deep_as_it_likes() -> None:
    depth = 20_000
    assert read(docx("<w:sdt>" * depth + paragraph("deep") + "</w:sdt>" * depth)).text == "deep"


def test_a_damaged_word_document_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = docx(paragraph("word/document.xml " * 300))
    for damaged in (whole[:200], whole[:-40], docx("<w:p>")):
        with pytest.raises(InputError, match="damaged"):
            read(damaged)
    monkeypatch.setattr(docx_text, "LARGEST", 100)
    with pytest.raises(TooLarge):
        read(whole)


def zipped(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "content")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (zipped("xl/workbook.xml"), "Excel"),
        (zipped("ppt/slides.xml"), "slides"),
        (zipped("notes.txt"), "ZIP archive"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "old Word file"),
        (b"{\\rtf1 hello}", "RTF"),
        (b"PAR1" + bytes(100), "Parquet"),
        (gzip.compress(b"hello", mtime=0), "gzip"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "PNG image"),
        (bytes(range(256)) * 64, "unknown kind"),
        (b"\x7fELF" + bytes(200), "unknown kind"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_other_kinds_are_named_whatever_they_are_called(data: bytes, said: str) -> None:
    with pytest.raises(UnsupportedType, match=said) as told:
        read(data, "letter.docx")
    assert told.value.remedy


@pytest.mark.parametrize("data", [b"", b" \n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\0\0"])
def test_an_empty_file_says_so(data: bytes) -> None:
    with pytest.raises(EmptyInput):
        read(data)


def test_too_large_a_file_is_not_opened() -> None:
    with pytest.raises(TooLarge, match="MiB; the limit is"):
        read(b"x" * 2_000, settings=Settings(max_document_bytes=1_000))
    with pytest.raises(TooLarge, match="characters; the limit is 4,000,000"):
        read(b"word " * 800_001)


def test_a_name_is_shown_without_tricks() -> None:
    assert read(b"Hello.", "../../etc/\u202epasswd\0").name == "passwd"
