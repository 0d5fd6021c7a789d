"""The one model store of this process, shared by pages, warm-up and API.

Held by this module and not by `st.cache_resource`: any browser may ask a Streamlit server to clear
its caches, for everybody (the `clear_cache` message), which would leave the models of the old store
in memory and build a second store beside it.
"""

import threading

from demos import catalog
from demos.core.settings import read_settings
from demos.core.store import ModelStore

_lock = threading.Lock()
_store: ModelStore | None = None


def model_store() -> ModelStore:
    """The store, made on first use from the settings. Any thread may ask.

    Raises `ModelError` for a device this machine does not have.
    """
    global _store  # noqa: PLW0603 - the one instance of the process
    with _lock:
        if _store is None:
            _store = ModelStore.from_settings(catalog.load, read_settings())
            _store.start_sweeper()
        return _store


def existing_model_store() -> ModelStore | None:
    """The store if it has been made; never waits."""
    return _store


def close_model_store() -> None:
    """Close the store if it has been made; whoever asks it for a model from now on is refused."""
    if _store is not None:
        _store.close()
