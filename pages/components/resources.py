"""The resource panel that every page shares; it refreshes by itself and never reruns the page."""

from collections.abc import Sequence

import streamlit as st

from demos.core.ledger import ModelKey, ModelState
from demos.core.store import Snapshot
from demos.core.wording import duration, memory
from pages.components import readiness
from pages.components.model_store import model_store

REFRESH_SECONDS = 5


@st.fragment(run_every=REFRESH_SECONDS)
def resource_panel() -> None:
    """Device, memory, loaded models, the queue and the warm-up, from one snapshot of the store."""
    snapshot = model_store().snapshot()
    with st.container(key="resources", gap="small"):
        st.markdown(f"**Resources** :gray[{device_text(snapshot)}]")
        show_memory(snapshot)
        show_readiness(readiness.stages(), snapshot)
        show_models(snapshot)


def device_text(snapshot: Snapshot) -> str:
    """Such as `CPU, float32`."""
    return f"{str(snapshot.device).upper()}, {snapshot.dtype}"


def show_memory(snapshot: Snapshot) -> None:
    share = min(snapshot.used / snapshot.budget, 1.0)
    st.progress(share, text=f"Models: {memory(snapshot.used)} of {memory(snapshot.budget)}")
    st.caption(f"Whole process: {memory(snapshot.process_bytes)}")


def show_readiness(stages: Sequence[readiness.Stage], snapshot: Snapshot) -> None:
    """One line: warming up, failed, waiting, or ready."""
    failed = [stage for stage in stages if stage.state == "failed"]
    unfinished = [stage for stage in stages if stage.state in ("waiting", "running")]
    loading = [model for model in snapshot.models if model.loading]
    if unfinished:
        done = len(stages) - len(unfinished)
        st.caption(
            f":material/hourglass_top: Warming up, step {done + 1} of {len(stages)}: "
            f"{unfinished[0].name}"
        )
    elif loading:
        st.caption(f":material/hourglass_top: Loading {loading[0].spec.title}")
    if failed:
        more = f" {len(failed) - 1} more failed, too." if len(failed) > 1 else ""
        st.warning(failed[0].problem + more, icon=":material/warning:")
    if snapshot.waiting:
        st.caption(f":material/groups: {snapshot.waiting} waiting for a model")
    elif not (unfinished or loading or failed):
        st.caption(":material/check: Ready, nobody is waiting")


def show_models(snapshot: Snapshot) -> None:
    with st.expander(f"Loaded models: {len(snapshot.models)}", key="loaded_models"):
        if not snapshot.models:
            st.caption("None now. A model loads when a demo needs it.")
        for model in snapshot.models:
            show_model(model)
        idle = [model for model in snapshot.models if not (model.borrowers or model.loading)]
        st.button(
            "Unload idle models",
            on_click=unload_idle,
            disabled=not idle,
            width="stretch",
            key="unload_idle",
        )
        st.caption(
            f"Since the start: {snapshot.loads} loaded, {snapshot.hits} reused, "
            f"{snapshot.evictions} let go"
        )


def show_model(model: ModelState) -> None:
    st.markdown(
        f"{model.spec.title}  \n:small[:gray[{memory(model.memory_bytes)}, {model_use(model)}]]"
    )
    st.button(
        "Unload",
        icon=":material/eject:",
        help=f"Unload {model.spec.title}",
        on_click=unload,
        args=(model.key,),
        disabled=bool(model.borrowers) or model.loading,
        key=f"unload_{model.spec.demo}_{model.spec.name}",
        type="tertiary",
    )


def model_use(model: ModelState) -> str:
    if model.loading:
        return "loading"
    if model.borrowers:
        return f"in use by {model.borrowers}"
    return f"idle for {duration(model.idle_seconds)}, loaded in {duration(model.load_seconds)}"


def unload(key: ModelKey) -> None:
    model_store().unload(key)


def unload_idle() -> None:
    model_store().unload_idle()
