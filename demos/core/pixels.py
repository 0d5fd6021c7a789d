"""Loaded images of any kind to upright sRGB, with a note for each change a user should know of."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms


def from_16_bit_gray(
    image: Image.Image, bits: int, white_is_zero: bool
) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Gray of 9 to 16 bits to (H, W, 3) by one fixed rule: full scale to full scale."""
    stored = np.asarray(image)  # (H, W) uint16
    full = 2**bits - 1
    scaled = np.multiply(stored, 255 / full, dtype=np.float32)
    gray = np.rint(scaled, out=scaled).astype(np.uint8)
    if white_is_zero:
        gray = 255 - gray
    notes = [scaling_note(bits)]
    highest = int(stored.max())
    if not white_is_zero and highest < full / 4:
        notes.append(f"Its brightest value is only {highest:,}, so it comes out dark.")
    return np.repeat(gray[:, :, None], 3, axis=2), tuple(notes)


def scaling_note(bits: int) -> str:
    return f"{bits}-bit values were scaled from 0–{2**bits - 1} to 0–255."


def from_8_bit(image: Image.Image, bits: int) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Any other mode to (H, W, 3): transparency on white, embedded profile to sRGB.

    `bits` is what the file had per channel; Pillow holds 8.
    """
    notes = []
    if bits > 8:  # Pillow itself has kept the upper 8 bits of each color channel
        notes.append(scaling_note(bits))
    flat: Image.Image = image
    if "A" in image.mode or image.mode == "La" or "transparency" in image.info:
        flat, seen_through = on_white(image)
        if seen_through:
            notes.append("Transparent areas were placed on white.")
    elif image.mode not in ("L", "RGB", "CMYK"):
        flat = image.convert("RGB")
    if flat.mode == "CMYK":
        notes.append("CMYK was converted to RGB.")
    flat, profile_note = to_srgb(flat, image.info.get("icc_profile"))
    return np.asarray(flat), (*notes, *profile_note)


def on_white(image: Image.Image) -> tuple[Image.Image, bool]:
    """The image on a white ground, and whether any of the ground shows."""
    rgba = (image.convert("LA") if image.mode == "La" else image).convert("RGBA")
    alpha = rgba.getchannel("A")
    white = Image.new("RGB", rgba.size, "white")
    white.paste(rgba, mask=alpha)
    return white, bool(np.asarray(alpha).min() < 255)


def to_srgb(image: Image.Image, profile: bytes | None) -> tuple[Image.Image, tuple[str, ...]]:
    """RGB, gray or CMYK to sRGB, through the embedded ICC profile where there is one."""
    as_is = image if image.mode == "RGB" else image.convert("RGB")
    if not profile:
        return as_is, ()
    try:
        embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(embedded).lower():
            return as_is, ()
        srgb = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, embedded, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return as_is, ("The embedded color profile is unusable and was ignored.",)
    assert converted is not None  # only an in-place conversion returns nothing
    return converted, ("Colors were converted from the embedded profile to sRGB.",)


def orientation_of(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 (upright) where there is none or it is unreadable."""
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # a broken tag block says nothing about the pixels
        return 1
    return value if value in range(1, 9) else 1


def upright(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Undo an EXIF orientation: 5 to 8 swap the axes, then all but 1 and 5 mirror."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    rows = -1 if orientation in (3, 4, 7, 8) else 1
    columns = -1 if orientation in (2, 3, 6, 7) else 1
    return pixels[::rows, ::columns]
