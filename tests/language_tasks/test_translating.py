"""The bundled translator: what is around a network that is a stand-in or has learned nothing."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from demos.core.devices import CPU
from demos.core.errors import UnsupportedType, WeightsMismatch
from demos.core.jobs import Canceled
from demos.core.language.answers import Request, Task, Translation
from demos.core.results import Outcome
from demos.core.spec import Bundled
from demos.language_tasks import translation_network
from demos.language_tasks.pack_translation import packed, scores, told
from demos.language_tasks.translating import BATCH, Model, batches, load, loaded, parts, predict
from demos.language_tasks.translation_network import END, FRENCH, GERMAN, UNKNOWN, translate
from tests.language_tasks.bundled import SPEC, translation_run

TEXT = "A man is standing on a ladder.\n\n  Two girls are playing in the water!  A dog runs. \n"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return translation_run(tmp_path_factory.mktemp("translation"))


@pytest.fixture(scope="module")
def model(run: Path) -> Model:
    return loaded(packed(run), SPEC, "0" * 64, CPU)


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch) -> list[list[list[int]]]:
    """Instead of the network, writes every sentence as it is; what it was given."""
    given: list[list[list[int]]] = []

    def repeat(network: Any, rows: Sequence[list[int]]) -> list[tuple[list[int], float]]:
        given.append(list(rows))
        return [(row[1:-1], float(np.log(0.75))) for row in rows]

    monkeypatch.setattr(translation_network, "translate", repeat)
    return given


def told_of(model: Model, text: str, language: str = "de") -> Translation:
    return predict(model, Request(Task.TRANSLATION, text, language=language))


def test_sentences_are_translated_and_what_is_between_them_stays(
    model: Model, echo: list[list[list[int]]]
) -> None:
    told = told_of(model, TEXT)
    assert told.translation == TEXT.rstrip()
    assert [TEXT[each.start : each.end] for each in told.sentences] == [
        "A man is standing on a ladder.",
        "Two girls are playing in the water!",
        "A dog runs.",
    ]
    assert all(each.score == pytest.approx(0.75) for each in told.sentences)
    assert told.verdict.outcome is Outcome.ANSWER
    told_of(model, TEXT, "fr")
    assert {row[0] for row in echo[0]} == {GERMAN} and {row[0] for row in echo[1]} == {FRENCH}
    assert {row[-1] for row in echo[0]} == {END}


def test_it_is_unsure_of_what_it_gives_low_scores(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    def doubt(network: Any, rows: Sequence[list[int]]) -> list[tuple[list[int], float]]:
        return [(row[1:-1], -2.0) for row in rows]

    monkeypatch.setattr(translation_network, "translate", doubt)
    told = told_of(model, TEXT)
    assert told.verdict.outcome is Outcome.UNSURE
    assert "captions" in told.verdict.reason
    assert told.translation, "but says what it has"


def test_each_language_has_a_floor_of_its_own(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    def middling(network: Any, rows: Sequence[list[int]]) -> list[tuple[list[int], float]]:
        return [(row[1:-1], float(np.log(0.45))) for row in rows]

    monkeypatch.setattr(translation_network, "translate", middling)
    assert told_of(model, TEXT, "de").verdict.outcome is Outcome.ANSWER
    french = told_of(model, TEXT, "fr")
    assert french.verdict.outcome is Outcome.UNSURE
    assert french.provenance.thresholds == (("least score of a sure text", 0.5),)


def test_what_the_vocabulary_does_not_know_is_kept(
    model: Model, monkeypatch: pytest.MonkeyPatch, echo: list[list[list[int]]]
) -> None:
    text = "\U0001f600 A man \u6771\u4eac is \u2603 standing on a ladder \U0001f415 \u2764"
    assert told_of(model, text).translation == text, "in its place, where the network marks it"
    assert UNKNOWN not in echo[0][0][:3] and UNKNOWN not in echo[0][0][-4:]

    def forget(network: Any, rows: Sequence[list[int]]) -> list[tuple[list[int], float]]:
        return [([each for each in row[1:-1] if each != UNKNOWN], 0.0) for row in rows]

    monkeypatch.setattr(translation_network, "translate", forget)
    kept = "\U0001f600 A man is standing on a ladder \u6771\u4eac \u2603 \U0001f415 \u2764"
    assert told_of(model, text).translation == kept, "else at the end"


def test_marks_of_the_network_are_no_text(model: Model, echo: list[list[list[int]]]) -> None:
    text = "A man is <fr> standing </s> on a <unk> ladder"
    assert told_of(model, text).translation.split()[:3] == ["A", "man", "is"]
    assert FRENCH not in echo[0][0] and echo[0][0].count(END) == 1
    assert sorted(told_of(model, text).translation.split()) == sorted(text.split())


def test_a_sentence_that_is_too_long_is_cut_between_words(
    model: Model, echo: list[list[list[int]]]
) -> None:
    text = "a man and a dog " * 60
    told = told_of(model, text)
    assert len(told.sentences) > 1
    assert told.translation == text.strip()
    assert max(len(row) for batch in echo for row in batch) < translation_network.MOST_TOKENS


def test_progress_is_told_in_the_order_of_the_text(
    model: Model, echo: list[list[list[int]]]
) -> None:
    text = " ".join("A man is standing on a " + "blue " * (n % 7) + "ladder." for n in range(40))
    seen: list[tuple[float, str]] = []
    request = Request(Task.TRANSLATION, text)
    told = predict(model, request, lambda share, so_far: seen.append((share, so_far)))
    assert told.translation == text
    assert len(seen) == 3 and seen[-1] == (1.0, text)
    assert all(text.startswith(so_far) for _, so_far in seen)
    for batch in echo:
        lengths = [len(row) for row in batch]
        assert len(batch) <= BATCH and max(lengths) - min(lengths) <= 4


def test_it_can_be_stopped(model: Model, echo: list[list[list[int]]]) -> None:
    def stop(fraction: float, partial: str) -> None:
        raise Canceled

    with pytest.raises(Canceled):
        predict(model, Request(Task.TRANSLATION, TEXT), stop)


def test_what_is_left_as_it_was_is_to_be_checked(model: Model, echo: list[list[list[int]]]) -> None:
    told = told_of(model, "A man is standing on a ladder.\n\n東京")
    first, second = told.sentences
    assert first.score == pytest.approx(0.75) and second.score == 0
    assert second.translation == "東京" and told.verdict == told_of(model, TEXT).verdict


def test_sentences_of_like_length_come_together() -> None:
    found = batches([n % 5 for n in range(70)])
    assert sorted(n for batch in found for n in batch) == list(range(70))
    assert max(map(max, found[:4])) == 63, "the first part of a text first"
    assert batches([]) == []


@pytest.mark.parametrize(
    "text", ["", " \n", "12 34", "Ein Mann steht auf der Leiter und putzt das Fenster."]
)
def test_what_is_no_english_text_is_refused(model: Model, text: str) -> None:
    told = told_of(model, text)
    assert told.verdict.outcome is Outcome.REFUSED
    assert not told.sentences and not told.translation


def test_other_languages_are_not_written(model: Model) -> None:
    with pytest.raises(UnsupportedType, match="de, fr"):
        told_of(model, TEXT, "nl")


@pytest.mark.parametrize(
    "odd", ["<b>dog</b>", "\u05e9\u05dc\u05d5\u05dd", "\ud83d", "\x00", "e\u0301"]
)
def test_odd_texts_are_read(model: Model, odd: str, echo: list[list[list[int]]]) -> None:
    told = told_of(model, f"A man and a dog {odd} are standing on the ladder. A dog runs.")
    assert len(told.sentences) == 2
    assert told.translation.encode("utf-8", "replace")


def test_places_are_whole_sentences(model: Model) -> None:
    assert [TEXT[start:end][:5] for start, end in parts(model, TEXT)] == ["A man", "Two g", "A dog"]


def test_the_weights_are_those_of_the_run(run: Path, model: Model) -> None:
    """In half precision, which changes next to nothing, and with all that the network shares."""
    import torch
    from safetensors.torch import load_file

    network = translation_network.translator().eval()
    kept = load_file(run / "translator.safetensors")
    with torch.no_grad():
        for name, own in network.named_parameters():
            own.copy_(kept[name])
    rows = [[GERMAN, 30, 40, 50, END]]
    ids, after = torch.tensor(rows), torch.tensor([[2, 60]])
    with torch.inference_mode():
        ours, theirs = (
            each(input_ids=ids, decoder_input_ids=after).logits for each in (model.network, network)
        )
    np.testing.assert_allclose(ours, theirs, atol=0.02)
    assert len(packed(run)) < 0.55 * (run / "translator.safetensors").stat().st_size
    ((found, score),) = translate(model.network, rows)
    assert found and score < 0


def test_scores_are_told_of_texts_that_are_read(model: Model, echo: list[list[list[int]]]) -> None:
    found = scores(model, [TEXT, "12 34", "A dog runs."], "fr")
    assert found == pytest.approx([0.75, 0.75])
    assert {row[0] for rows in echo for row in rows} == {FRENCH}
    assert told(found, 0.75 - 1e-9)["sure"] == 1 and told(found, 0.8)["sure"] == 0
    assert told(found, 0.5) == {"sure": 1, "5_percent": 0.75, "median": 0.75, "95_percent": 0.75}


def test_only_the_weights_that_are_named_are_loaded() -> None:
    missing = replace(SPEC, source=Bundled("language_tasks/weights/none.safetensors", "0" * 64))
    with pytest.raises(WeightsMismatch):
        load(missing, CPU)
