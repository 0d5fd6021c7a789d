"""Every bad and odd image is made here, in memory."""

import hashlib
import io
import random
import struct
import subprocess
import sys
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from demos.core.errors import EmptyInput, InputError, TooLarge, Unreadable, UnsupportedType
from demos.core.image_limits import MIN_SIDE
from demos.core.media import DecodedImage, decode_image, plain_name
from demos.core.settings import MIB, Settings

SETTINGS = Settings()
WIDTH, HEIGHT = 48, 32


def gradient(width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """A picture without symmetry, so that any wrong turn or swapped channel shows."""
    y, x = np.mgrid[0:height, 0:width]
    channels = [x * 255 // (width - 1), y * 255 // (height - 1), (x + 2 * y) % 256]
    return np.stack(channels, axis=2).astype(np.uint8)


def encode(image: Image.Image | NDArray[Any], form: str, **options: Any) -> bytes:
    if not isinstance(image, Image.Image):
        image = Image.fromarray(image)
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def decode(data: bytes, settings: Settings = SETTINGS) -> DecodedImage:
    return decode_image(data, "cell.png", settings)


def png_chunk(kind: bytes, body: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + checksum


def png_of_chunks(header: bytes, pixels: bytes, extra: bytes = b"") -> bytes:
    chunks = png_chunk(b"IHDR", header) + extra + png_chunk(b"IDAT", pixels)
    return b"\x89PNG\r\n\x1a\n" + chunks + png_chunk(b"IEND", b"")


def png_of_size(width: int, height: int, extra: bytes = b"") -> bytes:
    """A well-formed PNG of one bit per pixel, all black, without ever holding its pixels."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    pixels = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return png_of_chunks(struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0), pixels, extra)


def animation_control(frames: int) -> bytes:
    return png_chunk(b"acTL", struct.pack(">II", frames, 0))


def tiff_of_tags(tags: dict[int, int | tuple[int, ...]], body: bytes = bytes(64)) -> bytes:
    """A TIFF with just these tags; strip offset 0 is where `body` begins, after the tags."""
    directory = ImageFileDirectory_v2()
    for tag, value in tags.items():
        directory[tag] = value
    return b"II*\0" + struct.pack("<I", 8) + directory.tobytes(8) + body


def webp_of_canvas(width: int, height: int) -> bytes:
    """The header of an extended WebP, then nothing of use."""
    sides = b"".join((side - 1).to_bytes(3, "little") for side in (width, height))
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + bytes(4) + sides
    return b"RIFF" + struct.pack("<I", len(body)) + body


class TestFormats:
    @pytest.mark.parametrize(
        ("form", "options", "named"),
        [
            ("PNG", {}, "PNG"),
            ("WEBP", {"lossless": True}, "WebP"),
            ("TIFF", {}, "TIFF"),
            ("TIFF", {"compression": "tiff_lzw"}, "TIFF"),
            ("TIFF", {"compression": "tiff_adobe_deflate", "big_tiff": True}, "TIFF"),
        ],
    )
    def test_lossless_formats_give_the_pixels_back(
        self, form: str, options: dict[str, Any], named: str
    ) -> None:
        data = encode(gradient(), form, **options)
        image = decode(data)
        np.testing.assert_array_equal(image.pixels, gradient())
        assert image.format == named
        assert image.mode == "RGB"
        assert image.size == (WIDTH, HEIGHT)
        assert image.sha256 == hashlib.sha256(data).hexdigest()
        assert image.notes == ()

    def test_jpeg(self) -> None:
        image = decode(encode(gradient(), "JPEG", quality=95, subsampling=0))
        assert image.format == "JPEG"
        assert abs(image.pixels.astype(int) - gradient()).mean() < 4

    def test_content_decides_not_the_name(self) -> None:
        assert decode_image(encode(gradient(), "WEBP"), "cell.png", SETTINGS).format == "WebP"

    def test_pixels_are_contiguous_and_cannot_be_written(self) -> None:
        pixels = decode(encode(gradient(), "PNG")).pixels
        assert pixels.flags.c_contiguous
        with pytest.raises(ValueError, match="read-only"):
            pixels[0, 0, 0] = 1

    def test_extreme_aspect_ratio_is_fine(self) -> None:
        image = decode(encode(gradient(4000, MIN_SIDE), "PNG"))
        assert image.pixels.shape == (MIN_SIDE, 4000, 3)

    def test_many_threads_get_the_same_pixels(self) -> None:
        files = [encode(gradient(WIDTH + n, HEIGHT), "PNG") for n in range(8)] * 4
        with ThreadPoolExecutor(8) as pool:
            for number, image in enumerate(pool.map(decode, files)):
                np.testing.assert_array_equal(image.pixels, gradient(WIDTH + number % 8, HEIGHT))


class TestColors:
    def test_gray_fills_all_three_channels(self) -> None:
        gray = gradient()[:, :, 0]
        pixels = decode(encode(gray, "PNG")).pixels
        np.testing.assert_array_equal(pixels, np.repeat(gray[:, :, None], 3, axis=2))

    def test_one_bit(self) -> None:
        checks = Image.fromarray(gradient()[:, :, 0] > 127)
        assert checks.mode == "1"
        for form in ("PNG", "TIFF"):
            pixels = decode(encode(checks, form)).pixels
            np.testing.assert_array_equal(pixels[:, :, 1] == 255, gradient()[:, :, 0] > 127)

    def test_palette(self) -> None:
        indexed = Image.fromarray(gradient()).quantize(256)
        expected = np.asarray(indexed.convert("RGB"))
        for form in ("PNG", "TIFF"):
            image = decode(encode(indexed, form))
            np.testing.assert_array_equal(image.pixels, expected)
            assert image.mode == "P"

    @pytest.mark.parametrize("form", ["PNG", "TIFF", "WEBP"])
    def test_transparency_is_placed_on_white(self, form: str) -> None:
        alpha = np.full((HEIGHT, WIDTH, 1), 255, np.uint8)
        alpha[:10] = 0
        rgba = np.concatenate([gradient(), alpha], axis=2)
        options = {"lossless": True} if form == "WEBP" else {}
        image = decode(encode(rgba, form, **options))
        assert (image.pixels[:10] == 255).all()
        np.testing.assert_array_equal(image.pixels[10:], gradient()[10:])
        assert image.notes == ("Transparent areas were placed on white.",)

    def test_an_opaque_alpha_channel_is_not_worth_a_note(self) -> None:
        rgba = Image.fromarray(gradient()).convert("RGBA")
        image = decode(encode(rgba, "PNG"))
        np.testing.assert_array_equal(image.pixels, gradient())
        assert image.notes == ()

    def test_gray_with_alpha(self) -> None:
        half = Image.merge("LA", [Image.new("L", (20, 20), 0), Image.new("L", (20, 20), 128)])
        image = decode(encode(half, "PNG"))
        assert image.pixels[0, 0].tolist() == [127, 127, 127]
        assert image.mode == "LA"
        assert image.notes == ("Transparent areas were placed on white.",)

    def test_a_transparent_palette_entry(self) -> None:
        indexed = Image.new("P", (20, 20), 1)
        indexed.putpalette([10, 20, 30, 200, 100, 50])
        indexed.paste(0, (0, 0, 20, 10))
        image = decode(encode(indexed, "PNG", transparency=0))
        assert image.pixels[0, 0].tolist() == [255, 255, 255]
        assert image.pixels[15, 0].tolist() == [200, 100, 50]
        assert image.notes == ("Transparent areas were placed on white.",)

    @pytest.mark.parametrize("form", ["JPEG", "TIFF"])
    def test_cmyk(self, form: str) -> None:
        cyan = Image.new("CMYK", (20, 20), (255, 0, 0, 0))
        image = decode(encode(cyan, form))
        assert image.pixels[10, 10].tolist() == pytest.approx([0, 255, 255], abs=3)
        assert image.mode == "CMYK"
        assert image.notes == ("CMYK was converted to RGB.",)

    def test_sixteen_bit_gray_is_scaled_full_range_to_full_range(self) -> None:
        ramp = np.linspace(0, 65535, 40 * 40).astype(np.uint16).reshape(40, 40)
        for form in ("PNG", "TIFF"):
            image = decode(encode(ramp, form))
            np.testing.assert_array_equal(image.pixels[:, :, 0], np.rint(ramp / 257))
            assert image.mode.startswith("I;16")
            assert image.notes == ("16-bit values were scaled from 0–65535 to 0–255.",)

    def test_big_endian_compressed_sixteen_bit_tiff(self) -> None:
        ramp = np.linspace(0, 65535, 40 * 40).astype(">u2").reshape(40, 40)
        big = Image.frombytes("I;16B", (40, 40), ramp.tobytes())
        for compression in ("raw", "tiff_lzw"):
            pixels = decode(encode(big, "TIFF", compression=compression)).pixels
            np.testing.assert_array_equal(pixels[:, :, 2], np.rint(ramp / 257))

    def test_a_dark_sixteen_bit_image_is_announced(self) -> None:
        twelve = np.full((20, 20), 4095, np.uint16)
        image = decode(encode(twelve, "PNG"))
        assert image.pixels.max() == 16
        assert "Its brightest value is only 4,095, so it comes out dark." in image.notes

    def test_sixteen_bit_tiff_with_white_as_zero(self) -> None:
        values = np.linspace(0, 65535, 400).astype("<u2").reshape(20, 20)
        tags = {256: 20, 257: 20, 258: 16, 259: 1, 262: 0, 273: 0, 277: 1, 278: 20, 279: 800}
        pixels = decode(tiff_of_tags(tags, values.tobytes())).pixels
        np.testing.assert_array_equal(pixels[:, :, 0], 255 - np.rint(values / 257))

    def test_sixteen_bit_color(self) -> None:
        values = (gradient().astype("<u2") * 257)[:20, :20]
        tags = {
            **{256: 20, 257: 20, 258: (16, 16, 16), 259: 1, 262: 2},
            **{273: 0, 277: 3, 278: 20, 279: 2400},
        }
        image = decode(tiff_of_tags(tags, values.tobytes()))
        np.testing.assert_array_equal(image.pixels, gradient()[:20, :20])
        assert image.notes == ("16-bit values were scaled from 0–65535 to 0–255.",)

    @pytest.mark.parametrize("alpha", [False, True])
    def test_sixteen_bit_color_png(self, alpha: bool) -> None:
        values = gradient().astype(">u2") * 257
        if alpha:
            opaque = np.full((HEIGHT, WIDTH, 1), 65535, ">u2")
            values = np.concatenate([values, opaque], axis=2)
        rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
        header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 16, 6 if alpha else 2, 0, 0, 0)
        image = decode(png_of_chunks(header, zlib.compress(rows)))
        np.testing.assert_array_equal(image.pixels, gradient())
        assert image.notes == ("16-bit values were scaled from 0–65535 to 0–255.",)

    def test_sixteen_bit_color_in_planes_is_refused(self) -> None:
        tags = {
            **{256: 20, 257: 20, 258: (16, 16, 16), 259: 1, 262: 2, 284: 2},
            **{273: (0, 800, 1600), 277: 3, 278: 20, 279: (800, 800, 800)},
        }
        with pytest.raises(UnsupportedType, match="16-bit color in separate planes"):
            decode(tiff_of_tags(tags, bytes(2400)))

    def test_twelve_bit_gray_tiff(self) -> None:
        values = np.linspace(0, 4095, 400).astype(int)
        packed = bytearray()
        for first, second in values.reshape(-1, 2):
            packed += bytes([first >> 4, (first & 15) << 4 | second >> 8, second & 255])
        tags = {256: 20, 257: 20, 258: 12, 259: 1, 262: 1, 273: 0, 277: 1, 278: 20, 279: 600}
        image = decode(tiff_of_tags(tags, bytes(packed)))
        np.testing.assert_array_equal(image.pixels[:, :, 0].ravel(), np.rint(values / 4095 * 255))
        assert image.notes == ("12-bit values were scaled from 0–4095 to 0–255.",)

    @pytest.mark.parametrize(
        ("values", "named"),
        [
            (np.zeros((20, 20), np.float32), "floating-point"),
            (np.zeros((20, 20), np.int32), "32-bit"),
        ],
    )
    def test_pixels_without_a_fixed_range_are_refused(
        self, values: NDArray[Any], named: str
    ) -> None:
        with pytest.raises(UnsupportedType, match=named):
            decode(encode(values, "TIFF"))

    def test_lab_is_refused(self) -> None:
        with pytest.raises(UnsupportedType, match="Lab colors"):
            decode(encode(Image.new("LAB", (20, 20)), "TIFF"))

    def test_embedded_profile_is_converted_to_srgb(self) -> None:
        # sRGB with the red and the green primary exchanged, under another name.
        srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        swapped = srgb.replace(b"rXYZ", b"temp", 1).replace(b"gXYZ", b"rXYZ", 1)
        swapped = swapped.replace(b"temp", b"gXYZ", 1).replace(
            "sRGB".encode("utf-16-be"), b"\0o" * 4
        )
        image = decode(encode(gradient(), "PNG", icc_profile=swapped))
        difference = image.pixels[:, :, [1, 0, 2]].astype(int) - gradient()
        assert abs(difference).max() <= 2
        assert image.notes == ("Colors were converted from the embedded profile to sRGB.",)

    def test_an_srgb_profile_changes_nothing(self) -> None:
        srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        image = decode(encode(gradient(), "PNG", icc_profile=srgb))
        np.testing.assert_array_equal(image.pixels, gradient())
        assert image.notes == ()

    @pytest.mark.parametrize("profile", [b"nonsense", bytes(128)])
    def test_a_broken_profile_is_ignored_and_said_so(self, profile: bytes) -> None:
        image = decode(encode(gradient(), "PNG", icc_profile=profile))
        np.testing.assert_array_equal(image.pixels, gradient())
        assert image.notes == ("The embedded color profile is unusable and was ignored.",)


class TestOrientation:
    @pytest.mark.parametrize("orientation", range(1, 9))
    @pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF"])
    def test_every_orientation_comes_out_upright(self, form: str, orientation: int) -> None:
        exif = Image.Exif()
        exif[0x0112] = orientation
        options = {"lossless": True} if form == "WEBP" else {}
        data = encode(gradient(), form, exif=exif, **options)
        image = decode(data)
        with Image.open(io.BytesIO(data)) as reference:
            expected = ImageOps.exif_transpose(reference)
        np.testing.assert_array_equal(image.pixels, np.asarray(expected))
        assert image.size == (WIDTH, HEIGHT)
        turned = image.pixels.shape[0] == WIDTH
        assert turned == (orientation >= 5)
        said = "The camera's orientation tag was applied." in image.notes
        assert said == (orientation != 1)

    def test_sixteen_bit_is_turned_too(self) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        ramp = (np.arange(WIDTH * HEIGHT, dtype=np.uint16) * 40).reshape(HEIGHT, WIDTH)
        pixels = decode(encode(ramp, "PNG", exif=exif)).pixels
        np.testing.assert_array_equal(pixels[:, :, 0], np.rot90(np.rint(ramp / 257), -1))

    @pytest.mark.parametrize("value", [0, 9, 65535])
    def test_an_invalid_orientation_is_upright(self, value: int) -> None:
        exif = Image.Exif()
        exif[0x0112] = value
        image = decode(encode(gradient(), "PNG", exif=exif))
        np.testing.assert_array_equal(image.pixels, gradient())
        assert image.notes == ()

    @pytest.mark.filterwarnings("ignore::UserWarning:PIL")
    def test_broken_exif_does_not_matter(self) -> None:
        image = decode(encode(gradient(), "PNG", exif=b"Exif\0\0II*\0\xff\xff\xff\x7f"))
        np.testing.assert_array_equal(image.pixels, gradient())


class TestAnimation:
    @pytest.mark.parametrize("form", ["PNG", "WEBP"])
    def test_the_first_frame_is_used_and_said_so(self, form: str) -> None:
        frames = [Image.fromarray(np.roll(gradient(), 3 * n, axis=1)) for n in range(12)]
        options = {"lossless": True} if form == "WEBP" else {}
        data = encode(frames[0], form, save_all=True, append_images=frames[1:], **options)
        image = decode(data)
        np.testing.assert_array_equal(image.pixels, gradient())
        assert image.notes == ("First of 12 frames used.",)

    def test_pages_of_a_tiff(self) -> None:
        pages = [Image.fromarray(gradient()), Image.new("RGB", (99, 99))]
        image = decode(encode(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
        np.testing.assert_array_equal(image.pixels, gradient())
        assert image.notes == ("Only the first page of this TIFF was used.",)


class TestLimits:
    @pytest.mark.parametrize(
        "bomb",
        [
            pytest.param(lambda: png_of_size(13000, 13000), id="png"),
            pytest.param(
                lambda: png_of_size(13000, 13000, animation_control(3)), id="animated-png"
            ),
            pytest.param(
                lambda: tiff_of_tags(
                    {
                        **{256: 13000, 257: 13000, 258: 8, 259: 1, 262: 1},
                        **{273: 0, 277: 1, 278: 13000, 279: 64},
                    }
                ),
                id="tiff",
            ),
            pytest.param(lambda: webp_of_canvas(13000, 13000), id="webp"),
        ],
    )
    def test_a_bomb_is_refused_undecoded(self, bomb: Callable[[], bytes]) -> None:
        data = bomb()
        assert len(data) < 100_000
        with pytest.raises(TooLarge) as caught:
            decode(data)
        assert str(caught.value) == (
            "This image has 169 megapixels (13000 x 13000 px); the limit is 40. "
            "Export it at a smaller size."
        )

    def test_bombs_cost_no_memory(self) -> None:
        """Peak resident memory of a fresh process, which also counts what C code allocates."""
        program = (
            "import resource, sys\n"
            "from demos.core.errors import TooLarge\n"
            "from demos.core.media import decode_image\n"
            "from demos.core.settings import Settings\n"
            "files = [bytes.fromhex(line) for line in sys.stdin]\n"
            "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
            "for data in files:\n"
            "    try:\n"
            "        decode_image(data, 'bomb', Settings())\n"
            "    except TooLarge:\n"
            "        pass\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
        )
        bombs = [png_of_size(13000, 13000), webp_of_canvas(16383, 16383)]
        grown = subprocess.run(
            [sys.executable, "-c", program],
            input="\n".join(bomb.hex() for bomb in bombs),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert int(grown) < 8 * 1024  # KiB; one decoded 13000 x 13000 bitmap takes 165,000

    def test_a_small_tiff_of_one_enormous_tile(self) -> None:
        tags = {
            **{256: 100, 257: 100, 258: 8, 259: 8, 262: 1, 277: 1},
            **{322: 32768, 323: 32768, 324: 8, 325: 64},
        }
        with pytest.raises(TooLarge, match=r"1,073\.8 megapixels"):
            decode(tiff_of_tags(tags))

    def test_just_within_and_just_over(self) -> None:
        data = encode(gradient(40, 25), "PNG")
        assert decode(data, Settings(max_image_pixels=1000)).size == (40, 25)
        with pytest.raises(TooLarge):
            decode(data, Settings(max_image_pixels=999))

    def test_bytes(self) -> None:
        with pytest.raises(TooLarge, match=r"This file has 20.1 MiB; the limit is 20\."):
            decode(bytes(20 * MIB + 1))

    def test_too_many_bytes_are_not_even_copied(self) -> None:
        data = bytes(30 * MIB)
        tracemalloc.start()
        with pytest.raises(TooLarge):
            decode(data)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < MIB

    def test_too_small(self) -> None:
        with pytest.raises(InputError, match="This image is 48 x 15 px; each side needs at least"):
            decode(encode(gradient(48, MIN_SIDE - 1), "PNG"))


class TestOtherFiles:
    def test_empty(self) -> None:
        with pytest.raises(EmptyInput, match="This file is empty"):
            decode(b"")

    @pytest.mark.parametrize(
        ("data", "named"),
        [
            (b"%PDF-1.7\n", "a PDF document"),
            (b"Rar!\x1a\x07\x01\0", "a RAR archive"),
            (b"7z\xbc\xaf\x27\x1c\0\4", "a 7z archive"),
            (bytes(257) + b"ustar\x0000", "a tar archive"),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a HEIC image"),
            (b"\0\0\0\x18ftypavif\0\0\0\0", "an AVIF image"),
            (b"\0\0\0\x18ftypmp42\0\0\0\0", "a video or audio file"),
            (b'<?xml version="1.0"?>\n<svg xmlns="">', "an SVG drawing"),
            (b"<!doctype html><html>", "a web page"),
            ("Größe,Wert\n1,2\n".encode(), "a text file"),
            (("ä" * 4000).encode(), "a text file"),
            (b"a" + ("ä" * 4000).encode(), "a text file"),
            (bytes(range(256)) * 40, "a file of an unknown kind"),
            (b"\0", "a file of an unknown kind"),
        ],
    )
    def test_what_it_looks_like_is_named(self, data: bytes, named: str) -> None:
        with pytest.raises(UnsupportedType) as caught:
            decode(data)
        assert caught.value.problem == f"This looks like {named}, which is not read here."
        assert "PNG, JPEG, WebP, TIFF or DICOM" in caught.value.remedy

    def test_other_image_formats_and_archives(self) -> None:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as files:
            files.writestr("cell.png", encode(gradient(), "PNG"))
        for data, named in [
            (encode(gradient(), "GIF"), "a GIF image"),
            (encode(gradient(), "BMP"), "a BMP image"),
            (encode(gradient(), "JPEG2000"), "a JPEG 2000 image"),
            (archive.getvalue(), "a ZIP archive"),
        ]:
            with pytest.raises(UnsupportedType, match=named):
                decode(data)


ENCODINGS: list[tuple[str, dict[str, Any]]] = [
    ("PNG", {}),
    ("JPEG", {}),
    ("JPEG", {"progressive": True}),
    ("WEBP", {}),
    ("WEBP", {"lossless": True}),
    ("TIFF", {}),
    ("TIFF", {"compression": "tiff_lzw"}),
    ("TIFF", {"compression": "jpeg"}),
]


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
class TestDamage:
    @pytest.mark.parametrize(("form", "options"), ENCODINGS)
    def test_a_cut_file_is_refused_unless_all_its_pixels_are_there(
        self, form: str, options: dict[str, Any]
    ) -> None:
        data = encode(gradient(200, 150), form, **options)
        whole = decode(data).pixels
        for length in [*range(12, len(data), max(1, len(data) // 60)), len(data) - 1]:
            try:
                cut = decode(data[:length])
            except InputError:
                continue
            np.testing.assert_array_equal(cut.pixels, whole, err_msg=f"{length} of {len(data)}")

    @pytest.mark.parametrize(("form", "options"), ENCODINGS)
    def test_half_a_file_says_so(self, form: str, options: dict[str, Any]) -> None:
        data = encode(gradient(200, 150), form, **options)
        with pytest.raises(Unreadable, match="damaged, incomplete"):
            decode(data[: len(data) // 2])

    @pytest.mark.parametrize(("form", "options"), ENCODINGS)
    def test_random_damage_never_raises_anything_else(
        self, form: str, options: dict[str, Any]
    ) -> None:
        chance = random.Random(0)
        data = encode(gradient(64, 64), form, **options)
        for _ in range(150):
            bad = bytearray(data)
            for _ in range(chance.randint(1, 8)):
                bad[chance.randrange(len(bad))] = chance.randrange(256)
            try:
                image = decode(bytes(bad))
            except InputError as error:
                assert error.problem.endswith(".")
                assert error.remedy.endswith(".")
            else:
                assert image.pixels.dtype == np.uint8
                assert image.pixels.shape[2] == 3


def test_a_dicom_file_without_an_image_says_so() -> None:
    with pytest.raises(UnsupportedType, match="This DICOM file holds no image, or was cut short"):
        decode(bytes(128) + b"DICM\2\0\x10\0UI\xff\xff" + bytes(40))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("cell.png", "cell.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\cell.png", "cell.png"),
        ("a\nb\0c\u202egnp.exe", "abcgnp.exe"),
        ("  ", "image"),
        ("folder/", "image"),
        ("x" * 500, "x" * 80),
    ],
)
def test_names_are_plain(given: str, shown: str) -> None:
    assert plain_name(given) == shown
