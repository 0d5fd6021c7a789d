"""What a DICOM file says about its image: the few elements that drawing it takes, and no others.

Only the elements in `WANTED` are looked at. None of them identifies a person, a study or an
institution, and `Header` holds numbers and raw pixels. What pydicom reads of the rest, or says of
it in warnings and errors, goes no further than this module.
"""

import logging
import warnings
import zlib
from dataclasses import dataclass, field

from pydicom import config
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame
from pydicom.filereader import read_dataset

from demos.core.dicom.elements import Pieces, guarded, whole, word
from demos.core.dicom.layout import Coding, Layout, check_layout, layout_of
from demos.core.dicom.shown import HUES, Shown, shown_of
from demos.core.errors import TooLarge, UnsupportedType
from demos.core.image_limits import damaged
from demos.core.settings import MIB, Settings

PREAMBLE = 132
DEFLATED_GROWTH = 8
"""How many times `max_image_bytes` a deflated file may hold once it is inflated."""

IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
RLE = "1.2.840.10008.1.2.5"
NATIVE = frozenset({IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN})
CODESTREAMS = frozenset(
    f"1.2.840.10008.1.2.4.{number}"
    for number in (
        *range(50, 67),  # JPEG: baseline, extended, lossless and their retired relatives
        *(70, 80, 81),  # JPEG lossless, JPEG-LS
        *(90, 91, 201, 202, 203),  # JPEG 2000, High-Throughput JPEG 2000
    )
)

RADIOTHERAPY = "1.2.840.10008.5.1.4.1.1.481."
RADIOTHERAPY_IMAGES = frozenset(f"{RADIOTHERAPY}{number}" for number in (1, 23, 24))
NOT_AN_IMAGE: tuple[tuple[str, str], ...] = (
    ("1.2.840.10008.1.3.10", "the directory of other files (DICOMDIR)"),
    ("1.2.840.10008.5.1.4.1.1.104.", "a document, such as a PDF"),
    ("1.2.840.10008.5.1.4.1.1.88.", "a structured report"),
    (RADIOTHERAPY, "radiotherapy data"),
    ("1.2.840.10008.5.1.4.1.1.9.", "a waveform, such as an ECG"),
    ("1.2.840.10008.5.1.4.1.1.11.", "a presentation state"),
    ("1.2.840.10008.5.1.4.1.1.66", "segmentations, registrations or raw data"),
    ("1.2.840.10008.5.1.4.39.", "a color palette"),
)
"""Storage classes by the beginning of their identifier, and what they hold, in words."""

PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
WANTED = (
    *("SOPClassUID", "SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration"),
    *("NumberOfFrames", "Rows", "Columns", "PixelSpacing", "ImagerPixelSpacing"),
    *("PixelAspectRatio", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation"),
    *("PixelPaddingValue", "PixelPaddingRangeLimit", "RescaleIntercept", "RescaleSlope"),
    *("ModalityLUTSequence", "WindowCenter", "WindowWidth", "VOILUTFunction", "VOILUTSequence"),
    *("PresentationLUTShape", "BurnedInAnnotation", "ICCProfile"),
    *(f"{hue}PaletteColorLookupTableDescriptor" for hue in HUES),
    *(f"{hue}PaletteColorLookupTableData" for hue in HUES),
    *(f"Segmented{hue}PaletteColorLookupTableData" for hue in HUES),
    *("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"),
    *("ExtendedOffsetTable", "ExtendedOffsetTableLengths"),
    *PIXELS,
)
TAGS = [tag for tag in map(tag_for_keyword, WANTED) if tag is not None]
ABOUT = [0x00020002, 0x00020010]
"""Storage class and transfer syntax, as the elements before the data set give them."""


@dataclass(frozen=True, slots=True)
class Header:
    """A DICOM file that holds an image: its first frame, still as stored, and how to draw it."""

    layout: Layout
    shown: Shown
    frames: int
    frame: bytes = field(repr=False)


def read_header(data: bytes, settings: Settings) -> Header:
    """Read a DICOM file without decoding a pixel. Raises `InputError` with a sentence."""
    body, syntax, kind = guarded(opened, data, settings)
    dataset = guarded(elements, body, syntax)
    refuse_other_objects(dataset, guarded(word, dataset, "SOPClassUID") or kind)
    order = ">" if syntax == BIG_ENDIAN else "<"
    layout = guarded(layout_of, dataset, coding_of(syntax), order)
    check_layout(layout, settings)
    frames = guarded(frames_of, dataset)
    frame = guarded(first_frame, dataset, layout, frames)
    return Header(layout, guarded(shown_of, dataset, layout), frames, frame)


def silence() -> None:
    """Keep pydicom from telling the log what is in a file; it warns of values by quoting them.

    Set for good, at every call: warning filters that come and go get lost between threads.
    """
    logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)
    warnings.filterwarnings("ignore", module=r"pydicom(\.|$)")
    config.settings.reading_validation_mode = config.IGNORE


def opened(data: bytes, settings: Settings) -> tuple[Pieces, str, str]:
    """The elements, inflated where they are deflated; their transfer syntax and storage class."""
    silence()
    file = Pieces(data)
    file.seek(PREAMBLE if data[PREAMBLE - 4 : PREAMBLE] == b"DICM" else 0)
    meta = read_dataset(
        file, False, True, stop_when=lambda tag, _vr, _length: tag.group != 2, specific_tags=ABOUT
    )
    start = file.tell()
    syntax = word(meta, "TransferSyntaxUID") or told_by_encoding(data[start : start + 8])
    if syntax == DEFLATED:
        file = Pieces(inflated(data[start:], DEFLATED_GROWTH * settings.max_image_bytes))
    return file, syntax, word(meta, "MediaStorageSOPClassUID")


def told_by_encoding(head: bytes) -> str:
    """The uncompressed transfer syntax of a file that names none, from its first element."""
    if head[:1] == b"\0":
        return BIG_ENDIAN
    return EXPLICIT if head[4:6].isalpha() and head[4:6].isupper() else IMPLICIT


def inflated(data: bytes, limit: int) -> bytes:
    """A deflated data set, never past `limit` bytes."""
    packer = zlib.decompressobj(-zlib.MAX_WBITS)
    held = packer.decompress(data, limit)
    if packer.unconsumed_tail:
        raise TooLarge(
            f"This deflated DICOM file holds more than {limit / MIB:.4g} MiB.",
            "Export it uncompressed, or a single frame of it.",
        )
    return held


def elements(body: Pieces, syntax: str) -> Dataset:
    """The wanted elements, as pydicom reads them: most still unparsed."""
    return read_dataset(body, syntax == IMPLICIT, syntax != BIG_ENDIAN, specific_tags=TAGS)


def refuse_other_objects(dataset: Dataset, kind: str) -> None:
    """Refuse what is no image, by its storage class, or because it has no pixels."""
    for start, holds in NOT_AN_IMAGE:
        if kind.startswith(start) and kind not in RADIOTHERAPY_IMAGES:
            raise UnsupportedType(
                f"This DICOM file holds {holds}, not an image.",
                "Choose the file of the image itself.",
            )
    if not any(name in dataset for name in PIXELS):
        raise UnsupportedType(
            "This DICOM file holds no image, or was cut short.",
            "Choose the file of the image itself, or export it again.",
        )


def coding_of(syntax: str) -> Coding:
    if syntax in NATIVE:
        return Coding.NATIVE
    if syntax in CODESTREAMS:
        return Coding.CODESTREAM
    if syntax == RLE:
        return Coding.RLE
    raise UnsupportedType(
        "This DICOM file is a video, or compressed in a way that is not read here.",
        "Export it uncompressed, or as JPEG, JPEG-LS, JPEG 2000 or RLE.",
    )


def frames_of(dataset: Dataset) -> int:
    return max(1, whole(dataset, "NumberOfFrames", 1))


def first_frame(dataset: Dataset, layout: Layout, frames: int) -> bytes:
    """The bytes of the first frame. Raises `Unreadable` where some are missing."""
    name = next(name for name in PIXELS if name in dataset)
    stored: bytes = dataset[name].value
    if layout.coding is Coding.NATIVE:
        length = layout.frame_bytes
        # Words of the other order come in pairs of bytes, whatever the length.
        frame = stored[: length + length % 2]
    else:
        offsets = None
        if "ExtendedOffsetTable" in dataset:
            offsets = dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths
        frame = get_frame(Pieces(stored), 0, number_of_frames=frames, extended_offsets=offsets)
        length = 1
    if len(frame) < length:
        raise damaged("DICOM")
    return frame
