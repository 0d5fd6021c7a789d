"""The decisions of this page's visitor on the table that is open, found again by the address.

workspace = workspace_for(SPEC.slug, table_sha256)
...
keep_link(SPEC.slug)    # at the end: others may have rewritten the address

Held by this module and not by `st.cache_resource`, for the reason given in `model_store`.
"""

import streamlit as st

from demos.core.cases.workspace import Workspace
from demos.core.cases.workspaces import Workspaces

PARAMETER = "case"
"""Of the query string, beside whatever else is there."""

_workspaces = Workspaces()


def workspaces() -> Workspaces:
    """The workspaces of this process."""
    return _workspaces


def workspace_for(slug: str, table_sha256: str) -> Workspace:
    """The workspace that the address names, or this session's; new ones for a new table.

    Who has the address shares the workspace. It is in the address once something was decided: a
    link handed around before that shares nothing.
    """
    store, own = workspaces(), f"{slug}.case"
    given = st.query_params.get(PARAMETER)
    lost = given is not None and not store.knows(given)
    if lost:
        del st.query_params[PARAMETER]
        st.session_state[f"{slug}.case_lost"] = table_sha256
    id = given if given is not None and not lost else st.session_state.get(own)
    st.session_state[own], workspace = store.open(id, slug, table_sha256)
    if workspace.untouched and st.session_state.get(f"{slug}.case_lost") == table_sha256:
        hours = round(store.keep_seconds / 3600)
        st.info(
            "The decisions that the address of this page led to are no longer here: they stay "
            f"{hours} hours after they were last opened, until the server stops. If you have "
            "downloaded them, load them from the file below.",
            icon=":material/history_toggle_off:",
        )
    keep_link(slug)
    return workspace


def keep_link(slug: str) -> None:
    """Put the workspace into the address bar, beside what is there: a refresh finds it again."""
    id = st.session_state[f"{slug}.case"]
    if st.query_params.get(PARAMETER) != id and workspaces().worth_a_link(id):
        st.query_params[PARAMETER] = id


def forget(slug: str) -> None:
    """Keep nothing of this session's decisions, on no table, nor the way to them."""
    workspaces().forget(st.session_state.pop(f"{slug}.case", ""))
    if PARAMETER in st.query_params:
        del st.query_params[PARAMETER]
