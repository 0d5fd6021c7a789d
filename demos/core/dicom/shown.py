"""How stored values are meant to be seen, as the file says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from pydicom.dataset import Dataset

from demos.core.dicom.elements import first_item, found, number, numbers, several, whole, word
from demos.core.dicom.layout import PALETTE, Layout
from demos.core.dicom.lut import Lut, described, expanded, lut_from
from demos.core.errors import UnsupportedType

HUES = ("Red", "Green", "Blue")


class Curve(StrEnum):
    """How a window maps values to brightness (VOI LUT Function)."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True, slots=True)
class Window:
    """The first window of a file, which may offer several."""

    center: float
    width: float
    curve: Curve


@dataclass(frozen=True, slots=True)
class Shown:
    """How stored values are meant to be seen.

    `padding` is the lowest and highest value that stands for "no pixel"; `spacing` the distances of
    rows and of columns, in any one unit.
    """

    slope: float
    intercept: float
    modality_lut: Lut | None
    voi_lut: Lut | None
    window: Window | None
    inverse: bool
    padding: tuple[int, int] | None
    palette: tuple[Lut, ...]
    spacing: tuple[float, float] | None
    profile: bytes | None
    burned_in: bool


def shown_of(dataset: Dataset, layout: Layout) -> Shown:
    """How to draw the values. A nonsensical number is left out, as viewers do; a table is not."""
    groups = functional_groups(dataset)
    rescale = [dataset, *groups("PixelValueTransformationSequence")]
    voi = [dataset, *groups("FrameVOILUTSequence")]
    slope, intercept = found(rescale, "RescaleSlope"), found(rescale, "RescaleIntercept")
    low = layout.signed or (intercept or 0) < 0
    return Shown(
        slope=slope or 1.0,
        intercept=intercept or 0.0,
        modality_lut=table([dataset], "ModalityLUTSequence", layout, layout.signed),
        voi_lut=table(voi, "VOILUTSequence", layout, low),
        window=window_of(voi),
        inverse=(
            layout.photometric == "MONOCHROME1"
            or word(dataset, "PresentationLUTShape") == "INVERSE"
        ),
        padding=padding_of(dataset, layout),
        palette=palette_of(dataset, layout) if layout.photometric == PALETTE else (),
        spacing=spacing_of([dataset, *groups("PixelMeasuresSequence")]),
        profile=profile_of(dataset),
        burned_in=word(dataset, "BurnedInAnnotation") == "YES",
    )


def functional_groups(dataset: Dataset) -> Callable[[str], list[Dataset]]:
    """Where an enhanced file says of its first frame, or of all, what others say at the top."""
    names = ("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence")
    holders = [holder for name in names if (holder := first_item(dataset, name)) is not None]

    def places(name: str) -> list[Dataset]:
        return [item for each in holders if (item := first_item(each, name)) is not None]

    return places


def window_of(places: Sequence[Dataset]) -> Window | None:
    center, width = found(places, "WindowCenter"), found(places, "WindowWidth")
    if center is None or width is None:
        return None
    named = next((word(each, "VOILUTFunction") for each in places if "VOILUTFunction" in each), "")
    curve = Curve(named) if named in list(Curve) else Curve.LINEAR
    narrowest = 1.0 if curve is Curve.LINEAR else 1e-9
    return Window(center, width, curve) if width >= narrowest else None


def padding_of(dataset: Dataset, layout: Layout) -> tuple[int, int] | None:
    """Lowest and highest padding value, if pixels can have it at all."""
    if layout.is_float or "PixelPaddingValue" not in dataset:
        return None
    value = whole(dataset, "PixelPaddingValue")
    limit = whole(dataset, "PixelPaddingRangeLimit", value)
    half = 2 ** (layout.bits_stored - 1)
    lowest, highest = (-half, half - 1) if layout.signed else (0, 2 * half - 1)
    ends = sorted(end - 2**16 if layout.signed and end >= 2**15 else end for end in (value, limit))
    return (ends[0], ends[1]) if lowest <= ends[0] and ends[1] <= highest else None


def table(places: Sequence[Dataset], name: str, layout: Layout, low: bool) -> Lut | None:
    """The first lookup table of a sequence, if there is one."""
    items = (first_item(each, name) for each in places)
    item = next((each for each in items if each is not None), None)
    if item is None:
        return None
    descriptor = numbers(item["LUTDescriptor"].value, layout.order)
    data = item["LUTData"].value
    if not isinstance(data, bytes):
        data = numbers(data, layout.order)
    return lut_from(descriptor, data, layout.order, low)


def palette_of(dataset: Dataset, layout: Layout) -> tuple[Lut, ...]:
    """The red, green and blue tables, written out where they are given in segments."""
    tables = []
    for hue in HUES:
        about = dataset[f"{hue}PaletteColorLookupTableDescriptor"].value
        descriptor = numbers(about, layout.order)
        plain = f"{hue}PaletteColorLookupTableData"
        if plain in dataset:
            data: bytes | Sequence[int] = dataset[plain].value
        else:
            entries, _, bits = described(descriptor, layout.signed)
            if bits != 16:
                raise UnsupportedType(
                    "This DICOM file describes its colors in segments of 8 bits, "
                    "which are not read here.",
                    "Export it in RGB.",
                )
            held = dataset[f"Segmented{hue}PaletteColorLookupTableData"].value
            data = expanded(np.frombuffer(held, f"{layout.order}u2"), entries).tolist()
        tables.append(lut_from(descriptor, data, layout.order, layout.signed))
    return tuple(tables)


def spacing_of(places: Sequence[Dataset]) -> tuple[float, float] | None:
    """Distances of rows and of columns, the first pair that is given and usable."""
    for name in ("PixelSpacing", "ImagerPixelSpacing", "PixelAspectRatio"):
        for each in places:
            values = [number(value) for value in several(each.get(name))]
            if len(values) == 2 and all(value is not None and value > 0 for value in values):
                rows, columns = (value for value in values if value is not None)
                return rows, columns
    return None


def profile_of(dataset: Dataset) -> bytes | None:
    profile = dataset.get("ICCProfile")
    return profile if isinstance(profile, bytes) else None
