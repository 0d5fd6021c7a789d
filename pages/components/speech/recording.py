"""What the page listens to: a sample, or one or many recordings of the person's own.

The choice is made in callbacks, before the page is drawn. The session keeps the sound of the
current recording only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from demos.core.audio.decoding import decode_audio
from demos.core.audio.sound import DecodedAudio
from demos.core.batch_files import Given, is_zip
from demos.core.errors import UserError
from demos.core.samples import Sample
from demos.core.settings import MIB, Settings, read_settings
from demos.core.spec import PACKAGE, DemoSpec, ModelSpec
from demos.core.speech.batch import Batch
from demos.core.speech.transcript import Options, Transcription
from pages.components.job_board import job_board, linked_job
from pages.components.sample_gallery import table_gallery
from pages.components.speech.microphone import microphone_tab
from pages.components.text import told
from pages.components.uploads import added, given, pickers, widget_key

Key = tuple[str, str, str, Options]
"""What a transcription is of: model, weights, recording and options."""


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One recording and its sound; `sample` is None for a person's own."""

    name: str
    sha256: str
    audio: DecodedAudio
    sample: Sample | None

    @property
    def title(self) -> str:
        return self.sample.title if self.sample else self.name

    @property
    def file(self) -> str:
        """Where the file lies, seen from the project's folder."""
        return str(self.sample.path.relative_to(PACKAGE.parent)) if self.sample else self.name


@dataclass(frozen=True, slots=True, eq=False)
class ManyRecordings:
    """Several files, or an archive: `files` until their batch has begun, then the id of its job."""

    files: tuple[Given, ...]
    job: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Listening:
    """A recording under way through a model, as its job shows it: `heard` so far, None at first."""

    spec: ModelSpec
    recording: Recording
    options: Options
    heard: Transcription | None = None

    @property
    def key(self) -> Key:
        return self.spec.name, self.spec.source.version, self.recording.sha256, self.options


def choose_recording(demo: DemoSpec, shipped: tuple[Sample, ...]) -> Recording | ManyRecordings:
    """Samples, own files, microphone; the first sample is chosen until something else is."""
    slug = demo.slug
    follow_job(slug)
    chosen = current(slug)
    if isinstance(chosen, ManyRecordings) and chosen.job and not job_board().find(chosen.job):
        st.info("The results of these files are no longer kept. Choose the files again.")
        chosen = None
    if chosen is None or (
        isinstance(chosen, Recording) and chosen.sample and chosen.sample not in shipped
    ):
        chosen = of_sample(shipped[0])
        choose(slug, chosen)
    names = [
        ":material/library_music: Samples",
        ":material/upload: Your own files",
        ":material/mic: Microphone",
    ]
    shown = chosen.sample if isinstance(chosen, Recording) else None
    tab = 0 if shown else st.session_state.get(f"{slug}.tab", 1)
    samples_tab, own_tab, spoken_tab = st.tabs(names, default=names[tab])
    settings = read_settings()
    take = partial(take_recordings, slug)
    with samples_tab:
        table_gallery(slug, shipped, shown, choose_sample_recording)
    with own_tab:
        files_tab(slug, settings, take)
    with spoken_tab:
        microphone_tab(slug, settings, take)
    # In a place of its own, there or not: what is below would be drawn anew if it moved.
    with st.container():
        problem: UserError | None = st.session_state.get(f"{slug}.problem")
        if problem is not None:
            st.warning(told(problem), icon=":material/error:")
            st.caption("The result below is still the one before.")
    return chosen


def follow_job(slug: str) -> None:
    """Choose what a newly opened URL names: a recording being transcribed, or a table of them."""
    job = linked_job(slug, job_board().find)
    result = job.result if job else None
    if job is None or not isinstance(result, Batch | Listening) or result.spec.demo != slug:
        return
    if isinstance(result, Batch):
        choose(slug, ManyRecordings((), job.id))
        return
    choose(slug, result.recording)
    jobs_of(slug)[result.key] = job.id
    st.session_state[f"{slug}.options"] = result.options


def jobs_of(slug: str) -> dict[Key, str]:
    """The ids of this session's jobs, by what they are of."""
    found: dict[Key, str] = st.session_state.setdefault(f"{slug}.jobs", {})
    return found


def current(slug: str) -> Recording | ManyRecordings | None:
    chosen: Recording | ManyRecordings | None = st.session_state.get(f"{slug}.chosen")
    return chosen


def choose_sample_recording(slug: str, sample: Sample) -> None:
    """Make a sample the chosen recording; as `permalink.follow` wants it."""
    choose(slug, of_sample(sample))


def of_sample(sample: Sample) -> Recording:
    return decoded(sample.read(), sample.path.name, sample)


def choose(slug: str, chosen: Recording | ManyRecordings) -> None:
    st.session_state[f"{slug}.chosen"] = chosen
    st.session_state.pop(f"{slug}.problem", None)


def decoded(data: bytes, name: str, sample: Sample | None = None) -> Recording:
    """Raises `InputError` for what is no recording, or too much of one."""
    audio = decode_audio(data, name, read_settings())
    return Recording(audio.name, audio.sha256, audio, sample)


def take_recordings(slug: str, key: str) -> None:
    """Look at what was added: one recording is decoded now, several files become a table.

    What is added to a table is one more row of it; a bad file leaves the choice as it was.
    """
    st.session_state.pop(f"{slug}.problem", None)
    files = added(key)
    if not files:
        return
    if isinstance(current(slug), ManyRecordings):
        files = given(key)
    st.session_state[f"{slug}.tab"] = 2 if key == widget_key(slug, "microphone") else 1
    data = files[0].read()
    if len(files) > 1 or is_zip(data):
        choose(slug, ManyRecordings(tuple(files)))
        return
    try:
        choose(slug, decoded(data, files[0].name))
    except UserError as error:
        st.session_state[f"{slug}.problem"] = error.bare()


def files_tab(slug: str, settings: Settings, take: Callable[[str], None]) -> None:
    """Recordings, one or many, an archive of them, or a whole folder."""
    pickers(slug, "Recordings", settings.max_archive_bytes // MIB, take)
    st.caption(
        f"WAV, MP3, M4A, FLAC, Ogg or WebM, up to {settings.max_audio_bytes // MIB} MiB and "
        f"{settings.max_audio_seconds / 60:.0f} minutes each. Several files give a table with one "
        "row each. The sound stays in this server's memory and goes nowhere else."
    )
