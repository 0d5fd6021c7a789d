"""Sorting whole texts and their sentences, by labels of the model's and of one's own."""

from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast
from transformers.pipelines import TextClassificationPipeline, ZeroShotClassificationPipeline

from demos.core.errors import EmptyInput, TooLarge
from demos.core.language.answers import Request, Sorted, Task
from demos.core.results import Outcome
from demos.language_tasks.hub_models import HubLanguage, labels, scores
from demos.language_tasks.hub_sorting import sort, sort_freely
from tests.language_tasks.conftest import NLI, Load
from tests.language_tasks.scripted import scripted, words_alone
from tests.language_tasks.tiny_language import CORPUS

KINDS = ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"]


@pytest.fixture
def tokenizer() -> Tokenizer:
    return words_alone(["good", "bad", "film", "text", "about", "travel", "music", "This", "is"])


def opinion(tokenizer: Tokenizer, **known: Any) -> HubLanguage:
    """Positive by as much as there are more good words than bad ones."""
    good, bad = tokenizer.token_to_id("good"), tokenizer.token_to_id("bad")

    def script(ids: list[int]) -> list[float]:
        return [2.0 * ids.count(bad), 2.0 * ids.count(good)]

    return scripted("distilbert_sst2", tokenizer, script, ["NEGATIVE", "POSITIVE"], **known)


def sorted_by(model: HubLanguage, text: str) -> Sorted:
    return sort(model, Request(Task.SENTIMENT, text))


def test_a_text_and_each_of_its_sentences(tokenizer: Tokenizer) -> None:
    text = "good good film. bad film! good film"
    told = sorted_by(opinion(tokenizer), text)
    assert [each.label for each in told.scores] == ["positive", "negative"]
    assert sum(each.score for each in told.scores) == pytest.approx(1)
    assert told.verdict.outcome is Outcome.ANSWER and not told.calibrated
    assert [(text[p.start : p.end], p.scores[0].label) for p in told.pieces] == [
        ("good good film.", "positive"),
        ("bad film!", "negative"),
        ("good film", "positive"),
    ]
    assert sorted_by(opinion(tokenizer), "good film").pieces == ()


def test_no_label_ahead_is_unsure_and_nothing_is_refused(tokenizer: Tokenizer) -> None:
    told = sorted_by(opinion(tokenizer), "film")
    assert told.verdict.outcome is Outcome.UNSURE and "“Negative” or “Positive”" in (
        told.verdict.reason
    )
    for nothing in ("", " \n\t", "\x00"):
        told = sorted_by(opinion(tokenizer), nothing)
        assert told.verdict.outcome is Outcome.REFUSED and told.scores == () == told.pieces


def test_windows_count_by_their_length(tokenizer: Tokenizer) -> None:
    model = opinion(tokenizer, reads=12)
    told = sorted_by(model, "good " * 10 + "bad " * 5)
    network: Any = model.network
    assert [len(row) for row in network.seen] == [7, 12]
    sure = 1 / (1 + np.exp(-20.0))
    wanted = (10 * sure + 5 * (1 - 1 / (1 + np.exp(-10.0)))) / 15
    assert told.scores[0].score == pytest.approx(wanted, abs=1e-6)


def test_toxic_anywhere_is_toxic(tokenizer: Tokenizer) -> None:
    bad = tokenizer.token_to_id("bad")
    model = scripted(
        "toxic_bert", tokenizer, lambda ids: [9.0 if bad in ids else -9.0] * 6, KINDS, reads=12
    )
    clean, foul = (
        sort(model, Request(Task.TOXICITY, text)) for text in ("good " * 40, "good " * 40 + "bad")
    )
    assert clean.scores[0].label == "not toxic" and clean.scores[0].score > 0.99
    assert foul.scores[-1].label == "not toxic" and foul.scores[0].score > 0.99
    assert {each.label for each in foul.scores} == set(labels(model, Task.TOXICITY))


def test_several_emotions_or_none_that_stands_out(loaded: Load) -> None:
    model = loaded("roberta_go_emotions")
    told = sort(model, Request(Task.EMOTION, CORPUS[2]))
    assert len(told.scores) == 28 and "otherwise" not in {each.label for each in told.scores}
    wanted = Outcome.ANSWER if told.scores[0].score > 0.5 else Outcome.UNSURE
    assert told.verdict.outcome is wanted


@pytest.mark.parametrize("name", ["distilbert_sst2", "roberta_go_emotions", "toxic_bert"])
def test_scores_are_those_of_transformers(name: str, loaded: Load) -> None:
    model = loaded(name)
    fast: Any = PreTrainedTokenizerFast
    pipeline: Any = TextClassificationPipeline
    inputs = ["input_ids", "attention_mask"]
    filler = model.tokenizer.id_to_token(model.network.config.pad_token_id)
    theirs = pipeline(
        model=model.network,
        tokenizer=fast(
            tokenizer_object=model.tokenizer, pad_token=filler, model_input_names=inputs
        ),
        top_k=None,
        function_to_apply="sigmoid" if model.known.independent else "softmax",
    )
    task = model.known.tasks[0]
    ours = scores(model, [task, Task.TOPIC], CORPUS)
    assert list(ours) == [task]
    names = {label: key for key, label in model.known.labels.items()}
    for row, told in zip(ours[task], theirs(CORPUS), strict=True):
        wanted = {each["label"]: each["score"] for each in told}
        for label, score in zip(labels(model, task), row, strict=True):
            if label in names:
                assert score == pytest.approx(wanted[names[label]], abs=1e-5)
    assert ours[task].dtype == np.float32


def test_scores_of_many_texts_have_a_row_for_each(tokenizer: Tokenizer) -> None:
    model = opinion(tokenizer, reads=12)
    texts = ["good film", "", "bad " * 50, " ", "\U0001f600"]
    (rows,) = scores(model, [Task.SENTIMENT], texts).values()
    assert rows.shape == (5, 2) and rows[0, 1] > 0.5 > rows[2, 1]
    assert not rows[[1, 3]].any() and rows[4].sum() == pytest.approx(1)
    assert scores(model, [Task.SENTIMENT], [])[Task.SENTIMENT].shape == (0, 2)


def inference(tokenizer: Tokenizer, **follows: float) -> HubLanguage:
    """How far each label follows is known; it is not contradicted."""

    def script(ids: list[int]) -> list[float]:
        label = tokenizer.id_to_token(ids[-3])  # before the full stop and the frame
        return [follows[label], 0.0, 0.0]

    return scripted("mdeberta_zero_shot", tokenizer, script, NLI, reads=40)


def freely(model: HubLanguage, *names: str, text: str = "good film") -> Sorted:
    return sort_freely(model, Request(Task.ZERO_SHOT, text, labels=names))


def test_labels_share_one_and_a_single_one_stands_for_itself(tokenizer: Tokenizer) -> None:
    model = inference(tokenizer, travel=3.0, music=2.0)
    together = freely(model, "music", "travel", "music ")
    assert [each.label for each in together.scores] == ["travel", "music"]
    assert together.scores[0].score == pytest.approx(1 / (1 + np.exp(-1.0)))
    alone = freely(model, "music")
    assert alone.scores[0].score == pytest.approx(1 / (1 + np.exp(-2.0)))
    unsure = inference(tokenizer, travel=-3.0, music=-3.0)
    assert freely(unsure, "music", "travel").verdict.outcome is Outcome.UNSURE
    assert "None of the labels" in freely(unsure, "music").verdict.reason


def test_a_long_text_is_asked_in_windows(tokenizer: Tokenizer) -> None:
    model = inference(tokenizer, travel=3.0, music=2.0)
    told = freely(model, "music", "travel", text="good film " * 50)
    network: Any = model.network
    assert len(network.seen) >= 8 and max(map(len, network.seen)) <= 40
    assert told.scores[0].score == pytest.approx(1 / (1 + np.exp(-1.0)))


def test_labels_that_are_none(tokenizer: Tokenizer) -> None:
    model = inference(tokenizer, travel=3.0)
    with pytest.raises(EmptyInput, match="no labels"):
        freely(model, " ", "")
    with pytest.raises(TooLarge, match="too long"):
        freely(model, "travel " * 40)
    assert freely(model, "travel", text=" ").verdict.outcome is Outcome.REFUSED


@pytest.mark.parametrize("name", ["deberta_zero_shot", "mdeberta_zero_shot"])
@pytest.mark.parametrize("names", [("travel", "music", "law"), ("travel",)])
def test_inference_is_that_of_transformers(name: str, names: tuple[str, ...], loaded: Load) -> None:
    model = loaded(name)
    fast: Any = PreTrainedTokenizerFast
    pipeline: Any = ZeroShotClassificationPipeline
    tokenizer = fast(
        tokenizer_object=model.tokenizer,
        pad_token="<pad>",
        sep_token="[SEP]",
        model_input_names=["input_ids", "attention_mask"],
    )
    theirs = pipeline(model=model.network, tokenizer=tokenizer)
    with torch.inference_mode():
        wanted = theirs(CORPUS[0], [*names], hypothesis_template="This text is about {}.")
    told = freely(model, *names, text=CORPUS[0])
    assert [each.label for each in told.scores] == wanted["labels"]
    assert [each.score for each in told.scores] == pytest.approx(wanted["scores"], abs=1e-5)
