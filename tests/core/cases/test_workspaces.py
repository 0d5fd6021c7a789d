"""Who finds which workspace again, and for how long."""

import threading

from demos.core.cases.case import Mark
from demos.core.cases.workspace import Workspace
from demos.core.cases.workspaces import Workspaces
from tests.core.cases.case_tables import BASIS, HASH, key

SLUG, OTHER = "fraud", "ef" * 32


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def used(workspace: Workspace) -> Workspace:
    workspace.mark({key("A"): 0.9}, Mark.CLEARED, BASIS)
    return workspace


def test_an_id_leads_to_the_same_workspace_and_only_for_its_table() -> None:
    store = Workspaces()
    id, mine = store.open(None, SLUG, HASH)
    assert store.open(id, SLUG, HASH) == (id, mine)
    again, other = store.open(id, SLUG, OTHER)
    assert again == id and other is not mine
    assert store.open(id, "another demo", HASH)[1] is not mine
    assert store.open(id, SLUG, HASH)[1] is mine


def test_ids_cannot_be_guessed_or_chosen() -> None:
    store = Workspaces()
    ids = {store.open(None, SLUG, HASH)[0] for _ in range(50)}
    assert len(ids) == 50 and all(len(id) >= 22 for id in ids)
    chosen, _ = store.open("mine", SLUG, HASH)
    assert chosen != "mine" and not store.knows("mine")


def test_a_workspace_is_forgotten_after_its_time_without_use() -> None:
    clock = Clock()
    store = Workspaces(keep_seconds=100, clock=clock)
    id, mine = store.open(None, SLUG, HASH)
    other, _ = store.open(None, SLUG, HASH)
    clock.now += 99
    assert store.open(id, SLUG, HASH) == (id, mine), "using it is what counts"
    clock.now += 99
    assert store.knows(id) and not store.knows(other) and len(store) == 1
    clock.now += 1
    assert not store.knows(id) and len(store) == 0
    assert store.open(id, SLUG, HASH)[0] != id


def test_the_number_is_bounded_and_those_without_decisions_go_first() -> None:
    store = Workspaces(limit=3)
    first, _ = store.open(None, SLUG, HASH)
    used(store.open(first, SLUG, HASH)[1])
    second, _ = store.open(None, SLUG, HASH)
    third, workspace = store.open(None, SLUG, HASH)
    used(workspace)
    fourth, workspace = store.open(None, SLUG, HASH)
    assert len(store) == 3 and not store.knows(second), "nothing was lost with it"
    used(workspace)
    store.open(first, SLUG, HASH)
    store.open(None, SLUG, HASH)
    assert not store.knows(third) and store.knows(first) and store.knows(fourth)


def test_only_an_id_with_decisions_is_worth_a_link() -> None:
    store = Workspaces()
    id, mine = store.open(None, SLUG, HASH)
    assert not store.worth_a_link(id) and not store.worth_a_link("unknown")
    used(mine)
    store.open(id, SLUG, OTHER)
    assert store.worth_a_link(id)
    store.forget(id)
    store.forget("unknown")
    assert not store.knows(id) and not store.worth_a_link(id)


def test_threads_that_open_one_id_get_one_workspace() -> None:
    store, start = Workspaces(limit=50), threading.Barrier(8)
    id, _ = store.open(None, SLUG, HASH)
    found: list[Workspace] = []

    def work() -> None:
        start.wait()
        for _ in range(20):
            store.open(None, SLUG, HASH)
            found.append(store.open(id, SLUG, OTHER)[1])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len({*map(id_of, found)}) == 1 and len(found) == 160
    assert len(store) == 50


def id_of(workspace: Workspace) -> int:
    return id(workspace)
