"""What a file is, told by its first bytes; its name proves nothing."""

import codecs

HEAD = 4096
"""Bytes looked at to tell text from binary data."""

SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
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
    (4, b"ftyp", "a video or audio file"),
    (0, b"\0\0\0\x0cjP  ", "a JPEG 2000 image"),
    (0, b"\xff\x0a", "a JPEG XL image"),
    (0, b"8BPS", "a Photoshop document"),
    (128, b"DICM", "a DICOM file"),
    (0, b"%PDF-", "a PDF document"),
    (0, b"PK\x03\x04", "a ZIP archive or an Office document"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"RIFF", "an audio or video file"),
    (0, b"OggS", "an audio file"),
    (0, b"ID3", "an audio file"),
    (0, b"fLaC", "an audio file"),
)


def looks_like(data: bytes) -> str:
    """The format of `data`: "PNG", "JPEG", "WebP", "TIFF", or else a description with an article.

    The description completes "This looks like ...".
    """
    for offset, magic, kind in SIGNATURES:
        if data.startswith(magic, offset):
            return kind
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
