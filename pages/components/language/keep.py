"""Taking an answer away: a report, the text, data, a table. None of it reruns the page.

keep(SPEC, answer, chosen.title, report, stem, url)   # `report` makes it when asked for
"""

from collections.abc import Callable
from functools import partial

import streamlit as st

from demos.core.language.answers import Answer, Summarized, Translation
from demos.core.language.exports import to_csv, to_json, to_txt
from demos.core.language.report import LanguageReport, to_html
from demos.core.spec import DemoSpec
from pages.components.cases.export import Download, downloads
from pages.components.export import show_permalink

NO_PERMALINK = "Your own text has no link: it stays in this session. Send the report instead."
WHAT = (
    "The report and the data hold the text, or parts of it. The JSON is as Hugging Face's "
    "pipelines write it."
)


def keep(
    demo: DemoSpec,
    answer: Answer,
    name: str,
    report: Callable[[], LanguageReport],
    stem: str,
    permalink: str | None,
) -> None:
    """Every download of one answer, each written when it is asked for, and the permalink.

    `name` is what the text is called, `stem` what the files are. `report` runs in a thread of its
    own, where no Streamlit command works.
    """
    st.header("Keep or share it", anchor=False)
    page: Download = (
        *("Report (HTML)", "html", "text/html", "download"),
        lambda: to_html(report()),
    )
    downloads(demo.slug, stem, (page, *answer_files(answer, name, demo.disclaimer)))
    st.caption(WHAT)
    show_permalink(permalink, NO_PERMALINK)


def answer_files(answer: Answer, name: str, disclaimer: str) -> tuple[Download, ...]:
    """Files of the answer alone."""
    text = {Summarized: "Summary (TXT)", Translation: "Translation (TXT)"}
    return (
        (
            *(text.get(type(answer), "Text (TXT)"), "txt", "text/plain", "article"),
            partial(to_txt, answer),
        ),
        (
            *("Data (JSON)", "json", "application/json", "data_object"),
            partial(to_json, answer, name, disclaimer),
        ),
        ("Table (CSV)", "csv", "text/csv", "table", partial(to_csv, answer, name)),
    )
