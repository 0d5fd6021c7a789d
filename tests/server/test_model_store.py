"""One store per process, whoever asks first."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import streamlit as st

from demos.catalog import DEMOS
from demos.core.devices import Device
from demos.core.errors import UserError
from demos.core.settings import Settings
from demos.core.spec import ModelSpec
from demos.core.store import ModelStore
from pages.components import model_store as module

Loader = Callable[[ModelSpec, Device], Any]


@pytest.fixture(autouse=True)
def no_store_yet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DLW_DEVICE", "cpu")
    monkeypatch.setattr(module, "_store", None)
    yield
    module.close_model_store()


def test_threads_that_ask_at_once_get_the_same_store(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[ModelStore] = []
    everyone = threading.Barrier(8)
    original = ModelStore.from_settings

    def make(load: Loader, settings: Settings) -> ModelStore:
        made.append(original(load, settings))
        return made[-1]

    monkeypatch.setattr(ModelStore, "from_settings", make)
    got: list[ModelStore] = []

    def ask() -> None:
        everyone.wait(10)
        got.append(module.model_store())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(got) == 8 and len(made) == 1
    assert all(store is made[0] for store in got)


def test_a_visitor_who_clears_the_caches_does_not_lose_it() -> None:
    store = module.model_store()
    st.cache_resource.clear()
    assert module.model_store() is store


def test_asking_whether_there_is_one_does_not_make_one() -> None:
    assert module.existing_model_store() is None
    module.close_model_store()
    assert module.existing_model_store() is None
    assert module.model_store() is module.existing_model_store()


def test_after_closing_nobody_gets_a_model() -> None:
    store = module.model_store()
    module.close_model_store()
    with pytest.raises(UserError), module.model_store().borrow(DEMOS[0].models[0]):
        pytest.fail("lent after closing")
    assert module.model_store() is store
