"""Any document to its text: TXT and Markdown, PDF with text, DOCX. Told by content, not by name.

    document = read_document(data, "terms.pdf")
    document.text, document.pages, document.notes

Only errors of `demos.core.errors` come out.
"""

from dataclasses import dataclass

from demos.core.errors import EmptyInput, TooLarge, UnsupportedType
from demos.core.image_limits import up
from demos.core.language.decoding import decoded
from demos.core.language.docx_text import docx_paragraphs
from demos.core.language.pdf_text import pdf_pages
from demos.core.language.text import clean, sha256_of
from demos.core.media import plain_name
from demos.core.settings import MIB, Settings, read_settings
from demos.core.signatures import looks_like

LONGEST = 4_000_000
"""Characters of a document; 500 dense pages have half as many."""
BREAK = "\n\n"
"""Between pages and between paragraphs."""
PDF_HEAD = 1024
"""Bytes before which a PDF says that it is one; some begin with something else."""
OTHERS: tuple[tuple[bytes, str, str], ...] = (
    (
        b"\xd0\xcf\x11\xe0",
        "an old Word file (.doc), or one with a password",
        "Save it as DOCX, without a password.",
    ),
    (b"{\\rtf", "a text document of the kind RTF", "Save it as DOCX or as plain text."),
    (b"PAR1", "a Parquet file", "Upload it as a file of many messages."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it and upload the file inside."),
)
KINDS = "TXT, Markdown, PDF and DOCX are read here."
INSIDE = ((b"word/document.xml", "DOCX"), (b"xl/", "an Excel workbook"), (b"ppt/", "slides"))


@dataclass(frozen=True, slots=True)
class Document:
    """What a document says. `pages` are places in `text`, the end not included, of a PDF's pages;
    empty for other kinds. `sha256` is that of the text, `notes` what to know of it, in sentences.
    """

    name: str
    text: str
    sha256: str
    pages: tuple[tuple[int, int], ...] = ()
    notes: tuple[str, ...] = ()


def read_document(data: bytes, name: str, settings: Settings | None = None) -> Document:
    """Read a document, within the limits of the environment if no others are given.

    Raises `InputError`: `EmptyInput` without text, as a scan is; `TooLarge`; `UnsupportedType` if
    encrypted or of another kind; `Unreadable` if damaged.
    """
    settings = settings or read_settings()
    shown = plain_name(name)
    if not data.strip():
        raise EmptyInput("This file is empty.", "Choose another one.")
    if len(data) > settings.max_document_bytes:
        raise TooLarge(
            f"This document has {up(len(data) / MIB)} MiB; "
            f"the limit is {settings.max_document_bytes / MIB:.4g}.",
            "Split it, or save it without pictures.",
        )
    if b"%PDF-" in data[:PDF_HEAD] and not is_about_pdf(data):
        return from_pdf(data, shown, settings)
    if data.startswith(b"PK"):
        check_is_docx(data)
        return made(shown, BREAK.join(docx_paragraphs(data, settings)))
    for magic, kind, remedy in OTHERS:
        if data.startswith(magic):
            raise UnsupportedType(f"This looks like {kind}.", f"{remedy} {KINDS}")
    text, notes = decoded(data)
    return made(shown, text, notes=notes)


def made(
    name: str, text: str, pages: tuple[tuple[int, int], ...] = (), notes: tuple[str, ...] = ()
) -> Document:
    """Raises `EmptyInput` and `TooLarge`."""
    cleaned = text if pages else clean(text).strip("\n")
    if not cleaned.strip():
        raise EmptyInput("There is no text in this document.", "Choose another one.")
    if len(cleaned) > LONGEST:
        raise TooLarge(
            f"This document has {len(cleaned):,} characters; the limit is {LONGEST:,}.",
            "Split it into several.",
        )
    return Document(name, cleaned, sha256_of(cleaned), pages, notes)


def from_pdf(data: bytes, name: str, settings: Settings) -> Document:
    """The pages' texts, one after the other. Raises `InputError`."""
    texts = [clean(each).strip() for each in pdf_pages(data, settings.max_document_pages)]
    blank = sum(not each for each in texts)
    if blank == len(texts):
        raise EmptyInput(
            "This PDF has no text: its pages are pictures, as a scanner makes them.",
            "Run text recognition (OCR) over it, or upload the document it was made from.",
        )
    pages, at = [], 0
    for each in texts:
        pages.append((at, at + len(each)))
        at += len(each) + len(BREAK)
    notes: tuple[str, ...] = ()
    if blank:
        have = "has" if blank == 1 else "have"
        notes = (f"{blank:,} of its {len(texts):,} pages {have} no text, as scanned pages.",)
    return made(name, BREAK.join(texts), tuple(pages), notes)


def is_about_pdf(data: bytes) -> bool:
    """Whether it is only text in which a PDF's mark occurs."""
    return not data.lstrip().startswith(b"%PDF-") and looks_like(data) == "a text file"


def check_is_docx(data: bytes) -> None:
    """Raises `UnsupportedType` for another kind of ZIP archive, by the names in its directory."""
    kind = next((kind for mark, kind in INSIDE if mark in data), "a ZIP archive")
    if kind == "a ZIP archive":
        raise UnsupportedType(
            "This looks like a ZIP archive.", f"Unpack it and upload the document inside. {KINDS}"
        )
    if kind != "DOCX":
        raise UnsupportedType(f"This looks like {kind}.", f"Save its text in another way. {KINDS}")
