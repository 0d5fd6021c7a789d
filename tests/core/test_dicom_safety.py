"""Limits, privacy and damage: what a DICOM file must not do."""

import io
import logging
import random
import struct
import subprocess
import sys
import warnings
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom import config
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    RLELossless,
)

from demos.core.dicom.codestream import jpeg_2000_stream
from demos.core.dicom.elements import Pieces
from demos.core.errors import InputError, TooLarge, Unreadable
from demos.core.media import decode_image
from demos.core.settings import MIB, Settings
from tests.core.dicom_files import (
    CHEST_XRAY,
    HEIGHT,
    IDENTIFIERS,
    SETTINGS,
    WIDTH,
    colors,
    compressed,
    data_begins,
    dataset,
    decode,
    encoded,
    file_of,
    gray_of,
    jpeg,
    jpeg_2000,
    lossless,
    lut_item,
    ramp,
)


def frame_marker(stream: bytes, marker: int) -> int:
    """Where the JPEG marker 0xFF `marker` is."""
    return stream.index(bytes([0xFF, marker]))


def with_precincts(stream: bytes, side: int, exponent: int) -> bytes:
    """A JPEG 2000 stream that claims `side` pixels and precincts of 2**`exponent` pixels."""
    made = bytearray(stream)
    struct.pack_into(">II", made, 8, side, side)
    struct.pack_into(">II", made, 24, side, side)
    at = frame_marker(stream, 0x52)
    (length,) = struct.unpack_from(">H", stream, at + 2)
    segment = made[at : at + 2 + length]
    segment[4] |= 1
    segment += bytes([exponent << 4 | exponent]) * (segment[9] + 1)
    struct.pack_into(">H", segment, 2, len(segment) - 2)
    made[at : at + 2 + length] = segment
    return bytes(made)


class TestLimits:
    def test_sizes_are_checked_before_a_pixel_is_touched(self) -> None:
        with pytest.raises(TooLarge) as caught:
            decode(file_of(ramp(8), Rows=13000, Columns=13000))
        assert str(caught.value) == (
            "This image has 169 megapixels (13000 x 13000 px); the limit is 40. "
            "Export it at a smaller size."
        )

    def test_too_small(self) -> None:
        with pytest.raises(InputError, match="This image is 40 x 10 px; each side needs at least"):
            decode(file_of(ramp(8)[:10]))

    def test_a_deflated_bomb(self) -> None:
        inner, outer = (
            encoded(dataset(ramp(8)), syntax)
            for syntax in (ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian)
        )
        packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
        trailing = b"\xfc\xff\xfc\xffOB\0\0" + struct.pack("<I", 20 * MIB)
        pieces = [packer.compress(inner[data_begins(inner) :] + trailing)]
        pieces += [packer.compress(bytes(MIB)) for _ in range(20)]
        data = outer[: data_begins(outer)] + b"".join(pieces) + packer.flush()
        assert len(data) < MIB
        with pytest.raises(TooLarge, match="This deflated DICOM file holds more than 16 MiB"):
            decode(data, Settings(max_image_bytes=2 * MIB))

    @pytest.mark.parametrize("encode", [jpeg, lossless, imagecodecs.jpegls_encode, jpeg_2000])
    def test_a_frame_of_another_size_is_not_decoded(
        self, encode: Callable[[NDArray[Any]], bytes], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def never(*_: Any, **__: Any) -> None:
            raise AssertionError("it was decoded")

        larger = np.zeros((HEIGHT, WIDTH + 1), np.uint8)
        for codec in ("jpeg8_decode", "jpegls_decode", "jpeg2k_decode"):
            monkeypatch.setattr(imagecodecs, codec, never)
        monkeypatch.setattr(subprocess, "run", never)
        with pytest.raises(Unreadable):
            decode(compressed(dataset(ramp(8)), encode(larger), JPEGBaseline8Bit))

    def test_runs_that_unpack_to_more_than_the_frame(self) -> None:
        runs = struct.pack("<16I", 1, 64, *[0] * 14) + b"\x81\x07" * 100_000
        with pytest.raises(Unreadable):
            decode(compressed(dataset(ramp(8)), runs, RLELossless))

    @pytest.mark.parametrize(("exponent", "fits"), [(0, False), (3, False), (7, True)])
    def test_jpeg_2000_of_countless_parts(self, exponent: int, fits: bool) -> None:
        stream = with_precincts(jpeg_2000(np.zeros((64, 64), np.uint8)), 6000, exponent)
        assert len(stream) < 1000
        if fits:
            assert jpeg_2000_stream(stream).size == (6000, 6000)
        else:
            with pytest.raises(Unreadable):
                jpeg_2000_stream(stream)

    def test_jpeg_2000_of_countless_tiles(self) -> None:
        stream = bytearray(jpeg_2000(ramp(8)))
        struct.pack_into(">II", stream, 24, 1, 1)
        assert WIDTH * HEIGHT < 4096
        assert jpeg_2000_stream(bytes(stream)).size == (WIDTH, HEIGHT)
        struct.pack_into(">II", stream, 8, 100, 100)
        with pytest.raises(Unreadable):
            jpeg_2000_stream(bytes(stream))

    def test_a_tile_may_be_larger_than_the_picture(self) -> None:
        stream = bytearray(jpeg_2000(ramp(8)))
        struct.pack_into(">II", stream, 24, 2**31, 2**31)
        data = compressed(dataset(ramp(8)), bytes(stream), JPEG2000Lossless)
        np.testing.assert_array_equal(decode(data).pixels[:, :, 0], ramp(8))

    def test_countless_elements(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Pieces, "left", 4_000)
        empty = b"".join(
            struct.pack("<HH2sH", 0x0009 + 2 * (k >> 16), k & 0xFFFF, b"LO", 0)
            for k in range(5_000)
        )
        whole = file_of(ramp(8))
        at = whole.index(b"\x10\0\x10\0PN")
        assert decode(whole).size == (WIDTH, HEIGHT)
        with pytest.raises(TooLarge, match="too many parts"):
            decode(whole[:at] + empty + whole[at:])

    def test_only_the_first_of_countless_items_is_read(self) -> None:
        items = struct.pack("<HHI", 0xFFFE, 0xE000, 0) * 1_000_000
        sequence = struct.pack("<HH2sHI", 0x5200, 0x9230, b"SQ", 0, len(items)) + items
        whole = file_of(ramp(8))
        at = whole.index(b"\xe0\x7f\x10\0")
        np.testing.assert_array_equal(gray_of(decode(whole[:at] + sequence + whole[at:])), ramp(8))


@pytest.fixture
def loud() -> Iterator[None]:
    """pydicom as it comes: warnings on, everything logged, values validated."""
    logger = logging.getLogger("pydicom")
    level, mode = logger.level, config.settings.reading_validation_mode
    logger.setLevel(logging.DEBUG)
    config.settings.reading_validation_mode = config.WARN
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        yield
    logger.setLevel(level)
    config.settings.reading_validation_mode = mode


def holds_identifiers(text: str) -> list[str]:
    return [each_one for each_one in IDENTIFIERS if each_one.lower() in text.lower()]


def of_unknown_encoding() -> bytes:
    data = file_of(ramp(16), SpecificCharacterSet="ISO_IR 100")
    return data.replace(b"ISO_IR 100", b"MUSTERFRAU")


def telling_files() -> list[bytes]:
    """Files that are read or refused, with identifiers where no parser expects them."""
    whole = file_of(ramp(16), BurnedInAnnotation="YES")
    names = b"MUSTERFRAU^ERIKA"
    changed = [
        whole.replace(b"\x28\0\x10\0US\x02\0\x18\0", b"\x28\0\x10\0LO\x10\0" + names),
        whole.replace(b"\x28\0\x02\0US\x02\0\x01\0", b"\x28\0\x02\0IS\x10\0" + names),
        whole.replace(b"MONOCHROME2 ", b"MUSTERFRAU  "),
        whole.replace(b"1.2.840.10008.1.2.1\0", b"MUSTERFRAU^ERIKA.1.2"),
        of_unknown_encoding(),
        whole.replace(CHEST_XRAY.encode(), b"MUSTERFRAU^ERIKA".ljust(len(CHEST_XRAY), b"X")),
        *(whole[:length] for length in range(200, len(whole), 97)),
    ]
    assert all(data != whole for data in changed)
    return [whole, *changed]


class TestPrivacy:
    @pytest.mark.usefixtures("loud")
    def test_no_identifier_leaves_the_decoder(
        self,
        caplog: pytest.LogCaptureFixture,
        recwarn: pytest.WarningsRecorder,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        caplog.set_level(logging.DEBUG)
        told = []
        for data in telling_files():
            try:
                told.append(repr(decode(data)))
            except InputError as error:
                told.append(f"{error!r} {error} {error.args}")
                # Nor in what a traceback would show besides.
                assert error.__cause__ is None
                assert error.__context__ is None
        assert any("DecodedImage" in text for text in told)
        assert any("Unreadable" in text for text in told)
        captured = capfd.readouterr()
        everything = [
            *told,
            *(record.getMessage() for record in caplog.records),
            *(str(warning.message) for warning in recwarn),
            *(captured.out, captured.err),
        ]
        assert holds_identifiers("\n".join(everything)) == []

    def test_the_files_do_hold_them(self) -> None:
        assert holds_identifiers(file_of(ramp(8)).decode("latin-1")) == list(IDENTIFIERS)

    def test_pydicom_itself_quotes_them(self, recwarn: pytest.WarningsRecorder) -> None:
        warnings.simplefilter("always")
        pydicom.dcmread(io.BytesIO(of_unknown_encoding()))
        assert any("MUSTERFRAU" in str(warning.message) for warning in recwarn)

    def test_name_and_hash_are_of_the_pixels(self) -> None:
        made = dataset(ramp(8))
        first = decode(encoded(made))
        made.PatientName, made.PatientID, made.StudyInstanceUID = "ANDERS^ANNA", "9", "1.2.3"
        second = decode_image(encoded(made), "other.dcm", SETTINGS)
        assert first.sha256 == second.sha256
        assert first.name == second.name == f"DICOM image {first.sha256[:8]}"
        other = decode(file_of(255 - ramp(8)))
        assert other.sha256 != first.sha256
        turned = decode(file_of(np.zeros((20, 30), np.uint8)))
        assert turned.sha256 != decode(file_of(np.zeros((30, 20), np.uint8))).sha256

    def test_text_inside_the_picture_is_announced(self) -> None:
        said = "The file says that text is burned into its picture; it may name a person."
        assert decode(file_of(colors(), BurnedInAnnotation="YES")).notes == (said,)
        assert decode(file_of(colors(), BurnedInAnnotation="NO")).notes == ()


class TestDamage:
    @pytest.mark.parametrize(
        ("frame", "syntax"),
        [
            *((None, ExplicitVRLittleEndian), (None, DeflatedExplicitVRLittleEndian)),
            *((jpeg(ramp(8)), JPEGBaseline8Bit), (jpeg_2000(ramp(8)), JPEG2000Lossless)),
        ],
        ids=["uncompressed", "deflated", "jpeg", "jpeg-2000"],
    )
    def test_a_cut_file_is_refused_unless_all_its_pixels_are_there(
        self, frame: bytes | None, syntax: UID
    ) -> None:
        made = dataset(ramp(8))
        data = encoded(made, syntax) if frame is None else compressed(made, frame, syntax)
        whole = decode(data).pixels
        for length in [*range(12, len(data), len(data) // 60), len(data) - 1]:
            try:
                cut = decode(data[:length])
            except InputError:
                continue
            np.testing.assert_array_equal(cut.pixels, whole, err_msg=f"{length} of {len(data)}")

    @pytest.mark.parametrize(
        "data",
        [
            file_of(ramp(16), WindowCenter=4000, WindowWidth=9000),
            encoded(dataset(ramp(16)), ImplicitVRLittleEndian),
            encoded(dataset(colors()), DeflatedExplicitVRLittleEndian),
            compressed(dataset(ramp(8)), jpeg(ramp(8)), JPEGBaseline8Bit),
            compressed(dataset(ramp(8)), jpeg_2000(ramp(8)), JPEG2000Lossless),
            file_of(
                ramp(8),
                VOILUTSequence=Sequence([lut_item(0, list(range(256)), 8)]),
                SharedFunctionalGroupsSequence=Sequence([Dataset()]),
            ),
        ],
        ids=["window", "implicit", "deflated", "jpeg", "jpeg-2000", "sequences"],
    )
    def test_random_damage_never_raises_anything_else(self, data: bytes) -> None:
        chance = random.Random(0)
        for _ in range(150):
            bad = bytearray(data)
            for _ in range(chance.randint(1, 8)):
                bad[chance.randrange(128, len(bad))] = chance.randrange(256)
            if chance.random() < 0.2:
                del bad[chance.randrange(140, len(bad)) :]
            try:
                image = decode(bytes(bad))
            except InputError as error:
                assert error.problem.endswith(".")
            else:
                assert image.pixels.dtype == np.uint8
                assert image.pixels.shape[2] == 3

    def test_a_codec_that_does_not_come_back_is_ended(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        data = compressed(dataset(ramp(8)), imagecodecs.jpegls_encode(ramp(8)), JPEGLSLossless)
        assert decode(data).size == (WIDTH, HEIGHT)
        monkeypatch.setattr("demos.core.dicom.codestream.JPEG_LS_PROGRAM", "while True: pass")
        monkeypatch.setattr("demos.core.dicom.codestream.JPEG_LS_SECONDS", 0.05)
        with pytest.raises(Unreadable):
            decode(data)


def test_the_catalog_does_not_import_it() -> None:
    program = (
        "import sys, demos.catalog, demos.core.media, demos.core.archive\n"
        "print(*({'pydicom', 'imagecodecs'} & {name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ""
