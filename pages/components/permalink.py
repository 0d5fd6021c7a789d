"""A URL that brings a sample's result back: `?sample=<key>&model=<name>`.

Whatever else is in the address is somebody else's, and stays.
"""

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlencode

import streamlit as st

from demos.core.samples import Sample, samples
from demos.core.spec import DemoSpec, ModelSpec
from pages.components.input import choose_sample

OURS = ("sample", "model", "job")


def follow(
    demo: DemoSpec,
    choose: Callable[[str, Sample], object] = choose_sample,
    shipped: Sequence[Sample] | None = None,
) -> None:
    """Choose what a newly opened URL names; say so where it names something unknown.

    `choose(slug, sample)` makes a sample the chosen one, by default that of an image; it is one of
    `shipped`, by default those of the model's group. A URL that this page has written itself is not
    followed again, or no other sample could ever be chosen.
    """
    link = (st.query_params.get("sample"), st.query_params.get("model"))
    if link in {(None, None), st.session_state.get(f"{demo.slug}.linked")}:
        return
    st.session_state[f"{demo.slug}.linked"] = link
    sample_key, model_name = link[0], link[1] or demo.models[0].name
    if model_name not in {each.name for each in demo.models}:
        st.info("The link names a model that is not here; this is the default one.")
        model_name = demo.models[0].name
    if len(demo.models) > 1:
        st.session_state[f"{demo.slug}.model"] = model_name
    if shipped is None:
        shipped = samples(demo.slug, demo.model(model_name).group)
    found = {each.key: each for each in shipped}
    if sample_key in found:
        choose(demo.slug, found[sample_key])
        st.session_state[f"{demo.slug}.kind"] = found[sample_key].kind
    elif sample_key is not None:
        st.info("The link names a sample that is not here; this is another one.")


def write(demo: DemoSpec, spec: ModelSpec, sample: Sample | None, **more: str) -> str | None:
    """Put the permalink of a sample into the address bar; an upload has none. Returns the URL.

    `more` is what else the page has put into the address and the URL has to say.
    """
    link = {} if sample is None else {"sample": sample.key, "model": spec.name}
    before = st.session_state.get(f"{demo.slug}.linked")
    st.session_state[f"{demo.slug}.linked"] = (link["sample"], link["model"]) if link else None
    put(link, again=bool(before) and not link)
    if not link:
        return None
    return f"{st.context.url or ''}?{urlencode(link | more)}"


def put(link: Mapping[str, str], again: bool = False) -> None:
    """Have the address say `link` of `OURS`, and nothing else of them.

    `again` says so even where the address is told to be like that already: what the last run wrote
    may not have reached the browser when it asked for this one, and the next would follow it.
    """
    now = st.query_params.to_dict()
    wanted = {name: value for name, value in now.items() if name not in OURS} | dict(link)
    if again or wanted != now:
        st.query_params.from_dict(wanted)
