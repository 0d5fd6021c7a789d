"""Summaries of a text's own sentences, and how their scorer is trained."""

from dataclasses import replace
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import pytest
import torch

from demos.core.devices import CPU
from demos.core.errors import WeightsMismatch
from demos.core.jobs import Canceled
from demos.core.language.answers import Request, Summarized, Task
from demos.core.results import Outcome
from demos.core.sentence_encoder import SOURCE, WIDTH
from demos.core.spec import Bundled
from demos.language_tasks import meaning
from demos.language_tasks.meaning import Meaning, provenance, vectors, whole
from demos.language_tasks.summarizing import chosen, predict
from demos.language_tasks.summary_features import FEATURES, features
from demos.language_tasks.train_summary import Text, reached, rouge1, texts, trained
from tests.language_tasks.bundled import SPEC, by_words, scorer_file, tiny_meaning

LETTER = (
    "The council met on Monday evening in the old library. "
    "It decided to close the bridge over the river for two years.\n\n"
    "Engineers had found cracks in three of its pillars last autumn.\n"
    "It decided to close the bridge over the river for two years. "
    "Buses will take another way, and cyclists may use the ferry. Thank you."
)


@pytest.fixture(scope="module")
def model() -> Meaning:
    return tiny_meaning()


def summarize(model: Meaning, text: str, most: int = 2) -> Summarized:
    return predict(model, Request(Task.SUMMARY, text, sentences=most))


def test_a_summary_is_made_of_sentences_in_their_order(model: Meaning) -> None:
    told = summarize(model, LETTER)
    assert told.verdict.outcome is Outcome.ANSWER
    kept = [each for each in told.sentences if each.chosen]
    assert len(told.sentences) == 6 and len(kept) == 2
    own = [" ".join(LETTER[each.start : each.end].split()) for each in kept]
    assert told.summary == " ".join(own)
    assert max(each.score for each in told.sentences) == 1
    assert all(0 < each.score <= 1 for each in told.sentences)
    assert told.provenance.weights == "scorer"


def test_nothing_is_said_twice_and_no_scrap_is_taken(model: Meaning) -> None:
    told = summarize(model, LETTER, most=5)
    assert told.summary.count("close the bridge") == 1
    assert "Thank you" not in told.summary
    assert sum(each.chosen for each in told.sentences) == 4


def test_the_best_sentences_are_taken() -> None:
    said = [f"this is sentence number {n} of the text" for n in range(5)]
    apart = np.eye(5, WIDTH, dtype=np.float32)
    scores = np.array([0, 3, 1, 2, -1], np.float32)
    assert chosen(said, apart, scores, 2) == {1, 3}
    assert chosen(said, apart, scores, 0) == {1}, "one at least"
    assert chosen(said[:2], apart[:2], scores[:2], 3) == {0, 1}
    assert chosen(["Yes", "No", "Well"], apart[:3], scores[:3], 1) == {1}, "scraps if all are"


def test_a_short_text_is_kept_as_it_is(model: Meaning) -> None:
    told = summarize(model, "The bridge is closed for two years.  The ferry is open.", most=3)
    assert told.verdict.outcome is Outcome.UNSURE
    assert "nothing is left out" in told.verdict.reason
    assert told.summary == "The bridge is closed for two years. The ferry is open."


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n ",
        "42 17.5 :-)",
        "Der Rat hat am Montag beschlossen, die Brücke zu schließen. Das ist schade.",
    ],
)
def test_what_is_no_english_text_is_refused(model: Meaning, text: str) -> None:
    told = summarize(model, text)
    assert told.verdict.outcome is Outcome.REFUSED
    assert told.verdict.reason
    assert not told.sentences and not told.summary


@pytest.mark.parametrize(
    "odd",
    ["<script>alert(1)</script>", "\u05e9\u05dc\u05d5\u05dd", "\U0001f600\u200d", "\ud83d", "\x00"],
)
def test_odd_texts_are_read(model: Meaning, odd: str) -> None:
    told = summarize(model, LETTER.replace("cracks", f"cracks {odd}"), most=3)
    assert told.verdict.outcome is Outcome.ANSWER
    assert len(told.sentences) == 6


def test_it_can_be_stopped(model: Meaning) -> None:
    def stop(fraction: float, partial: str) -> None:
        raise Canceled

    with pytest.raises(Canceled):
        predict(model, Request(Task.SUMMARY, LETTER), stop)


def test_features_are_finite_and_as_many_as_said() -> None:
    for said in ([], [""], ["One."], ["In this paper we propose it.", "", "We show it."]):
        found = features(said, by_words(said))
        assert found.shape == (len(said), FEATURES)
        assert found.dtype == np.float32
        assert np.isfinite(found).all()
    assert found[0, 0] == 1 and found[2, 0] == 0, "the first one is told"
    assert found[2, -1] == 1 and found[0, -1] == 0, "so is how one begins"


def test_training_finds_what_tells_the_best_sentence() -> None:
    rng = np.random.default_rng(0)

    def made(many: int) -> list[Text]:
        found = []
        for _ in range(many):
            rows = rng.normal(size=(5, WIDTH)).astype(np.float32)
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            best = int(rng.integers(5))
            said = ["We propose it here" if n == best else "It is so" for n in range(5)]
            near = np.full(5, 0.1, np.float32)
            near[best] = 0.6
            parts = (rows, features(said, rows), near)
            found.append(Text(*(torch.from_numpy(each) for each in parts)))
        return found

    said = rouge1(trained(made(160)), made(40))
    assert said["texts"] == 40
    assert said["rouge1"] > 0.9 * said["oracle"] > said["lead"]


def test_rouge_is_that_of_the_nearest_reference() -> None:
    found = reached(["The cat sat.", "Nothing here"], ["A dog ran", "the cats sat"])
    np.testing.assert_allclose(found, [1, 0])


def test_vectors_are_kept_in_the_folder_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import polars as pl

    class Encoder:
        def encode(self, given: list[str]) -> np.ndarray:
            return by_words(given)

    monkeypatch.setattr("demos.language_tasks.train_summary.load", lambda device: Encoder())
    table = {"source": [["One is.", "Two are."], ["Three."]], "target": [["two are"], ["four"]]}
    pl.DataFrame(table).write_parquet(tmp_path / "t.parquet")
    first = texts(tmp_path / "t.parquet", tmp_path / "kept.npz")
    monkeypatch.delattr("demos.language_tasks.train_summary.load")
    again = texts(tmp_path / "t.parquet", tmp_path / "kept.npz")
    assert [len(each.rouge) for each in again] == [2, 1]
    assert first[0].rouge.tolist() == again[0].rouge.tolist() == [0, 1]
    np.testing.assert_array_equal(first[1].vectors, again[1].vectors)


def test_a_long_text_has_one_vector_of_all_of_it(model: Meaning) -> None:
    long = "The ferry is open. " * 60 + "The bridge is closed for years. " * 60
    found = whole(model, long)
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-5)
    ferry, bridge = vectors(model, ["The ferry is open.", "The bridge is closed for years."])
    assert found @ ferry > 0.3 and found @ bridge > 0.3
    np.testing.assert_allclose(whole(model, "a b"), by_words(["a b"])[0], atol=1e-6)


def test_only_the_weights_that_are_named_are_loaded() -> None:
    missing = replace(SPEC, source=Bundled("language_tasks/weights/none.safetensors", "0" * 64))
    with pytest.raises(WeightsMismatch):
        meaning.load(missing, CPU)


def test_the_encoder_and_the_scorer_are_one_model() -> None:
    try:
        distribution(SOURCE.distribution)
    except PackageNotFoundError:
        pytest.skip(f"{SOURCE.distribution} is missing")
    encoded = scorer_file()
    model = meaning.loaded(encoded, SPEC, CPU)
    assert model.memory_bytes < 92 * 1024**2, "one encoder, and next to nothing"
    assert summarize(model, LETTER).verdict.outcome is Outcome.ANSWER
    request = Request(Task.SIMILARITY, "text")
    assert provenance(model, request, 0.0, "").weights == SOURCE.sha256
    assert provenance(model, request, 0.0, "", scorer=True).weights == model.weights_sha256
