"""From the speech demo's measurements to the rows people read, beside their targets."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from demos.benchmark.speech import DEMO
from demos.benchmark.speech_hub import measure_hub
from demos.benchmark.speech_ours import memory, speed
from demos.benchmark.table import Part, Row, figure, median_row, ratios
from demos.core.settings import MIB
from demos.core.speech.error_rate import compare

MINUTE, THREE_MINUTES, HALF_HOUR = 60.0, 180.0, 1800.0
REAL_TIME_FACTOR = 0.02
FIRST_TEXT_MS = 300.0
GROWTH_MIB = 32.0
"""That hearing ten times as much may take more."""
STAGES = {
    "voice": "search for voices",
    "network": "network and its features",
    "decoding": "decoding and the rest",
}
Found = Mapping[str, Any]


def measure_speech(
    rounds: int, minute: float = MINUTE, short: float = THREE_MINUTES, long: float = HALF_HOUR
) -> Part:
    """The bundled model and PocketSphinx on one core, memory, then the Hub tier on all cores.

    Recordings of so many seconds: a `minute` is heard in every round, the `short` and the `long`
    one are compared for their memory.
    """
    found = speed(rounds, minute, long)
    sizes = {"short": memory(short), "long": memory(long)}
    hub_rows, hub_seconds, hub_problem = measure_hub(rounds)
    problems = [each for each in (unheard(found["texts"]), hub_problem) if each]
    return Part(
        title=f"{DEMO.title}: {figure(minute)} s of digits in {rounds} rounds, "
        f"{figure(long)} s once",
        rows=[*speed_rows(found), *memory_rows(sizes, short, long), *hub_rows],
        measured={"speed": found, "memory": sizes, "hub": hub_seconds},
        problem="\n".join(problems) or None,
    )


def speed_rows(found: Found) -> Iterator[Row]:
    lengths = found["seconds"]
    for name, seconds in lengths.items():
        title = f"Speech, {figure(seconds)} s"
        series = {stage: [s / seconds for s in each] for stage, each in found[name].items()}
        yield factor_row(f"{title}: real-time factor", series["all"], REAL_TIME_FACTOR)
        for stage, told in STAGES.items():
            yield factor_row(f"{title}: {told}", series[stage])
    first = [1000 * each for each in found["first_text"]]
    title = f"Speech, {figure(lengths['half_hour'])} s"
    yield median_row(f"{title}: first text", first, "ms", FIRST_TEXT_MS)
    minute, ours, peer = lengths["minute"], found["minute"]["all"], found["peer"]
    title, texts = f"{figure(minute)} s", found["texts"]
    yield median_row(f"PocketSphinx, {title}: real-time factor", [s / minute for s in peer], "")
    yield median_row(f"{title}: time, ours / PocketSphinx", ratios(ours, peer), "x")
    for name, whose in (("Speech", "ours"), ("PocketSphinx", "peer")):
        wrong = compare(texts["said"], texts[whose]).wer
        if wrong is not None:
            yield Row(f"{name}, {title}: word error rate", wrong, "")


def factor_row(name: str, values: Sequence[float], target: float | None = None) -> Row:
    """A median between its extremes, where it was measured more than once."""
    if len(values) == 1:
        return Row(name, values[0], "", target=target)
    return median_row(name, values, "", target)


def memory_rows(sizes: Mapping[str, Mapping[str, int]], short: float, long: float) -> list[Row]:
    more = {name: (each["peak"] - each["before"]) / MIB for name, each in sizes.items()}
    return [
        Row("Memory, model loaded and run", sizes["long"]["loaded"] / MIB, "MiB"),
        Row(f"Memory that hearing {figure(short)} s takes", more["short"], "MiB"),
        Row(f"Memory that hearing {figure(long)} s takes", more["long"], "MiB"),
        Row(
            f"Memory, {figure(long)} s beyond {figure(short)} s",
            more["long"] - more["short"],
            "MiB",
            target=GROWTH_MIB,
        ),
    ]


def unheard(texts: Mapping[str, str]) -> str | None:
    """What to say when somebody heard nothing."""
    if texts["said"] and texts["ours"] and texts["peer"]:
        return None
    return "FAILED: a recording of digits was heard without a word, so its times mean nothing."
