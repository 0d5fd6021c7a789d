"""Transfer syntaxes, frames, and the files inside the installed pydicom."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.pixels import apply_modality_lut, apply_windowing, convert_color_space, pixel_array
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from demos.core.errors import InputError
from demos.core.signatures import looks_like
from tests.core.dicom_files import (
    HEIGHT,
    assert_close,
    colors,
    compressed,
    dataset,
    decode,
    encoded,
    file_of,
    gray_of,
    high_throughput,
    jpeg,
    jpeg_2000,
    lossless,
    lossless_16,
    lut_item,
    ramp,
    stretched,
)


class TestTransferSyntaxes:
    @pytest.mark.parametrize(
        "syntax",
        [
            *(ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian),
            *(DeflatedExplicitVRLittleEndian, RLELossless),
        ],
        ids=lambda syntax: syntax.name,
    )
    @pytest.mark.parametrize(
        "values",
        [ramp(8), ramp(16), ramp(16, True), colors()],
        ids=["8-bit", "16-bit", "signed", "color"],
    )
    def test_uncompressed_and_simple_ones(self, syntax: UID, values: NDArray[Any]) -> None:
        made = dataset(values)
        if syntax == RLELossless:
            made = pydicom.dcmread(io.BytesIO(encoded(made)))
            made.compress(RLELossless, generate_instance_uid=False)
        image = decode(encoded(made, syntax))
        expected = values if values.ndim == 3 else stretched(values)
        np.testing.assert_array_equal(
            image.pixels if values.ndim == 3 else gray_of(image), expected
        )

    def test_eight_bits_in_words_of_the_other_order(self) -> None:
        made = dataset(ramp(8))
        made.PixelData = np.frombuffer(made.PixelData, "<u2").astype(">u2").tobytes()
        made["PixelData"].VR = "OW"
        np.testing.assert_array_equal(gray_of(decode(encoded(made, ExplicitVRBigEndian))), ramp(8))

    @pytest.mark.parametrize("elements", [{"WindowCenter": 40, "WindowWidth": 90}, {}])
    def test_implicit_types_give_the_same(self, elements: dict[str, Any]) -> None:
        more = {
            **elements,
            **{"PixelPaddingValue": -3, "RescaleSlope": 1, "RescaleIntercept": -3},
            **{"ModalityLUTSequence": Sequence([lut_item(-100, list(range(256)), 8)])},
        }
        values = ramp(8).astype(np.int16) - 100
        explicit = decode(encoded(dataset(values, **more)))
        implicit = decode(encoded(dataset(values, **more), ImplicitVRLittleEndian))
        np.testing.assert_array_equal(explicit.pixels, implicit.pixels)
        assert explicit.notes == implicit.notes

    @pytest.mark.parametrize(
        ("encode", "syntax", "values", "by"),
        [
            (jpeg, JPEGBaseline8Bit, ramp(8), 3),
            (lambda v: jpeg(v, bitspersample=12), JPEGExtended12Bit, ramp(12), 3),
            (lossless, JPEGLossless, ramp(12), 0),
            (lossless, JPEGLosslessSV1, ramp(8), 0),
            (lossless_16, JPEGLosslessSV1, ramp(16), 0),
            (imagecodecs.jpegls_encode, JPEGLSLossless, ramp(12), 0),
            (imagecodecs.jpegls_encode, JPEGLSLossless, ramp(16), 0),
            (lambda v: imagecodecs.jpegls_encode(v, level=2), JPEGLSNearLossless, ramp(8), 3),
            (jpeg_2000, JPEG2000Lossless, ramp(8), 0),
            (jpeg_2000, JPEG2000Lossless, ramp(16), 0),
            (jpeg_2000, JPEG2000Lossless, ramp(16, True), 0),
            (lambda v: jpeg_2000(v, codecformat="jp2"), JPEG2000Lossless, ramp(16), 0),
            (high_throughput, HTJ2KLossless, ramp(8), 0),
            (high_throughput, HTJ2KLossless, ramp(16), 0),
            (high_throughput, HTJ2KLossless, ramp(16, True), 0),
        ],
    )
    def test_compressed_gray(
        self,
        encode: Callable[[NDArray[Any]], bytes],
        syntax: UID,
        values: NDArray[Any],
        by: int,
    ) -> None:
        bits = 12 if values.max() == 4095 else 8 * values.dtype.itemsize
        made = dataset(values, BitsStored=bits, HighBit=bits - 1)
        image = decode(compressed(made, encode(values), syntax))
        assert_close(gray_of(image), stretched(values), by)

    def test_signed_values_in_a_codec_without_a_sign(self) -> None:
        values = ramp(16, True)
        made = dataset(values)
        image = decode(compressed(made, lossless_16(values.view(np.uint16)), JPEGLosslessSV1))
        np.testing.assert_array_equal(gray_of(image), stretched(values))

    @pytest.mark.parametrize(
        ("encode", "syntax", "photometric", "by"),
        [
            (lambda v: jpeg(v, level=95, subsampling="444"), JPEGBaseline8Bit, "YBR_FULL", 6),
            (lambda v: jpeg(v, level=95, subsampling="422"), JPEGBaseline8Bit, "YBR_FULL_422", 12),
            # Says RGB in the header and YBR inside: the stream is right.
            (lambda v: jpeg(v, level=95, subsampling="444"), JPEGBaseline8Bit, "RGB", 6),
            (
                lambda v: jpeg(v, level=95, colorspace="rgb", outcolorspace="rgb"),
                *(JPEGBaseline8Bit, "RGB", 6),
            ),
            (
                lambda v: jpeg(v, lossless=True, colorspace="rgb", outcolorspace="rgb"),
                *(JPEGLosslessSV1, "RGB", 0),
            ),
            (imagecodecs.jpegls_encode, JPEGLSLossless, "RGB", 0),
            (jpeg_2000, JPEG2000Lossless, "YBR_RCT", 0),
            (lambda v: jpeg_2000(v, mct=False), JPEG2000Lossless, "RGB", 0),
            (high_throughput, HTJ2KLossless, "YBR_RCT", 0),
        ],
    )
    def test_compressed_color(
        self, encode: Callable[[NDArray[Any]], bytes], syntax: UID, photometric: str, by: int
    ) -> None:
        made = dataset(colors(), PhotometricInterpretation=photometric)
        assert_close(decode(compressed(made, encode(colors()), syntax)).pixels, colors(), by)

    def test_jpeg_2000_of_ybr_that_it_does_not_transform(self) -> None:
        ybr = convert_color_space(colors(), "RGB", "YBR_FULL")
        made = dataset(ybr, PhotometricInterpretation="YBR_FULL")
        data = compressed(made, jpeg_2000(ybr, mct=False), JPEG2000Lossless)
        assert_close(decode(data).pixels, colors(), 2)

    @pytest.mark.parametrize(
        "syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian]
    )
    def test_a_file_without_preamble(self, syntax: UID) -> None:
        whole = encoded(dataset(ramp(16)), syntax)
        expected = decode(whole).pixels
        first = b"\0\x08" if syntax == ExplicitVRBigEndian else b"\x08\0"
        bare = whole[whole.index(first, 140) :]
        assert looks_like(bare) == "DICOM"
        np.testing.assert_array_equal(decode(bare).pixels, expected)
        with_meta = whole[132:]
        assert looks_like(with_meta) == "DICOM"
        np.testing.assert_array_equal(decode(with_meta).pixels, expected)

    @pytest.mark.parametrize(
        "data",
        [
            *(b"", b"\x08\0", b"\x08\0\x05\0CS", b"\x08\0" * 400, b"\2\0" * 99, b"\0\x08" * 99),
            b"\x08\0\x05\0CS\x02\0ab" * 20,  # the same tag again and again
            b"\x08\0\x05\0\xff\xff\xff\x7f" * 20,
        ],
    )
    def test_what_only_begins_like_one_is_not_taken_for_one(self, data: bytes) -> None:
        assert looks_like(data) != "DICOM"

    def test_a_tiff_that_is_a_dicom_file_as_well(self) -> None:
        data = b"II*\0" + file_of(ramp(8))[4:]
        assert decode(data).format == "DICOM"


class TestFrames:
    def test_the_first_of_several(self) -> None:
        frames = np.concatenate([ramp(8), 255 - ramp(8), ramp(8) // 2])
        more = {"Rows": HEIGHT, "NumberOfFrames": 3}
        image = decode(file_of(frames, **more))
        np.testing.assert_array_equal(gray_of(image), ramp(8))
        assert image.notes[0] == "First of 3 frames used."

    @pytest.mark.parametrize("table", ["basic", "extended", "none", "fragments"])
    def test_the_first_of_several_compressed(self, table: str) -> None:
        frames = [jpeg_2000(values) for values in (ramp(8), 255 - ramp(8))]
        made = dataset(ramp(8), NumberOfFrames=2)
        if table == "extended":
            data, made.ExtendedOffsetTable, made.ExtendedOffsetTableLengths = encapsulate_extended(
                frames
            )
        else:
            fragments = 3 if table == "fragments" else 1
            data = encapsulate(frames, fragments_per_frame=fragments, has_bot=table == "basic")
        made.PixelData = data
        image = decode(encoded(made, JPEG2000Lossless))
        np.testing.assert_array_equal(gray_of(image), ramp(8))
        assert image.notes[0] == "First of 2 frames used."

    def test_other_frames_are_not_decoded(self) -> None:
        made = dataset(ramp(8), NumberOfFrames=2)
        made.PixelData = encapsulate([jpeg_2000(ramp(8)), b"nonsense"])
        np.testing.assert_array_equal(gray_of(decode(encoded(made, JPEG2000Lossless))), ramp(8))


SHIPPED = Path(pydicom.__file__).parent / "data"
NO_FILE = {".py", ".pyc", ".txt", ".json", ".md", ".icc", ".dump", ".gz"}


def shipped() -> list[Path]:
    return sorted(
        path
        for path in SHIPPED.rglob("*")
        if path.is_file() and path.suffix not in NO_FILE and path.name != "README"
    )


@pytest.mark.filterwarnings("ignore")
class TestFilesOfPydicom:
    def test_every_one_is_read_or_refused_with_a_sentence(self) -> None:
        read = 0
        for path in shipped():
            try:
                image = decode(path.read_bytes())
            except InputError as error:
                assert error.problem.endswith("."), path
            else:
                read += 1
                assert image.format == "DICOM", path
        assert read > 60

    def test_pixels_are_those_that_pydicom_computes(self) -> None:
        """Wherever pydicom alone can decode a file: without codecs, so mostly uncompressed ones."""
        compared = set()
        for path in shipped():
            try:
                found = decode(path.read_bytes()).pixels
                source = pydicom.dcmread(path)
                values = pixel_array(source, index=0)
            except (InputError, RuntimeError, NotImplementedError):
                continue
            kind = source.PhotometricInterpretation
            if kind.startswith("MONO"):
                values = apply_modality_lut(values, source)
                if "WindowCenter" not in source:
                    expected = np.interp(values, [values.min(), values.max()], [0, 255])
                else:
                    # It scales to the range of the stored values, as rescaled.
                    bits, signed = source.BitsStored, source.PixelRepresentation
                    ends = np.array([-(2 ** (bits - 1)), 2 ** (bits - 1) - 1])
                    ends = ends if signed else ends + 2 ** (bits - 1)
                    if "RescaleSlope" in source:
                        ends = ends * source.RescaleSlope + source.RescaleIntercept
                    expected = np.interp(apply_windowing(values, source), ends, [0, 255])
                expected = 255 - expected if kind == "MONOCHROME1" else expected
                expected = np.repeat(expected[:, :, None], 3, axis=2)
            elif kind == "RGB" or "YBR" in kind:
                expected = values / (257 if source.BitsAllocated == 16 else 1)
            else:
                continue
            if found.shape == expected.shape:  # else its pixels were made square
                assert np.abs(found - expected).max() <= 1, path
                compared.add((kind, source.file_meta.TransferSyntaxUID.name))
        assert len(compared) > 6
        assert any("RLE" in syntax for _, syntax in compared)
