"""DICOM images as they are meant to be seen."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import ImageCms
from pydicom.dataset import Dataset
from pydicom.pixels import convert_color_space
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
)

from demos.core.errors import Unreadable, UnsupportedType
from demos.core.settings import Settings
from tests.core.dicom_files import (
    CHEST_XRAY,
    FULL_RANGE,
    HEIGHT,
    INVERTED,
    WIDTH,
    assert_close,
    colors,
    compressed,
    dataset,
    decode,
    each,
    encoded,
    file_of,
    gray_of,
    linear,
    linear_exact,
    lut_item,
    ramp,
    sigmoid,
    stretched,
)


class TestGray:
    @pytest.mark.parametrize("signed", [False, True])
    @pytest.mark.parametrize("bits", [8, 10, 12, 16, 32])
    def test_without_a_window_the_full_range_is_used(self, bits: int, signed: bool) -> None:
        values = ramp(bits, signed)
        image = decode(file_of(values, BitsStored=bits, HighBit=bits - 1))
        assert_close(gray_of(image), stretched(values), 0 if bits < 32 else 1)
        assert image.notes == (FULL_RANGE.format(f"{values.min():g}", f"{values.max():g}"),)
        assert image.format == "DICOM"
        assert image.mode == f"MONOCHROME2 {bits}-bit"
        assert image.size == (WIDTH, HEIGHT)

    @pytest.mark.parametrize(
        ("function", "expected", "said"),
        [
            (None, linear(40, 400), ""),
            ("LINEAR", linear(40, 400), ""),
            ("LINEAR_EXACT", linear_exact(40, 400), ""),
            ("SIGMOID", sigmoid(40, 400), ", sigmoid"),
            ("NONSENSE", linear(40, 400), ""),
        ],
    )
    def test_the_window_works_on_rescaled_values(
        self, function: str | None, expected: Callable[[float], float], said: str
    ) -> None:
        values = ramp(12)
        more = {} if function is None else {"VOILUTFunction": function}
        image = decode(
            file_of(
                values,
                **{"BitsStored": 12, "HighBit": 11, "RescaleSlope": 0.5, "RescaleIntercept": -500},
                **{"WindowCenter": [40, 300], "WindowWidth": [400, 1500], **more},
            )
        )
        np.testing.assert_array_equal(gray_of(image), each(values * 0.5 - 500, expected))
        assert image.notes == (f"Window center 40, width 400{said} applied.",)

    def test_a_window_of_width_one_is_a_threshold(self) -> None:
        values = ramp(8)
        image = decode(file_of(values, WindowCenter=100, WindowWidth=1))
        np.testing.assert_array_equal(gray_of(image) == 255, values > 99.5)

    @pytest.mark.parametrize("width", ["0", "-400", "", "1e40"])
    def test_an_impossible_window_is_ignored_and_said_so(self, width: str) -> None:
        values = ramp(8)
        image = decode(file_of(values, WindowCenter="40", WindowWidth=width))
        np.testing.assert_array_equal(gray_of(image), values)
        assert image.notes == (FULL_RANGE.format(0, 255),)

    def test_monochrome1_is_inverted(self) -> None:
        values = ramp(8)
        image = decode(file_of(values, PhotometricInterpretation="MONOCHROME1"))
        np.testing.assert_array_equal(gray_of(image), 255 - values)
        assert image.notes == (FULL_RANGE.format(0, 255), INVERTED)
        assert image.mode == "MONOCHROME1 8-bit"

    @pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
    def test_an_inverse_presentation_inverts_once(self, photometric: str) -> None:
        more = {"PhotometricInterpretation": photometric, "PresentationLUTShape": "INVERSE"}
        image = decode(file_of(ramp(8), **more))
        np.testing.assert_array_equal(gray_of(image), 255 - ramp(8))
        assert image.notes[1:] == (INVERTED,)

    @pytest.mark.parametrize("inverted", [False, True])
    def test_padding_is_black_and_outside_of_the_range(self, inverted: bool) -> None:
        values = (ramp(8).astype(np.int16) + 100) * 4
        expected = stretched(values)
        values[:5] = -2000
        kind = "MONOCHROME1" if inverted else "MONOCHROME2"
        image = decode(file_of(values, PixelPaddingValue=-2000, PhotometricInterpretation=kind))
        found = gray_of(image)
        assert (found[:5] == 0).all()
        inside = values[5:]
        expected = stretched(inside)
        np.testing.assert_array_equal(found[5:], 255 - expected if inverted else expected)
        assert image.notes[0] == FULL_RANGE.format(inside.min(), inside.max())

    def test_a_range_of_padding(self) -> None:
        values = ramp(12)
        image = decode(file_of(values, PixelPaddingValue=4095, PixelPaddingRangeLimit=4000))
        inside = values < 4000
        assert (gray_of(image)[~inside] == 0).all()
        assert gray_of(image)[inside].max() == 255

    def test_the_voi_table_comes_before_the_window(self) -> None:
        entries = [(place * place) % 1024 for place in range(200)]
        values = ramp(8)
        image = decode(
            file_of(
                values,
                **{"RescaleSlope": 1, "RescaleIntercept": -50},
                **{"VOILUTSequence": Sequence([lut_item(20, entries, 10)])},
                **{"WindowCenter": 40, "WindowWidth": 400},
            )
        )
        places = np.clip(values.astype(int) - 50 - 20, 0, 199)
        expected = np.rint(np.array(entries)[places] / 1023 * 255)
        np.testing.assert_array_equal(gray_of(image), expected)
        assert image.notes == ("The file's own brightness table was applied.",)

    def test_a_voi_table_may_begin_below_zero(self) -> None:
        item = lut_item(-1000, list(range(256)), 8)
        more = {"RescaleSlope": 1, "RescaleIntercept": -1000, "VOILUTSequence": Sequence([item])}
        image = decode(file_of(ramp(8), **more))
        np.testing.assert_array_equal(gray_of(image), ramp(8))

    def test_the_voi_table_of_an_enhanced_file(self) -> None:
        frame, shared = Dataset(), Dataset()
        frame.VOILUTSequence = Sequence([lut_item(0, list(range(255, -1, -1)), 8)])
        shared.FrameVOILUTSequence = Sequence([frame])
        image = decode(file_of(ramp(8), SharedFunctionalGroupsSequence=Sequence([shared])))
        np.testing.assert_array_equal(gray_of(image), 255 - ramp(8))

    def test_the_modality_table(self) -> None:
        entries = [4 * (place ^ 85) for place in range(256)]
        image = decode(file_of(ramp(8), ModalityLUTSequence=Sequence([lut_item(0, entries, 16)])))
        physical = np.array(entries)[ramp(8)]
        np.testing.assert_array_equal(gray_of(image), np.rint(physical / 1020 * 255))
        assert image.notes == (FULL_RANGE.format(0, 1020),)

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_floating_point(self, dtype: type[Any]) -> None:
        values = (ramp(8) / 7 - 3).astype(dtype)
        expected = stretched(values)
        values[3, 4:7] = [np.nan, np.inf, -np.inf]
        expected[3, 4:7] = 0
        image = decode(file_of(values))
        assert_close(gray_of(image), expected, 1)
        assert image.mode == f"MONOCHROME2 {8 * np.dtype(dtype).itemsize}-bit float"

    def test_one_bit(self) -> None:
        bits = ramp(8) > 90
        packed = np.packbits(bits, bitorder="little").tobytes()
        more = {"BitsAllocated": 1, "BitsStored": 1, "HighBit": 0, "PixelData": packed}
        image = decode(file_of(ramp(8), **more))
        np.testing.assert_array_equal(gray_of(image) == 255, bits)

    def test_bits_beside_the_value_do_not_count(self) -> None:
        values = ramp(12)
        beside = values | 0xA000
        image = decode(file_of(beside, BitsStored=12, HighBit=11))
        np.testing.assert_array_equal(gray_of(image), stretched(values))
        shifted = (values << 4) | 0x9
        image = decode(file_of(shifted, BitsStored=12, HighBit=15))
        np.testing.assert_array_equal(gray_of(image), stretched(values))

    def test_a_flat_image_is_black(self) -> None:
        image = decode(file_of(np.full((HEIGHT, WIDTH), 77, np.uint16)))
        assert (image.pixels == 0).all()

    def test_an_enhanced_file_says_so_frame_by_frame(self) -> None:
        def holder(**more: Any) -> Dataset:
            made = Dataset()
            for name, value in more.items():
                item = Dataset()
                for keyword, each_value in value.items():
                    setattr(item, keyword, each_value)
                setattr(made, name, Sequence([item]))
            return made

        window = {"WindowCenter": 100, "WindowWidth": 50}
        rescale = {"RescaleSlope": 2, "RescaleIntercept": -60}
        other = {"WindowCenter": 7, "WindowWidth": 7}
        values = ramp(8)
        image = decode(
            file_of(
                values,
                PerFrameFunctionalGroupsSequence=Sequence(
                    [holder(FrameVOILUTSequence=window), holder(FrameVOILUTSequence=other)]
                ),
                SharedFunctionalGroupsSequence=Sequence(
                    [
                        holder(
                            PixelValueTransformationSequence=rescale,
                            PixelMeasuresSequence={"PixelSpacing": [1, 2]},
                        )
                    ]
                ),
            )
        )
        assert image.notes[0] == "Window center 100, width 50 applied."
        assert image.pixels.shape == (HEIGHT, 2 * WIDTH, 3)
        shades = each(values.astype(int) * 2 - 60, linear(100, 50))
        assert image.pixels[7, 0, 0] == shades[7, 0]


class TestColor:
    def test_rgb(self) -> None:
        image = decode(file_of(colors()))
        np.testing.assert_array_equal(image.pixels, colors())
        assert image.mode == "RGB 8-bit"
        assert image.notes == ()

    def test_rgb_in_planes(self) -> None:
        planes = np.ascontiguousarray(colors().transpose(2, 0, 1)).tobytes()
        image = decode(file_of(colors(), PlanarConfiguration=1, PixelData=planes))
        np.testing.assert_array_equal(image.pixels, colors())

    def test_sixteen_bits(self) -> None:
        image = decode(file_of(colors().astype(np.uint16) * 257))
        np.testing.assert_array_equal(image.pixels, colors())
        assert image.notes == ("16-bit values were scaled from 0–65535 to 0–255.",)

    def test_ybr(self) -> None:
        ybr = convert_color_space(colors(), "RGB", "YBR_FULL")
        image = decode(file_of(ybr, PhotometricInterpretation="YBR_FULL"))
        assert_close(image.pixels, colors(), 2)

    def test_ybr_with_shared_colors(self) -> None:
        pairs = np.repeat(colors()[:, ::2], 2, axis=1)
        ybr = convert_color_space(pairs, "RGB", "YBR_FULL")
        packed = np.stack([ybr[:, ::2, 0], ybr[:, 1::2, 0], ybr[:, ::2, 1], ybr[:, ::2, 2]], axis=2)
        more = {"PhotometricInterpretation": "YBR_FULL_422", "PixelData": packed.tobytes()}
        assert_close(decode(file_of(ybr, **more)).pixels, pairs, 2)

    @pytest.mark.parametrize("bits", [8, 16])
    def test_a_palette(self, bits: int) -> None:
        scale = 1 if bits == 8 else 257
        hues = [[(k * step) % 256 for k in range(100)] for step in (3, 7, 11)]
        more: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
        for name, hue in zip(("Red", "Green", "Blue"), hues, strict=True):
            entries = (np.array(hue) * scale).astype(f"<u{bits // 8}").tobytes()
            more[f"{name}PaletteColorLookupTableDescriptor"] = [100, 10, bits]
            more[f"{name}PaletteColorLookupTableData"] = entries
        image = decode(file_of(ramp(8), **more))
        places = np.clip(ramp(8).astype(int) - 10, 0, 99)
        expected = np.stack([np.array(hue)[places] for hue in hues], axis=2)
        np.testing.assert_array_equal(image.pixels, expected)
        assert image.notes == ("Its palette was applied.",)
        assert image.mode == "PALETTE COLOR 8-bit"

    def test_a_palette_in_segments(self) -> None:
        # Two values, a line of four to 1000, then both segments once more: 2 + 4 + 6 = 12.
        segments = [0, 2, 100, 200, 1, 4, 1000, 2, 2, 0, 0]
        expected = [100, 200, 400, 600, 800, 1000, 100, 200, 400, 600, 800, 1000]
        more: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
        for name in ("Red", "Green", "Blue"):
            more[f"{name}PaletteColorLookupTableDescriptor"] = [12, 0, 16]
            data = np.array(segments, "<u2").tobytes()
            more[f"Segmented{name}PaletteColorLookupTableData"] = data
        values = ramp(8) % 12
        image = decode(file_of(values, **more))
        np.testing.assert_array_equal(
            image.pixels[:, :, 1], np.rint(np.array(expected)[values] * 255 / 65535)
        )

    def test_a_palette_that_repeats_itself_without_end(self) -> None:
        segments = [0, 1, 5, *([2, 0xFFFF, 0, 0] * 50)]
        more: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
        for name in ("Red", "Green", "Blue"):
            more[f"{name}PaletteColorLookupTableDescriptor"] = [0, 0, 16]
            data = np.array(segments, "<u2").tobytes()
            more[f"Segmented{name}PaletteColorLookupTableData"] = data
        with pytest.raises(Unreadable):
            decode(file_of(ramp(8), **more))

    def test_an_embedded_profile_is_converted(self) -> None:
        lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        swapped = lab.replace(b"rXYZ", b"temp", 1).replace(b"gXYZ", b"rXYZ", 1)
        swapped = swapped.replace(b"temp", b"gXYZ", 1).replace(
            "sRGB".encode("utf-16-be"), b"\0o" * 4
        )
        image = decode(file_of(colors(), ICCProfile=swapped + b"\0" * (len(swapped) % 2)))
        assert_close(image.pixels[:, :, [1, 0, 2]], colors(), 2)
        assert image.notes == ("Colors were converted from the embedded profile to sRGB.",)


class TestGeometry:
    @pytest.mark.parametrize(
        ("element", "given", "shape"),
        [
            ("PixelSpacing", [0.2, 0.1], (2 * HEIGHT, WIDTH)),
            ("PixelSpacing", [0.1, 0.2], (HEIGHT, 2 * WIDTH)),
            ("ImagerPixelSpacing", [0.3, 0.2], (HEIGHT * 3 // 2, WIDTH)),
            ("PixelAspectRatio", [4, 3], (HEIGHT * 4 // 3, WIDTH)),
            ("PixelSpacing", [0.1, 0.1005], (HEIGHT, WIDTH)),
            ("PixelSpacing", [0, 0.2], (HEIGHT, WIDTH)),
            ("PixelSpacing", [0.2], (HEIGHT, WIDTH)),
        ],
    )
    def test_pixels_become_square(
        self, element: str, given: list[float], shape: tuple[int, int]
    ) -> None:
        image = decode(file_of(colors(), **{element: given}))
        assert image.pixels.shape == (*shape, 3)
        assert image.size == (WIDTH, HEIGHT)
        changed = shape != (HEIGHT, WIDTH)
        assert len(image.notes) == changed
        # The same picture, not another part of it.
        np.testing.assert_array_equal(image.pixels[0, 0], colors()[0, 0])
        np.testing.assert_array_equal(image.pixels[-1, -1], colors()[-1, -1])

    def test_it_never_grows_past_the_limit(self) -> None:
        settings = Settings(max_image_pixels=WIDTH * HEIGHT)
        image = decode(file_of(colors(), PixelSpacing=[0.2, 0.1]), settings)
        assert image.pixels.shape == (HEIGHT, WIDTH // 2, 3)

    def test_needles_are_taken_for_a_mistake(self) -> None:
        image = decode(file_of(colors(), PixelSpacing=[1000, 0.1]))
        np.testing.assert_array_equal(image.pixels, colors())
        assert image.notes == ("Its pixels are said to be far from square, which was ignored.",)


def sop(number: str) -> dict[str, str]:
    return {"SOPClassUID": f"1.2.840.10008.{number}"}


class TestOtherObjects:
    @pytest.mark.parametrize(
        ("number", "holds"),
        [
            ("1.3.10", "the directory of other files (DICOMDIR), not an image"),
            ("5.1.4.1.1.104.1", "a document, such as a PDF, not an image"),
            ("5.1.4.1.1.88.11", "a structured report, not an image"),
            ("5.1.4.1.1.481.2", "radiotherapy data, not an image"),
            ("5.1.4.1.1.9.1.1", "a waveform, such as an ECG, not an image"),
            ("5.1.4.1.1.11.1", "a presentation state, not an image"),
            ("5.1.4.1.1.66.4", "segmentations, registrations or raw data, not an image"),
        ],
    )
    @pytest.mark.parametrize("with_pixels", [False, True])
    def test_what_holds_no_image_is_named(self, number: str, holds: str, with_pixels: bool) -> None:
        made = dataset(ramp(8), **sop(number))
        if not with_pixels:
            del made.PixelData, made.Rows
        with pytest.raises(UnsupportedType) as caught:
            decode(encoded(made))
        assert caught.value.problem == f"This DICOM file holds {holds}."

    def test_a_directory_names_its_kind_before_the_data_only(self) -> None:
        made = encoded(Dataset()).replace(
            CHEST_XRAY.encode(), b"1.2.840.10008.1.3.10\0\0\0\0\0\0\0"
        )
        with pytest.raises(UnsupportedType, match="DICOMDIR"):
            decode(made)

    def test_images_of_radiotherapy_are_images(self) -> None:
        image = decode(file_of(ramp(8), **sop("5.1.4.1.1.481.1")))
        np.testing.assert_array_equal(gray_of(image), ramp(8))

    def test_no_pixels(self) -> None:
        made = dataset(ramp(8))
        del made.PixelData
        with pytest.raises(UnsupportedType, match="holds no image, or was cut short"):
            decode(encoded(made))

    @pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.4.102", "1.2.840.10008.1.2.4.94"])
    def test_videos_and_unknown_compression(self, syntax: str) -> None:
        with pytest.raises(UnsupportedType, match="a video, or compressed in a way"):
            decode(compressed(dataset(ramp(8)), b"\0" * 64, UID(syntax)))

    @pytest.mark.parametrize(
        ("more", "named"),
        [
            ({"PhotometricInterpretation": "CMYK"}, "stores its colors in a way"),
            ({"PhotometricInterpretation": "YBR_PARTIAL_420"}, "stores its colors in a way"),
            ({"BitsAllocated": 64, "BitsStored": 64, "HighBit": 63}, "values in 64 bits"),
            ({"BitsAllocated": 12, "BitsStored": 12, "HighBit": 11}, "values in 12 bits"),
        ],
    )
    def test_pixels_that_are_not_read(self, more: dict[str, Any], named: str) -> None:
        with pytest.raises(UnsupportedType, match=named):
            decode(file_of(ramp(8), **more))

    @pytest.mark.parametrize(
        "more",
        [
            *({"Rows": 0}, {"Columns": 0}, {"SamplesPerPixel": 3}, {"SamplesPerPixel": 0}),
            *({"BitsStored": 0}, {"BitsStored": 9}, {"HighBit": 3}, {"HighBit": 8}),
            *({"PhotometricInterpretation": ""}, {"PhotometricInterpretation": "RGB"}),
            *({"Rows": HEIGHT + 1}, {"PhotometricInterpretation": "PALETTE COLOR"}),
        ],
        ids=str,
    )
    def test_contradictions_are_damage(self, more: dict[str, Any]) -> None:
        with pytest.raises(Unreadable, match="This DICOM file is damaged, incomplete"):
            decode(file_of(ramp(8), **more))
