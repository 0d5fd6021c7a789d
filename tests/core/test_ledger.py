"""The rules of order and room, one call after another, without threads."""

from demos.core.ledger import Ledger, ModelKey, Request, Slot, State
from demos.core.spec import Hub, ModelSpec


def slot(ledger: Ledger, name: str, size: int = 1) -> Slot:
    spec = ModelSpec(
        "demo",
        name,
        name.title(),
        Hub("owner/name", "0" * 40, ("model.safetensors",), 1),
        size,
        "MIT",
        "",
    )
    return ledger.slot(ModelKey("demo", name, "cpu", "float32"), spec)


def ask(ledger: Ledger, wanted: Slot, exclusive: bool = False) -> Request:
    request = Request(wanted, exclusive)
    ledger.queue.append(request)
    ledger.grant_all()
    return request


def give_back(ledger: Ledger, request: Request, now: float = 0.0) -> None:
    ledger.leave(request, now)
    ledger.grant_all()


def lend(ledger: Ledger, wanted: Slot) -> Request:
    """Ask for a model and load it if it is not there."""
    request = ask(ledger, wanted)
    assert request.granted
    if wanted.state is State.LOADING:
        ledger.fill(wanted, wanted.key.name, seconds=0.0)
    return request


def hold(ledger: Ledger, wanted: Slot) -> Slot:
    """Leave a model loaded and idle."""
    give_back(ledger, lend(ledger, wanted))
    return wanted


def names(slots: list[Slot]) -> list[str]:
    return [each.key.name for each in slots]


def test_the_least_recently_lent_idle_models_make_room() -> None:
    ledger = Ledger(budget=3, idle_seconds=60)
    a, b, c = (hold(ledger, slot(ledger, name)) for name in "abc")
    hold(ledger, a)
    lend(ledger, slot(ledger, "d", size=2))
    assert names(ledger.resident()) == ["a", "d"]
    assert list(ledger.evicted) == ["b", "c"]
    assert (b.model, c.model) == (None, None)


def test_no_more_goes_than_needed_and_nothing_when_that_would_not_do() -> None:
    ledger = Ledger(budget=4, idle_seconds=60)
    hold(ledger, slot(ledger, "idle"))
    lend(ledger, slot(ledger, "used", size=2))
    assert not ask(ledger, slot(ledger, "large", size=3)).granted
    assert names(ledger.resident()) == ["idle", "used"]


def test_room_is_taken_before_the_load_has_finished() -> None:
    ledger = Ledger(budget=3, idle_seconds=60)
    loading = ask(ledger, slot(ledger, "a", size=2))
    assert loading.granted
    assert loading.slot.state is State.LOADING
    assert ledger.used() == 2
    assert not ask(ledger, slot(ledger, "b", size=2)).granted


def test_a_load_that_does_not_finish_gives_its_room_to_the_next() -> None:
    ledger = Ledger(budget=2, idle_seconds=60)
    first = ask(ledger, slot(ledger, "a", size=2))
    second = ask(ledger, slot(ledger, "a", size=2))
    third = ask(ledger, slot(ledger, "b", size=2))
    give_back(ledger, first)
    assert second.granted
    assert second.slot.state is State.LOADING
    give_back(ledger, second)
    assert third.granted


def test_a_loaded_model_passes_those_who_wait_for_room() -> None:
    ledger = Ledger(budget=3, idle_seconds=60)
    old = lend(ledger, slot(ledger, "old", size=2))
    hot = lend(ledger, slot(ledger, "hot"))
    waiting = ask(ledger, slot(ledger, "new", size=2))
    assert not waiting.granted
    assert ask(ledger, hot.slot).granted, "its room is not what the older request waits for"
    assert not ask(ledger, old.slot).granted, "its room is what the older request waits for"
    give_back(ledger, old)
    assert waiting.granted


def test_a_stream_of_loans_does_not_starve_the_one_who_waits_for_room() -> None:
    ledger = Ledger(budget=1, idle_seconds=60)
    held = lend(ledger, slot(ledger, "popular"))
    waiting = ask(ledger, slot(ledger, "rare"))
    behind = ask(ledger, held.slot)
    give_back(ledger, held)
    assert waiting.granted
    assert not behind.granted
    ledger.fill(waiting.slot, "rare", seconds=0.0)
    give_back(ledger, waiting)
    assert behind.granted


def test_a_small_load_does_not_take_the_room_an_older_large_one_waits_for() -> None:
    ledger = Ledger(budget=3, idle_seconds=60)
    held = lend(ledger, slot(ledger, "held", size=2))
    large = ask(ledger, slot(ledger, "large", size=3))
    small = ask(ledger, slot(ledger, "small", size=1))
    assert not small.granted
    give_back(ledger, held)
    assert large.granted


def test_an_exclusive_loan_waits_for_all_others_and_is_not_starved_by_them() -> None:
    ledger = Ledger(budget=1, idle_seconds=60)
    first, second = lend(ledger, slot(ledger, "a")), lend(ledger, slot(ledger, "a"))
    alone = ask(ledger, first.slot, exclusive=True)
    behind = ask(ledger, first.slot)
    give_back(ledger, first)
    assert not alone.granted
    give_back(ledger, second)
    assert alone.granted
    assert not behind.granted
    give_back(ledger, alone)
    assert behind.granted


def test_a_request_that_gives_up_no_longer_holds_others_back() -> None:
    ledger = Ledger(budget=2, idle_seconds=60)
    lend(ledger, slot(ledger, "held"))
    large = ask(ledger, slot(ledger, "large", size=2))
    small = ask(ledger, slot(ledger, "small"))
    assert not small.granted
    give_back(ledger, large)
    assert small.granted


def test_stale_models_go_and_borrowed_ones_stay() -> None:
    ledger = Ledger(budget=3, idle_seconds=60)
    early, late, held = (lend(ledger, slot(ledger, name)) for name in ("early", "late", "held"))
    give_back(ledger, early, now=0.0)
    give_back(ledger, late, now=1.0)
    ledger.evict_stale(now=60.0)
    assert names(ledger.resident()) == ["late", "held"]
    ledger.evict_stale(now=1000.0)
    assert names(ledger.resident()) == [held.slot.key.name]


def test_idle_models_make_up_for_one_larger_than_announced() -> None:
    ledger = Ledger(budget=3, idle_seconds=60)
    hold(ledger, slot(ledger, "a"))
    hold(ledger, slot(ledger, "b"))
    grown = lend(ledger, slot(ledger, "grown"))
    grown.slot.memory_bytes = 2
    ledger.evict_stale(now=0.0)
    assert names(ledger.resident()) == ["b", "grown"]
    assert ledger.used() == 3
