"""What a page works on: a sample from the gallery, or one or many files of the person's own.

The choice is made in callbacks, before the page is drawn, and lives in the session. Of an upload
the session keeps the name, hash and a small preview; its pixels go once they are classified.
"""

import hashlib
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from demos.core.batch import Batch
from demos.core.batch_files import Given, expanded, is_zip
from demos.core.errors import InputError, UserError
from demos.core.explain import thumbnail
from demos.core.media import DecodedImage, decode_image
from demos.core.report import Figure
from demos.core.samples import Sample
from demos.core.settings import Settings, read_settings
from demos.core.signatures import looks_like
from demos.core.spec import PACKAGE
from pages.components.job_board import job_board, linked_job
from pages.components.sample_gallery import KIND_BADGES, gallery
from pages.components.text import plain, told
from pages.components.uploads import added, camera_tab, files_tab, given, held, widget_key

PREVIEW_SIDE = 384
"""Pixels."""
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


@dataclass(frozen=True, slots=True, eq=False)
class Many:
    """Several files, or an archive: `files` until their batch has begun, then the id of its job."""

    files: tuple[Given, ...]
    job: str | None = None


def chosen_from(image: DecodedImage, sample: Sample | None = None) -> Chosen:
    preview = thumbnail(image.pixels, PREVIEW_SIDE)
    return Chosen(image.name, image.sha256, preview, image.notes, sample, image)


def choose_input(slug: str, shipped: tuple[Sample, ...], whole: bool = True) -> Chosen | Many:
    """Samples, own files, camera; the first sample is chosen until something else is.

    `whole` says whether all of an image is used, or its central square.
    """
    follow_job(slug)
    chosen = current(slug)
    if isinstance(chosen, Many) and chosen.job and job_board().find(chosen.job) is None:
        st.info("The results of these files are no longer kept. Choose the files again.")
        chosen = None
    if chosen is None or (
        isinstance(chosen, Chosen) and chosen.sample is not None and chosen.sample not in shipped
    ):
        chosen = choose_sample(slug, shipped[0])
    names = [
        ":material/photo_library: Samples",
        ":material/upload: Your own files",
        ":material/photo_camera: Camera",
    ]
    shown = chosen.sample if isinstance(chosen, Chosen) else None
    tab = 0 if shown else st.session_state.get(f"{slug}.tab", 1)
    samples_tab, own_tab, photo_tab = st.tabs(names, default=names[tab])
    settings = read_settings()
    take = partial(take_files, slug, settings)
    with samples_tab:
        gallery(slug, shipped, shown, take_sample)
    with own_tab:
        files_tab(slug, settings, take, whole)
    with photo_tab:
        camera_tab(slug, take)
    problem: UserError | None = st.session_state.get(f"{slug}.problem")
    if problem is not None:
        st.warning(told(problem), icon=":material/error:")
        st.caption("The result below is still the one before.")
    if isinstance(chosen, Chosen):
        way_back(slug)
    return chosen


def follow_job(slug: str) -> None:
    """Choose the batch that a newly opened URL names; say so where it is gone."""
    job = linked_job(slug, job_board().find)
    if job and isinstance(job.result, Batch) and job.result.spec.demo == slug:
        choose(slug, Many((), job.id))


def way_back(slug: str) -> None:
    """A button to the table of the last batch, while there is one."""
    job = job_board().find(st.session_state.get(f"{slug}.batch", ""))
    if job is not None:
        st.button(
            f"Back to the table of {len(job.result.rows):,} files",
            icon=":material/table_rows:",
            on_click=choose,
            args=(slug, Many((), job.id)),
            key=f"{slug}.way_back",
        )


def current(slug: str) -> Chosen | Many | None:
    chosen: Chosen | Many | None = st.session_state.get(f"{slug}.chosen")
    return chosen


def choose_sample(slug: str, sample: Sample) -> Chosen:
    image = decode_image(sample.read(), sample.path.name, read_settings())
    chosen = chosen_from(image, sample)
    choose(slug, chosen)
    return chosen


def take_sample(slug: str, sample: Sample) -> None:
    choose_sample(slug, sample)


def choose(slug: str, chosen: Chosen | Many) -> None:
    st.session_state[f"{slug}.chosen"] = chosen
    st.session_state.pop(f"{slug}.problem", None)


def take_files(slug: str, settings: Settings, key: str) -> None:
    """Look at what was added: one image is decoded now, several files become a batch.

    What is added to a batch is one more file of it; a bad image leaves the choice as it was.
    """
    st.session_state.pop(f"{slug}.problem", None)
    files = added(key)
    if not files:
        return
    if isinstance(current(slug), Many):
        files = given(key)
    st.session_state[f"{slug}.tab"] = 2 if key == widget_key(slug, "camera") else 1
    if len(files) > 1 or is_zip(files[0].read()):
        choose(slug, Many(tuple(files)))
        return
    try:
        choose(slug, chosen_from(decode_image(files[0].read(), files[0].name, settings)))
    except UserError as error:
        st.session_state[f"{slug}.problem"] = error.bare()


def take_held(slug: str, sha256: str) -> None:
    """Choose one of the files that are still here, be it in an archive."""
    try:
        choose(slug, chosen_from(found(slug, sha256, "This file")))
    except UserError as error:
        st.session_state[f"{slug}.problem"] = error.bare()


def found(slug: str, sha256: str, name: str) -> DecodedImage:
    """The pixels of an uploaded file. Raises `InputError` if it is gone."""
    settings = read_settings()
    for file in expanded(deque(held(slug)), settings):
        if file.data is None:
            continue
        known_by_pixels = looks_like(file.data) == "DICOM"
        if known_by_pixels or hashlib.sha256(file.data).hexdigest() == sha256:
            with suppress(InputError):
                image = decode_image(file.data, file.name, settings)
                if image.sha256 == sha256:
                    return image
    raise InputError(f"{name} is no longer here: uploads are not kept.", "Upload it once more.")


def decoded(slug: str, chosen: Chosen) -> DecodedImage:
    """The pixels of the choice, decoded again if they are gone. Raises `InputError`."""
    if chosen.image is not None:
        return chosen.image
    if chosen.sample is not None:
        return decode_image(chosen.sample.read(), chosen.sample.path.name, read_settings())
    return found(slug, chosen.sha256, chosen.name)


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
