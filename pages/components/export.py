"""Taking a result away: a report, its data, a link. None of it reruns the page."""

from collections.abc import Callable

import streamlit as st

from demos.core.report import Report, to_html, to_json

NO_PERMALINK = (
    "An upload has no permalink: it stays in this session and is gone with it. Send the report "
    "instead."
)


def export(make: Callable[[], Report], stem: str, permalink: str | None) -> None:
    """Two downloads, made when they are asked for, and the permalink to copy."""
    st.header("Keep or share it", anchor=False)
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Report (HTML)",
            lambda: to_html(make()),
            f"{stem}.html",
            "text/html",
            icon=":material/download:",
            type="primary",
            on_click="ignore",
            key="report_html",
            help="One file with images, record and disclaimer; opens anywhere, prints well.",
        )
        st.download_button(
            "Data (JSON)",
            lambda: to_json(make()),
            f"{stem}.json",
            "application/json",
            icon=":material/data_object:",
            on_click="ignore",
            key="report_json",
        )
    show_permalink(permalink)


def show_permalink(permalink: str | None, without: str = NO_PERMALINK) -> None:
    """The address that brings a sample's result back, to copy; `without` one, why there is none."""
    if permalink is None:
        st.caption(f":material/link_off: {without}")
    else:
        st.caption(":material/link: Permalink: opens this sample with this model again.")
        st.code(permalink, language=None, wrap_lines=True)


def record(facts: tuple[tuple[str, str], ...], snippet: str) -> None:
    """Everything needed to get the same result again, folded away."""
    lines = [f"| {name} | {breakable(value)} |" for name, value in facts]
    with st.expander("The record, and the code that repeats it", icon=":material/fingerprint:"):
        with st.container(key="record"):
            st.markdown("\n".join(["| Record | Value |", "|:--|:--|", *lines]))
        st.markdown("The same from Python:")
        st.code(snippet, language=None, wrap_lines=True)


def breakable(value: str) -> str:
    return f"`{value}`" if len(value) == 64 else value
