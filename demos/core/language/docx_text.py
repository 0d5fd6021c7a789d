"""The paragraphs and tables of a Word document (ECMA-376, part 1, chapter 17), in their order.

A DOCX file is a ZIP archive with XML in it. The one part that holds the body is unpacked in pieces
that are counted, and read tag by tag: no tree is built of it, and no entity is ever expanded.
"""

import io
from xml.etree import ElementTree

from demos.core.archive import check_entry, opened, read_entry
from demos.core.errors import Unreadable, UnsupportedType
from demos.core.settings import MIB, Settings

BODY = "word/document.xml"
LARGEST = 64 * MIB
"""Bytes of the body unpacked; 4 million characters take some 20."""
SPACES = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}",
)
LEFT_OUT = frozenset({"del", "moveFrom", "txbxContent", "Fallback", "pPr"})
"""Deleted text, boxes beside the text, tab stops."""
SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def docx_paragraphs(data: bytes, settings: Settings) -> list[str]:
    """The text of each paragraph, and of each table: a line per row, a tab between two cells.

    Raises `UnsupportedType` if encrypted, `TooLarge`, `Unreadable` if damaged.
    """
    reader = Body()
    parser = ElementTree.XMLParser(target=reader)
    try:
        parser.feed(body(data, settings))
        parser.close()
    except ElementTree.ParseError as error:
        raise damaged() from error
    return reader.blocks


def body(data: bytes, settings: Settings) -> bytes:
    """The XML of the body. Raises `InputError`."""
    try:
        archive = opened(io.BytesIO(data), settings)
        entry = archive.getinfo(BODY)
        check_entry(entry, LARGEST)
        return read_entry(archive, entry, LARGEST, settings.max_archive_ratio)
    except (KeyError, Unreadable) as error:
        raise damaged() from error


class Body:
    """Takes in the XML and keeps the text of its `blocks`, paragraphs and tables."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.line: list[str] = []
        self.cell: list[str] = []
        self.row: list[str] = []
        self.rows: list[str] = []
        self.tables = self.left_out = 0
        self.is_text = False

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Where entities are declared; Word writes none. Raises `UnsupportedType`."""
        raise UnsupportedType(
            "This Word document declares XML entities, as only a trap does.",
            "Open it in Word and save it again.",
        )

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if self.left_out or name in LEFT_OUT:
            self.left_out += 1
        elif name == "tbl":
            self.tables += 1
        elif name == "t":
            self.is_text = True
        elif name in SIGNS:
            self.line.append(SIGNS[name])

    def data(self, text: str) -> None:
        if self.is_text:
            self.line.append(text)

    def end(self, tag: str) -> None:
        name = local(tag)
        if self.left_out:
            self.left_out -= 1
        elif name == "t":
            self.is_text = False
        elif name == "p":
            (self.cell if self.tables else self.blocks).append("".join(self.line))
            self.line.clear()
        elif name == "tbl":
            self.tables -= 1
        # Tables within a table are text of its cells.
        if self.tables == (0 if name == "tbl" else 1):
            self.end_of_table_part(name)

    def end_of_table_part(self, name: str) -> None:
        if name == "tc":
            self.row.append(" ".join(" ".join(self.cell).split()))
            self.cell.clear()
        elif name == "tr":
            if any(self.row):
                self.rows.append("\t".join(self.row))
            self.row.clear()
        elif name == "tbl":
            self.blocks.append("\n".join(self.rows))
            self.rows.clear()


def local(tag: str) -> str:
    """The name of an element of a text document, "" for anything else."""
    return next((tag[len(space) :] for space in SPACES if tag.startswith(space)), "")


def damaged() -> Unreadable:
    return Unreadable(
        "This Word document is damaged or incomplete.", "Open it in Word and save it again."
    )
