"""What a file is, told by its first bytes; its name proves nothing."""

import codecs
import struct

from demos.core.audio import mpeg

HEAD = 4096
"""Bytes looked at to tell text from binary data."""

BARE_ELEMENTS = 4
"""Elements that must be well-formed for a DICOM file to be told without its preamble."""
SHORT_TYPES = frozenset(b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split())
LONG_TYPES = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())

SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    # First, since a DICOM file may begin as a TIFF and be both: it holds what a DICOM file holds.
    (128, b"DICM", "DICOM"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"\xff\xd8\xff", "JPEG"),
    (8, b"WEBP", "WebP"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (0, b"II+\0", "TIFF"),
    (0, b"MM\0+", "TIFF"),
    (0, b"GIF8", "a GIF image"),
    (0, b"BM", "a BMP image"),
    (4, b"ftypavif", "an AVIF image"),
    (4, b"ftyphe", "a HEIC image"),
    (4, b"ftypmif1", "a HEIC image"),
    (4, b"ftypM4A ", "an M4A recording"),
    (4, b"ftypM4B ", "an M4A recording"),
    (4, b"ftyp", "a video or audio file"),
    (0, b"\x1a\x45\xdf\xa3", "a WebM or Matroska file"),
    (0, b"\0\0\0\x0cjP  ", "a JPEG 2000 image"),
    (0, b"\xff\x0a", "a JPEG XL image"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"%PDF-", "a PDF document"),
    (0, b"PK\x03\x04", "a ZIP archive or an Office document"),
    (0, b"PK\x05\x06", "an empty ZIP archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ\0", "an xz archive"),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"OggS", "an Ogg recording"),
    (0, b"fLaC", "a FLAC recording"),
    (0, b"caff", "a CAF recording"),
    (0, b"#!AMR", "an AMR recording"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media file"),
    (0, b"MThd", "a MIDI file"),
)
CONTAINERS = {
    (b"RIFF", b"WAVE"): "a WAV recording",
    (b"RIFX", b"WAVE"): "a WAV recording",
    (b"RF64", b"WAVE"): "a WAV recording",
    (b"RIFF", b"AVI "): "an AVI video",
    (b"FORM", b"AIFF"): "an AIFF recording",
    (b"FORM", b"AIFC"): "an AIFF recording",
}
"""By their first four bytes and by those that follow their size."""


def looks_like(data: bytes) -> str:
    """The format of `data`: "PNG", "JPEG", "WebP", "TIFF", "DICOM", or what else it is.

    That description, with an article, completes "This looks like ...".
    """
    for offset, magic, kind in SIGNATURES:
        if data.startswith(magic, offset):
            return kind
    if container := CONTAINERS.get((data[:4], data[8:12])):
        return container
    if data.startswith(b"RIFF"):
        return "an audio or video file"
    if stream := mpeg.kind_of_stream(data):
        return stream
    if is_bare_dicom(data):
        return "DICOM"
    try:
        # An incremental decoder allows a character that the cut at `HEAD` splits.
        text = codecs.getincrementaldecoder("utf-8")().decode(data[:HEAD])
    except UnicodeDecodeError:
        return "a file of an unknown kind"
    if not all(each.isprintable() or each in "\t\n\r\f\ufeff" for each in text):
        return "a file of an unknown kind"
    if "<svg" in text:
        return "an SVG drawing"
    return "a web page" if "<html" in text.lower() else "a text file"


def is_bare_dicom(data: bytes) -> bool:
    """Whether `data` are DICOM elements without the preamble that names them (PS3.5, chapter 7).

    Old systems export them so. Told by the first elements, which must follow each other as the
    encoding asks: from group 2 or 8 on, rising tags, known types, lengths inside the file.
    """
    order = {b"\2\0": "<", b"\x08\0": "<", b"\0\x08": ">"}.get(data[:2])
    if order is None:
        return False
    offset, before = 0, (0, 0)
    for _ in range(BARE_ELEMENTS):
        if offset + 8 > len(data):
            return False
        tag = struct.unpack_from(f"{order}HH", data, offset)
        body, length = element_body(data, offset, order)
        if tag <= before or length is None or body + length > len(data):
            return False
        offset, before = body + length, tag
    return True


def element_body(data: bytes, offset: int, order: str) -> tuple[int, int | None]:
    """Where the value of the element at `offset` begins and its length; `None` if it has none."""
    kind = data[offset + 4 : offset + 6]
    if kind in SHORT_TYPES:
        return offset + 8, int(struct.unpack_from(f"{order}H", data, offset + 6)[0])
    if kind in LONG_TYPES and data[offset + 6 : offset + 8] == b"\0\0":
        size = data[offset + 8 : offset + 12]
        return offset + 12, int(struct.unpack(f"{order}I", size)[0]) if len(size) == 4 else None
    # Implicit types, which are always little endian.
    return offset + 8, int(struct.unpack_from("<I", data, offset + 4)[0]) if order == "<" else None
