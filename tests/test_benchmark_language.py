"""The language demo's part of the benchmark: its protocol and arithmetic, never its times."""

import importlib
import json
import mmap
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from demos.benchmark import language, language_memory, language_peer, language_rows
from demos.benchmark import language_contest as contest
from demos.benchmark.language_contest import BATCHES, ONE_BY_ONE, OURS, Played
from demos.benchmark.table import Part, Row, table
from demos.core.language.answers import SORTING, Task
from demos.core.language.scope import scope
from demos.core.packaged import checked
from demos.core.results import Outcome
from demos.core.sentence_encoder import ARCHITECTURE, SOURCE
from demos.core.settings import MIB
from demos.core.spec import PACKAGE, ModelSpec
from demos.language_tasks import inference, translation_network
from demos.language_tasks.encoding import encode
from demos.language_tasks.offered import MEANING, READER, TEXT_TASKS, TRANSLATOR
from demos.language_tasks.reader import HEADS, Model
from tests.language_tasks.tiny_reader import tiny_reader
from tests.language_tasks.tiny_writers import echo, tiny_meaning, tiny_translator


@pytest.fixture(scope="module")
def model() -> Model:
    """Odds of the two sentiments are even in the middle of texts of both kinds."""
    found = replace(tiny_reader(), temperatures=dict.fromkeys(HEADS, 1.0))
    shares = inference.scores(found, SORTING, language.texts(32, 64, seed=0))[Task.SENTIMENT]
    middle = float(np.median(np.log(shares[:, 1] / shares[:, 0])))
    found.module().get_parameter(f"sort.{Task.SENTIMENT}.bias")[1] -= middle
    return found


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language_peer, "threads", lambda: 1)


@pytest.mark.parametrize("tokens", language_rows.LENGTHS)
def test_texts_have_exactly_the_tokens_asked_for(tokens: int) -> None:
    made = language.texts(tokens, 40, seed=3)
    assert len(set(made)) == 40
    assert {len(each) + language.FRAME for each in encode(made)} == {tokens}
    assert made == language.texts(tokens, 40, seed=3)
    assert not set(made) & set(language.texts(tokens, 40, seed=4))
    praised = [any(words in each for words in language.GOOD) for each in made]
    assert praised == [True, False] * 20


def test_all_texts_are_english_that_the_models_read() -> None:
    made = [*language.texts(32, 20, seed=0), language.letter(40, seed=0), language.captions(64, 0)]
    assert all(scope(each).verdict.outcome is Outcome.ANSWER for each in made)
    assert language.letter(40, seed=0).count(".") == 40
    assert language.captions(64, seed=0).count(".") == 64


def test_the_pipeline_gives_the_scores_of_the_reader_padded_or_not(model: Model) -> None:
    peer = language_peer.sentiment_pipeline(model)
    given = ["It works.", *language.texts(20, 3, seed=0), *language.texts(90, 3, seed=0)]
    ours = inference.scores(model, SORTING, given)[Task.SENTIMENT]
    names = model.labels[Task.SENTIMENT]
    for size in (1, len(given)):
        found = peer(given, batch_size=size, top_k=None)
        scores = [{each["label"]: each["score"] for each in row} for row in found]
        np.testing.assert_allclose(
            [[row[name] for name in names] for row in scores], ours, atol=1e-5
        )
    assert language_peer.in_batches(peer, given) == language_peer.one_by_one(peer, given)


def test_the_pipeline_has_the_attention_that_transformers_prefers(
    model: Model, caplog: pytest.LogCaptureFixture
) -> None:
    peer = language_peer.sentiment_pipeline(model)
    assert peer.model.bert.encoder.config._attn_implementation == "sdpa"
    assert model.module().encoder.config._attn_implementation == "eager"
    assert not peer.model.training
    assert "not supported" not in caplog.text


def test_all_sort_the_same_texts_in_turn_after_a_round_to_warm_up() -> None:
    played: list[tuple[str, tuple[str, ...]]] = []

    def part(name: str) -> contest.Contestant:
        def labels(given: Any) -> list[str]:
            played.append((name, tuple(given)))
            odd = name == OURS and len(played) == 1
            return ["negative" if odd else "positive", *["negative"] * (len(given) - 1)]

        return labels

    names = (OURS, ONE_BY_ONE, BATCHES)
    found = contest.play({name: part(name) for name in names}, 32, rounds=2, count=4)
    assert [name for name, _ in played] == [*names] * 3
    for place in range(0, 9, 3):
        assert len({given for _, given in played[place : place + 3]}) == 1
    assert len({given for _, given in played}) == 3
    assert {name: len(each) for name, each in found.seconds.items()} == dict.fromkeys(names, 2)
    assert (found.tokens, found.count) == (32, 4)
    assert found.same == pytest.approx(11 / 12)
    assert found.sentiments == {"negative": 10, "positive": 2}


def test_the_reader_and_the_pipeline_agree(model: Model) -> None:
    found = contest.play(contest.contestants(model), 32, rounds=1, count=12)
    assert found.same == 1.0
    assert set(found.sentiments) == {"negative", "positive"}
    assert language_rows.disagreement([found]) is None
    table(list(language_rows.speed_rows(found)))


def test_single_texts_are_timed_once_they_are_warm(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translation_network, "translate", echo)
    monkeypatch.setattr(contest, "WARM_UP", 2)
    asked: list[Any] = []
    predict = inference.predict

    def told(of: Any, request: Any) -> Any:
        asked.append(request)
        return predict(of, request)

    monkeypatch.setattr(inference, "predict", told)
    assert len(contest.one_text(model, 32, requests=3)) == 3
    assert len(contest.translations(tiny_translator(), 4, rounds=2)) == 2
    assert len(contest.summaries(tiny_meaning(), 5, rounds=2)) == 2
    tasks = [each.task for each in asked]
    assert tasks == [Task.SENTIMENT] * 5 + [Task.TRANSLATION] * 3 + [Task.SUMMARY] * 3
    assert len({each.text for each in asked}) == 11


# --- memory ----------------------------------------------------------------------------------


MEASURE = """
import mmap, sys
import numpy as np
from demos.benchmark.language_memory import occupied

before = occupied()
own = np.ones(40 << 20, np.uint8)
print(occupied() - before)
with open(sys.argv[1], "rb") as file:
    maps = [mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) for _ in range(2)]
print(occupied() - before)
read = [np.frombuffer(each, np.uint8).sum() for each in maps]
print(occupied() - before)
"""


@pytest.mark.skipif(not hasattr(mmap, "MAP_PRIVATE"), reason="not on this system")
def test_a_file_counts_once_it_is_read_and_only_once(tmp_path: Path) -> None:
    file = tmp_path / "tiny.safetensors"
    file.write_bytes(bytes(20 * MIB))
    command = [sys.executable, "-c", MEASURE, str(file)]
    done = subprocess.run(command, cwd=PACKAGE.parent, capture_output=True, check=True)
    own, mapped, read = (int(each) / MIB for each in done.stdout.split())
    assert own == pytest.approx(40, abs=2)
    assert mapped == pytest.approx(40, abs=2)
    assert read == pytest.approx(60, abs=4)


def test_every_task_is_done_and_every_word_read(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translation_network, "translate", echo)
    monkeypatch.setattr(language_memory, "ready", lambda: 1_000)
    monkeypatch.setattr(language_memory, "occupied", lambda: 5_000)
    words: list[int] = []
    done: list[Task] = []
    predict, forward = inference.predict, model.forward

    def heard(given: Any) -> Any:
        words.extend(given["ids"].ravel().tolist())
        return forward(given)

    def told(of: Any, request: Any) -> Any:
        done.append(request.task)
        return predict(of, request)

    monkeypatch.setattr(inference, "predict", told)
    models: dict[str, Any] = {
        READER.name: replace(model, forward=heard),
        MEANING.name: tiny_meaning(),
        TRANSLATOR.name: tiny_translator(),
    }
    loaded: list[ModelSpec] = []

    def load(spec: ModelSpec) -> Any:
        loaded.append(spec)
        return models[spec.name]

    found = language_memory.all_tasks(load)
    assert loaded == [READER, MEANING, TRANSLATOR]
    assert tuple(done) == TEXT_TASKS
    assert set(range(ARCHITECTURE["vocab_size"])) <= set(words)
    reader, scorer = model.module(), models[MEANING.name].scorer
    own = [reader.sort, reader.mark, reader.answer, scorer]
    assert found == {
        "tasks": 4_000,
        "explained": 4_000,
        "heads": sum(4 * each.numel() for part in own for each in part.parameters()),
    }


def test_one_encoder_takes_what_its_weights_take() -> None:
    weights = checked(SOURCE).stat().st_size
    found = language_memory.in_process("one_encoder")
    assert set(found) == {"encoder"}
    assert weights * 0.95 < found["encoder"] < 1.3 * weights


# --- rows ------------------------------------------------------------------------------------


def played(same: float = 1.0, **sentiments: int) -> Played:
    seconds = {OURS: [1.0, 2.0], ONE_BY_ONE: [4.0, 8.0], BATCHES: [2.0, 3.0]}
    return Played(32, 100, seconds, same, sentiments or {"negative": 60, "positive": 40})


def test_speed_is_told_against_the_pipeline_by_default_and_in_batches() -> None:
    rows = {row.name: row for row in language_rows.speed_rows(played(0.9))}
    length = "Texts of 32 tokens"
    assert rows[f"{length}: reader, 5 tasks at once"].value == 75
    assert rows[f"{length}: pipeline, 1 task, one by one"].high == 25
    assert rows[f"{length}: pipeline, 1 task, batches of 32"].high == 50
    default = rows[f"{length}: reader / pipeline one by one"]
    assert (default.value, default.target, default.met) == (4, 3, True)
    batches = rows[f"{length}: reader / pipeline in batches"]
    assert (batches.low, batches.high, batches.target) == (1.5, 2, None)
    alike = rows[f"{length}: share sorted alike"]
    assert (alike.value, alike.met) == (0.9, False)


def test_a_single_text_is_told_in_milliseconds() -> None:
    rows = list(language_rows.single_rows([0.001 * n for n in range(101)], 32))
    assert [row.value for row in rows] == pytest.approx([50, 95])
    assert [(row.target, row.met) for row in rows] == [(15, False), (None, None)]
    speed, wait = language_rows.writing_rows([8.0, 8.0], [0.2])
    assert (speed.value, speed.unit) == (8, "sentences/s")
    assert (wait.value, wait.unit) == (200, "ms")


@pytest.mark.parametrize(("tasks", "met"), [(130, True), (131, False)])
def test_memory_is_told_against_one_encoder_and_heads(tasks: int, met: bool) -> None:
    sizes = {"tasks": tasks, "explained": 250, "encoder": 90, "heads": 10}
    rows = list(language_rows.memory_rows({name: each * MIB for name, each in sizes.items()}))
    assert [row.value for row in rows] == pytest.approx([tasks, 250, 100, tasks / 100])
    assert [row.met for row in rows] == [None, None, None, met]


def test_those_that_do_not_agree_are_not_compared() -> None:
    assert language_rows.disagreement([played(0.95), played()]) is None
    assert "FAILED" in str(language_rows.disagreement([played(), played(0.9499)]))
    assert "same sentiment" in str(language_rows.disagreement([played(positive=100)]))


def test_the_part_is_put_together(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    models = {
        READER.name: model,
        MEANING.name: tiny_meaning(),
        TRANSLATOR.name: tiny_translator(),
    }
    order: list[str] = []

    def load(spec: ModelSpec, device: Any) -> Any:
        order.append(spec.name)
        return models[spec.name]

    def memory() -> dict[str, int]:
        order.append("memory")
        return {"tasks": 3 * MIB, "explained": 4 * MIB, "encoder": MIB, "heads": MIB}

    monkeypatch.setattr(inference, "load", load)
    monkeypatch.setattr(language_rows, "memory", memory)
    monkeypatch.setattr(
        language_rows, "play", lambda parts, tokens, rounds: contest.play(parts, tokens, rounds, 8)
    )
    monkeypatch.setattr(
        language_rows, "one_text", lambda model, tokens: contest.one_text(model, tokens, 2)
    )
    monkeypatch.setattr(translation_network, "translate", echo)
    part = language_rows.measure_language(rounds=1)
    assert order[0] == "memory"
    assert part.problem is None
    assert part.title == "Language: 1 rounds of 256 texts"
    assert [each["tokens"] for each in part.measured["played"]] == [32, 128]
    json.dumps(part.measured)
    targets = [row.name for row in part.rows if row.target is not None]
    assert targets == [
        "Texts of 32 tokens: reader / pipeline one by one",
        "Texts of 32 tokens: share sorted alike",
        "Texts of 128 tokens: reader / pipeline one by one",
        "Texts of 128 tokens: share sorted alike",
        "One text of 32 tokens, sentiment, p50",
        "Memory, all tasks / one encoder and heads",
    ]
    table(part.rows)


def test_it_can_be_measured_by_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = importlib.import_module("demos.benchmark.__main__")
    part = Part("Language", [Row("One text", 9.0, "ms")], {}, None)
    monkeypatch.setattr(
        language_rows, "measure_language", lambda rounds: part if rounds == 7 else None
    )
    arguments = ["--only", "language", "--language-rounds", "7"]
    monkeypatch.setattr(sys, "argv", ["benchmark", *arguments])
    assert command.main() == 0
    assert "| One text | 9 ms  |" in capsys.readouterr().out
