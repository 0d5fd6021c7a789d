"""What a page works on: a sample from the gallery, or a file of the person's own.

The choice is made in callbacks, before the page is drawn, and lives in the session. Of an upload
the session keeps the name, hash and a small preview; its pixels go once they are classified.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from demos.core.errors import InputError, UserError
from demos.core.explain import thumbnail
from demos.core.media import DecodedImage, decode_image
from demos.core.report import Figure
from demos.core.samples import Sample, SampleKind, one_of_each_first
from demos.core.settings import MIB, Settings, read_settings
from demos.core.spec import PACKAGE, DemoSpec, ModelSpec
from pages.components.text import plain, told

PREVIEW_SIDE = 384
"""Pixels."""
CARD_WIDTH = 104

KIND_BADGES = {
    SampleKind.TYPICAL: ":material/check: typical",
    SampleKind.HARD: ":material/psychology_alt: hard",
    SampleKind.FAILURE: ":material/error: known failure",
    SampleKind.OUT_OF_SCOPE: ":material/block: out of scope",
}
SYNTHETIC = "synthetic, drawn by our generator"


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """One input. `image` is there from the choice to the first prediction; `preview` is a PNG."""

    name: str
    sha256: str
    preview: bytes
    notes: tuple[str, ...]
    sample: Sample | None
    image: DecodedImage | None

    @property
    def title(self) -> str:
        return self.sample.title if self.sample else self.name

    @property
    def figure(self) -> Figure:
        return Figure(self.preview, f"The input: {self.title}", f"The input: {self.title}")

    @property
    def file(self) -> str:
        """Where the file lies, seen from the project's folder."""
        return str(self.sample.path.relative_to(PACKAGE.parent)) if self.sample else self.name


def chosen_from(image: DecodedImage, sample: Sample | None = None) -> Chosen:
    preview = thumbnail(image.pixels, PREVIEW_SIDE)
    return Chosen(image.name, image.sha256, preview, image.notes, sample, image)


def choose_model(demo: DemoSpec) -> ModelSpec:
    """The model to use; a picker appears where there is more than one."""
    if len(demo.models) == 1:
        return demo.models[0]
    name = st.segmented_control(
        "Model",
        [each.name for each in demo.models],
        format_func=lambda name: demo.model(name).title,
        required=True,
        key=f"{demo.slug}.model",
        default=demo.models[0].name,
        persist_state="session",
    )
    return demo.model(str(name))


def choose_image(slug: str, shipped: tuple[Sample, ...]) -> Chosen:
    """The gallery and the uploader; the first sample is chosen until something else is."""
    chosen = current(slug)
    if chosen is None or (chosen.sample is not None and chosen.sample not in shipped):
        chosen = choose_sample(slug, shipped[0])
    own = chosen.sample is None
    names = [":material/photo_library: Samples", ":material/upload: Your own image"]
    gallery_tab, upload_tab = st.tabs(names, default=names[own])
    with gallery_tab:
        gallery(slug, shipped, chosen.sample)
    with upload_tab:
        uploader(slug, read_settings())
    return chosen


def current(slug: str) -> Chosen | None:
    found: Chosen | None = st.session_state.get(f"{slug}.chosen")
    return found


def choose_sample(slug: str, sample: Sample) -> Chosen:
    image = decode_image(sample.read(), sample.path.name, read_settings())
    return choose(slug, chosen_from(image, sample))


def take_sample(slug: str, sample: Sample) -> None:
    choose_sample(slug, sample)


def choose(slug: str, chosen: Chosen) -> Chosen:
    st.session_state[f"{slug}.chosen"] = chosen
    st.session_state.pop(f"{slug}.problem", None)
    return chosen


def gallery(slug: str, shipped: tuple[Sample, ...], shown: Sample | None) -> None:
    """Thumbnails of one kind of sample at a time, as a row that scrolls."""
    kinds = [kind for kind in SampleKind if any(each.kind is kind for each in shipped)]
    key = f"{slug}.kind"
    if st.session_state.get(key) not in kinds:
        st.session_state[key] = shown.kind if shown else kinds[0]
    kind = st.segmented_control(
        "Kind of sample",
        kinds,
        format_func=lambda kind: f"{KIND_BADGES[kind]} ({sum(s.kind is kind for s in shipped)})",
        required=True,
        key=key,
        label_visibility="collapsed",
        persist_state="session",
        wrap=False,
    )
    with st.container(horizontal=True, wrap=False, gap="small", key="gallery"):
        for each in one_of_each_first([each for each in shipped if each.kind is kind]):
            card(slug, each, each == shown)


def card(slug: str, sample: Sample, shown: bool) -> None:
    with st.container(key=f"sample_{sample.key}", width=CARD_WIDTH, gap=None):
        st.image(str(sample.path), width="stretch", output_format="PNG", alt="")
        st.button(
            f"{sample.title}  \n:small[{KIND_BADGES[sample.kind]}]",
            key=f"{slug}.sample.{sample.key}",
            on_click=take_sample,
            args=(slug, sample),
            type="primary" if shown else "tertiary",
            width="stretch",
        )


def uploader(slug: str, settings: Settings) -> None:
    """One file; whatever is wrong with it is said here, and the last result stays."""
    key = f"{slug}.upload"
    limit = settings.max_image_bytes // MIB
    st.file_uploader(
        f"PNG, JPEG, WebP or TIFF, up to {limit} MiB and "
        f"{settings.max_image_pixels / 1e6:.0f} megapixels. The central square is used.",
        key=key,
        on_change=take_upload,
        args=(slug, settings),
        max_upload_size=limit,
    )
    problem: UserError | None = st.session_state.get(f"{slug}.problem")
    if problem is not None:
        st.warning(told(problem), icon=":material/error:")
        st.caption("The result below is still the one before.")


def take_upload(slug: str, settings: Settings) -> None:
    """Decode what was uploaded; a bad file leaves the choice as it was."""
    st.session_state.pop(f"{slug}.problem", None)
    file = st.session_state[f"{slug}.upload"]
    if file is None:
        return
    try:
        choose(slug, chosen_from(decode_image(file.getvalue(), file.name, settings)))
    except UserError as error:
        st.session_state[f"{slug}.problem"] = error


def decoded(slug: str, chosen: Chosen) -> DecodedImage:
    """The pixels of the choice, decoded again if they are gone. Raises `InputError`."""
    if chosen.image is not None:
        return chosen.image
    if chosen.sample is not None:
        return decode_image(chosen.sample.read(), chosen.sample.path.name, read_settings())
    file = st.session_state.get(f"{slug}.upload")
    if file is not None:
        image = decode_image(file.getvalue(), file.name, read_settings())
        if image.sha256 == chosen.sha256:
            return image
    raise InputError(
        f"{chosen.name} is no longer here: uploads are not kept.", "Upload it once more."
    )


def forget_pixels(slug: str, chosen: Chosen) -> None:
    st.session_state[f"{slug}.chosen"] = replace(chosen, image=None)


def show_input(chosen: Chosen, title_of: Callable[[str], str]) -> None:
    """The input as given, what it is, and what was done to it while reading."""
    sample = chosen.sample
    with st.container(key="preview", gap="small"):
        st.image(chosen.preview, width="stretch", output_format="PNG", alt=chosen.figure.alt)
        if sample is None:
            lines = [f":material/upload: {plain(chosen.name)}"]
        else:
            lines = [f"**{sample.title}** · {KIND_BADGES[sample.kind]}"]
            if sample.label is not None:
                drawn_as = title_of(sample.label).lower()
                lines.append(f":material/draw: {SYNTHETIC} (as: {drawn_as})")
            lines += [sample.note] if sample.note else []
        lines += [f":material/info: {note}" for note in chosen.notes]
        st.caption("  \n".join(lines))
