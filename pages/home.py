"""The gallery: what this is, every demo by industry, and how to read a prediction."""

import streamlit as st

from demos.catalog import DEMOS
from demos.core.wording import counted
from pages.components.gallery import demo_card
from pages.components.routes import by_industry

OUTCOMES = (
    (
        "check_circle",
        "Answer",
        "The model is sure enough for one answer. The figure beside it is called a probability "
        "only where it was calibrated on named data, and a model score everywhere else.",
    ),
    (
        "help",
        "Unsure",
        "Confidence is below the floor of the demo. You see the likeliest candidates, "
        "not one of them picked for you.",
    ),
    (
        "block",
        "Refused",
        "The input does not look like what the model has learned from. It says why, shows the "
        "score behind that, and gives no answer.",
    ),
)
PROMISES = (
    (
        "fingerprint",
        "Every result keeps its record",
        "Input hash, model and weights, settings, device and time: enough to repeat it, shown "
        "with the result and exported with it.",
    ),
    (
        "cloud_off",
        "Works offline",
        "Bundled models and samples need no network, and what you upload stays on the machine "
        "that runs this dashboard.",
    ),
)

with st.container(key="hero", gap="small"):
    st.title("Deep Learning at Work", anchor=False)
    st.markdown(
        "Working models, each answering one concrete question of an industry. Open a demo and a "
        "prediction is already there, with how sure the model is, why, and what it was given."
    )

for industry, demos in by_industry(DEMOS).items():
    with st.container(key=f"industry_{industry.lower().replace(' ', '_')}"):
        beside, cards = st.columns([1, 3], gap="medium")
        with beside:
            st.header(industry, anchor=False)
            st.caption(counted(len(demos), "demo"))
        with cards, st.grid(min(len(demos), 2), min_column_width=270):
            for demo in demos:
                demo_card(demo)

with st.container(key="reading"):
    st.header("How to read a prediction", anchor=False)
    with st.grid(3, min_column_width=220):
        for icon, name, text in OUTCOMES:
            with st.container(key=f"reading_{name.lower()}", height="stretch"):
                st.subheader(f":material/{icon}: {name}", anchor=False)
                st.markdown(text)
    with st.grid(2, min_column_width=280):
        for icon, name, text in PROMISES:
            with st.container(key=f"promise_{icon}"):
                st.subheader(f":material/{icon}: {name}", anchor=False)
                st.markdown(text)
