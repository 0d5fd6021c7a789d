"""DICOM files made in memory, and what their pixels must come out as.

Every one names a patient; nothing that leaves the decoder may.
"""

import io
import math
import struct
from collections.abc import Callable
from typing import Any

import imagecodecs
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
)

from demos.core.media import DecodedImage, decode_image
from demos.core.settings import Settings

SETTINGS = Settings()
WIDTH, HEIGHT = 40, 24
PATIENT, NUMBER, BORN, HOSPITAL = "MUSTERFRAU^ERIKA", "PAT-4711", "19640812", "ST ELSEWHERE"
STUDY = "1.2.826.0.1.3680043.8.498.31415926535"
IDENTIFIERS = ("MUSTERFRAU", "ERIKA", NUMBER, BORN, "ELSEWHERE", STUDY)
CHEST_XRAY = "1.2.840.10008.5.1.4.1.1.1.1"
FULL_RANGE = "The file names no usable window: its full range, {} to {}, was used."
INVERTED = "Inverted, as the file asks: its low values stand for white."

PIXELS_AS = {np.dtype(np.float32): "FloatPixelData", np.dtype(np.float64): "DoubleFloatPixelData"}


def ramp(bits: int, signed: bool = False) -> NDArray[Any]:
    """Values over the whole range, without symmetry."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    spread = (x * 37 + y * 101) * (2**bits - 1) // (39 * 37 + 23 * 101)
    dtype = np.dtype(np.uint8 if bits <= 8 else np.uint16 if bits <= 16 else np.uint32)
    values = spread.astype(dtype)
    values[0, 0], values[-1, -1] = 0, 2**bits - 1
    if signed:
        return (values.astype(np.int64) - 2 ** (bits - 1)).astype(f"i{dtype.itemsize}")
    return values


def colors() -> NDArray[np.uint8]:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.stack([x * 6, y * 10, (x + 2 * y) * 2], axis=2).astype(np.uint8)


def dataset(values: NDArray[Any], **more: Any) -> Dataset:
    """An uncompressed image of `values`, (H, W) or (H, W, 3), with `more` elements."""
    made = Dataset()
    made.SOPClassUID = CHEST_XRAY
    made.SOPInstanceUID = made.StudyInstanceUID = STUDY
    made.PatientName, made.PatientID, made.PatientBirthDate = PATIENT, NUMBER, BORN
    made.InstitutionName, made.StudyDate = HOSPITAL, BORN
    made.Rows, made.Columns = values.shape[:2]
    made.SamplesPerPixel = 1 if values.ndim == 2 else 3
    made.PhotometricInterpretation = "MONOCHROME2" if values.ndim == 2 else "RGB"
    made.BitsAllocated = 8 * values.dtype.itemsize
    keyword = PIXELS_AS.get(values.dtype, "PixelData")
    if keyword == "PixelData":
        made.BitsStored, made.HighBit = made.BitsAllocated, made.BitsAllocated - 1
        made.PixelRepresentation = int(values.dtype.kind == "i")
    if values.ndim == 3:
        made.PlanarConfiguration = 0
    data = values.tobytes()
    setattr(made, keyword, data + b"\0" * (len(data) % 2))
    for name, value in more.items():
        setattr(made, name, value)
    if keyword == "PixelData":
        made["PixelData"].VR = "OB" if values.dtype.itemsize == 1 else "OW"
    return made


def encoded(made: Dataset, syntax: UID = ExplicitVRLittleEndian) -> bytes:
    """The bytes of a DICOM file."""
    if syntax == ExplicitVRBigEndian and made.BitsAllocated == 16:
        made.PixelData = np.frombuffer(made.PixelData, "<u2").astype(">u2").tobytes()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = syntax
    made.file_meta.MediaStorageSOPClassUID = made.get("SOPClassUID", CHEST_XRAY)
    made.file_meta.MediaStorageSOPInstanceUID = STUDY
    if syntax.is_compressed and not syntax.is_deflated:
        made["PixelData"].VR = "OB"
        made["PixelData"].is_undefined_length = True
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, made, enforce_file_format=True)
    return buffer.getvalue()


def compressed(made: Dataset, frame: bytes, syntax: UID) -> bytes:
    """The bytes of a DICOM file whose frame is `frame`."""
    made.PixelData = encapsulate([frame])
    return encoded(made, syntax)


def data_begins(data: bytes) -> int:
    """Where a file's data set begins, after the elements about the file."""
    return 144 + int(struct.unpack_from("<I", data, 140)[0])


def file_of(values: NDArray[Any], **more: Any) -> bytes:
    return encoded(dataset(values, **more))


def decode(data: bytes, settings: Settings = SETTINGS) -> DecodedImage:
    return decode_image(data, "MUSTERFRAU_ERIKA.dcm", settings)


def gray_of(image: DecodedImage) -> NDArray[np.uint8]:
    np.testing.assert_array_equal(image.pixels[:, :, 0], image.pixels[:, :, 1])
    np.testing.assert_array_equal(image.pixels[:, :, 0], image.pixels[:, :, 2])
    return image.pixels[:, :, 0]


def each(values: NDArray[Any], shade: Callable[[float], float]) -> NDArray[np.uint8]:
    """`shade`, from 0 to 1, of every value, in plain Python."""
    rows = [[round(255 * shade(float(value))) for value in row] for row in values]
    return np.array(rows, np.uint8)


def stretched(values: NDArray[Any]) -> NDArray[np.uint8]:
    low, high = float(values.min()), float(values.max())
    return each(values, lambda value: (value - low) / (high - low))


def linear(center: float, width: float) -> Callable[[float], float]:
    """The window function as the standard writes it (PS3.3, C.11.2.1.2.1)."""

    def shade(x: float) -> float:
        if x <= center - 0.5 - (width - 1) / 2:
            return 0
        if x > center - 0.5 + (width - 1) / 2:
            return 1
        return (x - (center - 0.5)) / (width - 1) + 0.5

    return shade


def linear_exact(center: float, width: float) -> Callable[[float], float]:
    def shade(x: float) -> float:
        if x <= center - width / 2:
            return 0
        return 1 if x > center + width / 2 else (x - center) / width + 0.5

    return shade


def sigmoid(center: float, width: float) -> Callable[[float], float]:
    return lambda x: 1 / (1 + math.exp(-4 * (x - center) / width))


def lut_item(first: int, entries: list[int], bits: int) -> Dataset:
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [len(entries), first % 2**16, bits])
    item.add_new("LUTData", "OW", np.array(entries, "<u2").tobytes())
    return item


def assert_close(found: NDArray[np.uint8], expected: NDArray[np.uint8], by: int) -> None:
    assert np.abs(found.astype(int) - expected.astype(int)).max() <= by


def jpeg(values: NDArray[Any], **options: Any) -> bytes:
    return imagecodecs.jpeg8_encode(values, **options)


def jpeg_2000(values: NDArray[Any], **options: Any) -> bytes:
    options = {"level": 0, "codecformat": "j2k", "reversible": True, **options}
    return imagecodecs.jpeg2k_encode(values, **options)


def high_throughput(values: NDArray[Any]) -> bytes:
    return imagecodecs.htj2k_encode(values, reversible=True)


def lossless(values: NDArray[Any]) -> bytes:
    bits = 8 if values.dtype == np.uint8 else 12
    return jpeg(values, lossless=True, bitspersample=bits)


def lossless_16(values: NDArray[Any]) -> bytes:
    return imagecodecs.ljpeg_encode(values, bitspersample=16)
