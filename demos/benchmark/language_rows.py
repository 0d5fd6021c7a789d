"""From the language demo's measurements to the rows people read, beside their targets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from demos.benchmark.language import DEMO, on_cpu
from demos.benchmark.language_contest import (
    BATCHES,
    ONE_BY_ONE,
    OURS,
    Played,
    contestants,
    one_text,
    play,
    summaries,
    translations,
)
from demos.benchmark.language_memory import memory
from demos.benchmark.table import Part, Row, median_row, quantile, ratios
from demos.core.language.answers import SORTING
from demos.core.language.batch_scoring import CHUNK
from demos.core.settings import MIB
from demos.language_tasks.offered import MEANING, READER, TRANSLATOR

LENGTHS = (32, 128)
"""Tokens of the texts; the longer one is the most that the reader reads at once."""
TRANSLATED, SUMMARIZED = 64, 40
"""Sentences."""
THROUGHPUT = 3.0
"""Times the pipeline's, called as it is by default."""
ONE_TEXT_MS = 15.0
MEMORY = 1.3
"""Times one encoder and all heads."""
SAME = 0.95
"""Share of texts that the reader, in 8 bits, has to sort as the pipeline does."""
TITLES = {
    OURS: f"reader, {len(SORTING)} tasks at once",
    ONE_BY_ONE: "pipeline, 1 task, one by one",
    BATCHES: "pipeline, 1 task, batches of 32",
}


def measure_language(rounds: int) -> Part:
    """Memory in processes of its own, before this one maps the same files; then the rest."""
    sizes = memory()
    reader, meaning, translator = map(on_cpu, (READER, MEANING, TRANSLATOR))
    parts = contestants(reader)
    played = [play(parts, tokens, rounds) for tokens in LENGTHS]
    single = one_text(reader, LENGTHS[0])
    translated = translations(translator, TRANSLATED, rounds)
    summarized = summaries(meaning, SUMMARIZED, rounds)
    return Part(
        title=f"{DEMO.title}: {rounds} rounds of {CHUNK} texts",
        rows=[
            *(row for each in played for row in speed_rows(each)),
            *single_rows(single, LENGTHS[0]),
            *writing_rows(translated, summarized),
            *memory_rows(sizes),
        ],
        measured={
            "played": [asdict(each) for each in played],
            "one_text": single,
            "translated": translated,
            "summarized": summarized,
            "memory": sizes,
        },
        problem=disagreement(played),
    )


def speed_rows(played: Played) -> Iterator[Row]:
    """Texts in a second, and how many times those of the pipeline."""
    length, seconds = f"Texts of {played.tokens} tokens", played.seconds
    for name, title in TITLES.items():
        speeds = [played.count / each for each in seconds[name]]
        yield median_row(f"{length}: {title}", speeds, "texts/s")
    for name, target in ((ONE_BY_ONE, THROUGHPUT), (BATCHES, None)):
        title = f"{length}: reader / {name}"
        yield median_row(title, ratios(seconds[name], seconds[OURS]), "x", target, least=True)
    yield Row(f"{length}: share sorted alike", played.same, "", target=SAME, least=True)


def single_rows(seconds: Sequence[float], tokens: int) -> Iterator[Row]:
    for percentile, q, target in ((50, 0.5, ONE_TEXT_MS), (95, 0.95, None)):
        title = f"One text of {tokens} tokens, sentiment, p{percentile}"
        yield Row(title, 1000 * quantile(seconds, q), "ms", target=target)


def writing_rows(translated: Sequence[float], summarized: Sequence[float]) -> Iterator[Row]:
    speeds = [TRANSLATED / each for each in translated]
    yield median_row(f"Translation of {TRANSLATED} captions", speeds, "sentences/s")
    milliseconds = [1000 * each for each in summarized]
    yield median_row(f"Summary of {SUMMARIZED} sentences", milliseconds, "ms")


def memory_rows(sizes: Mapping[str, int]) -> Iterator[Row]:
    one = sizes["encoder"] + sizes["heads"]
    yield Row("Memory of all tasks", sizes["tasks"] / MIB, "MiB")
    yield Row("Memory of all tasks, one explained", sizes["explained"] / MIB, "MiB")
    yield Row("Memory of one encoder and all heads", one / MIB, "MiB")
    yield Row("Memory, all tasks / one encoder and heads", sizes["tasks"] / one, "x", target=MEMORY)


def disagreement(played: Sequence[Played]) -> str | None:
    """What to say when the times do not compare like with like."""
    for each in played:
        if each.same < SAME:
            return (
                f"FAILED: of texts of {each.tokens} tokens, the reader and the pipeline sort only "
                f"{each.same:.1%} alike, so the times above do not compare like with like."
            )
        if len(each.sentiments) < 2:
            return (
                f"FAILED: all texts of {each.tokens} tokens are given the same sentiment, so that "
                "the reader and the pipeline agree on it means nothing."
            )
    return None
