"""How every demo page begins."""

from pathlib import Path

import streamlit as st

from demos.core.spec import DemoSpec

STYLE = Path(__file__).parent / "frame.css"


def opening(demo: DemoSpec) -> None:
    """Title, the question it answers, and the disclaimer where the demo has one."""
    st.html(STYLE)
    st.title(demo.title, anchor=False)
    with st.container(key="question", gap="small"):
        st.markdown(demo.question)
        if demo.disclaimer:
            st.caption(f":material/info: {demo.disclaimer}")
