"""Taking a transcript away: text, subtitles, data, words, a report. None of it reruns the page.

keep(SPEC, heard, recording.title, report, stem, url)   # `report` makes it when asked for
"""

from collections.abc import Callable
from functools import partial

import streamlit as st

from demos.core.spec import DemoSpec
from demos.core.speech.exports import to_csv, to_json
from demos.core.speech.report import SpeechReport, to_html
from demos.core.speech.subtitles import to_srt, to_txt, to_vtt
from demos.core.speech.transcript import Transcription
from pages.components.cases.export import Download, downloads
from pages.components.export import show_permalink

NO_PERMALINK = "A recording of one's own has no permalink that lasts. Send the report instead."
WHAT = "Subtitles are SRT or WebVTT; the data are JSON as Hugging Face's pipelines write it."


def keep(
    demo: DemoSpec,
    heard: Transcription,
    name: str,
    report: Callable[[], SpeechReport],
    stem: str,
    permalink: str | None,
) -> None:
    """Every download of one transcript, each written when it is asked for, and the permalink.

    `name` is that of the recording, `stem` that of the files. `report` runs in a thread of its own,
    where no Streamlit command works.
    """
    st.header("Keep or share it", anchor=False)
    page: Download = (
        *("Report (HTML)", "html", "text/html", "download"),
        lambda: to_html(report()),
    )
    downloads(demo.slug, stem, (page, *transcript_files(heard, name, demo.disclaimer)))
    st.caption(about(heard))
    show_permalink(permalink, NO_PERMALINK)


def transcript_files(heard: Transcription, name: str, disclaimer: str) -> tuple[Download, ...]:
    """Files of the transcript alone; there are subtitles only of what was heard."""
    subtitles: tuple[Download, ...] = (
        ("Subtitles (SRT)", "srt", "application/x-subrip", "subtitles", partial(to_srt, heard)),
        ("Subtitles (WebVTT)", "vtt", "text/vtt", "closed_caption", partial(to_vtt, heard)),
    )
    return (
        ("Text (TXT)", "txt", "text/plain", "article", partial(to_txt, heard)),
        *(subtitles if heard.text else ()),
        (
            *("Data (JSON)", "json", "application/json", "data_object"),
            partial(to_json, heard, name, disclaimer),
        ),
        ("Words (CSV)", "csv", "text/csv", "table", partial(to_csv, [(name, heard)])),
    )


def about(heard: Transcription) -> str:
    """What the files hold, in a sentence."""
    if heard.text:
        return WHAT
    return "There are no subtitles, since nothing was heard; the other files say why."
