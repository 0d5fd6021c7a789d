"""Translations and summaries: what is written is transformers' own, what is around it is ours."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch

from demos.core.errors import UnsupportedType
from demos.core.jobs import Canceled
from demos.core.language.answers import Request, Summarized, Task, Translation
from demos.core.results import Outcome
from demos.language_tasks import hub_summary, hub_translation
from demos.language_tasks.hub_models import predict
from demos.language_tasks.hub_reading import HubLanguage, tokens
from demos.language_tasks.hub_writing import Manner, Written, parts, write
from tests.language_tasks.conftest import Load
from tests.language_tasks.tiny_language import CORPUS

TEXT = "Ada wrote to Charles.\n\n  He met Ada in London!  Nobody was surprised. \n"
FOREIGN = "Wo finde ich bitte den Bahnhof? Ich bin schon sehr lange unterwegs und müde."


@pytest.fixture
def t5(loaded: Load) -> HubLanguage:
    return loaded("t5_small")


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """Instead of the network, writes every text in capitals; what it was given."""
    given: list[Sequence[str]] = []

    def shout(model: Any, sources: Sequence[str], manner: Manner, tell: Any) -> list[Written]:
        given.append(list(sources))
        bare = [each.split(": ", 1)[-1].upper() for each in sources]
        tell(0.5, [each[: len(each) // 2] for each in bare])
        return [Written(each, 0.75) for each in bare]

    monkeypatch.setattr(hub_translation, "write", shout)
    monkeypatch.setattr(hub_summary, "write", shout)
    return given


def translate(model: HubLanguage, text: str, language: str = "de", **tell: Any) -> Translation:
    told = predict(model, Request(Task.TRANSLATION, text, language=language), **tell)
    assert isinstance(told, Translation)
    return told


def summarize(model: HubLanguage, text: str, most: int = 3, **tell: Any) -> Summarized:
    told = predict(model, Request(Task.SUMMARY, text, sentences=most), **tell)
    assert isinstance(told, Summarized)
    return told


def test_sentences_are_translated_and_what_is_between_them_stays(
    t5: HubLanguage, echo: list[Sequence[str]]
) -> None:
    told = translate(t5, TEXT, "fr")
    assert told.translation == TEXT.strip().upper()
    assert [TEXT[each.start : each.end].upper() for each in told.sentences] == [
        each.translation for each in told.sentences
    ]
    assert len(told.sentences) == 3 and {each.score for each in told.sentences} == {0.75}
    assert echo[0][1] == "translate English to French: He met Ada in London!"


def test_nothing_is_written_of_a_text_that_is_not_read(
    t5: HubLanguage, echo: list[Sequence[str]]
) -> None:
    for made in (summarize(t5, FOREIGN), translate(t5, FOREIGN)):
        assert made.verdict.outcome is Outcome.REFUSED and "German" in made.verdict.reason
        assert not made.sentences
    assert summarize(t5, FOREIGN).summary == translate(t5, FOREIGN).translation == ""
    assert echo == []


def test_translation_is_told_of_as_it_grows(t5: HubLanguage, echo: list[Sequence[str]]) -> None:
    heard: list[tuple[float, str]] = []
    text = "Nobody was surprised. " * 20
    translate(t5, text, tell=lambda share, so_far: heard.append((share, so_far)))
    shares = [share for share, _text in heard]
    assert shares == sorted(shares) and shares[-1] == 1 and len(shares) == 6
    assert [len(each) for each in echo] == [8, 8, 4]
    assert heard[1][1].count("SURPRISED") == 8 and heard[-1][1] == text.strip().upper()


def test_a_sentence_longer_than_is_read_is_cut_at_words(
    t5: HubLanguage, echo: list[Sequence[str]]
) -> None:
    text = "Ada met Charles in London and " * 60
    told = translate(t5, text)
    assert told.translation.split() == text.upper().split()
    space = hub_translation.MOST_NEW // 2
    assert len(told.sentences) > 3
    assert all(len(tokens(t5, text[each.start : each.end])) <= space for each in told.sentences)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "\U0001f600 \u05e9\u05dc\u05d5\u05dd <b>x</b>\x00",
            "The text seems to be Hebrew; this model reads English.",
        ),
        ("\ud83d half", ""),
        ("x" * 200, "The text seems to be random characters rather than words."),
    ],
)
def test_any_text_survives(
    t5: HubLanguage, text: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_translation, "MOST_NEW", 48)
    monkeypatch.setattr(hub_summary, "TOKENS_PER_SENTENCE", 8)
    t5 = replace(t5, known=replace(t5.known, reads=64))
    assert translate(t5, text).verdict.reason == said
    assert summarize(t5, text, 1).verdict.reason == said


def test_signs_without_a_token_are_named(t5: HubLanguage, echo: list[Sequence[str]]) -> None:
    told = translate(t5, "Ada wrote {to} Charles. Ada met Charles in London, {Ada} met Charles.")
    assert told.verdict.outcome is Outcome.UNSURE and told.translation
    assert "does not know “{” and “}”:" in told.verdict.reason
    assert translate(t5, "Ada wrote to Charles in London.").verdict.outcome is Outcome.ANSWER


def test_a_language_it_does_not_know_and_nothing(t5: HubLanguage) -> None:
    with pytest.raises(UnsupportedType, match=r"does not translate into “cy”.*de, fr, ro"):
        translate(t5, TEXT, "cy")
    nothing = translate(t5, " \n ")
    assert nothing.verdict.outcome is Outcome.REFUSED and nothing.translation == ""
    assert summarize(t5, "").verdict.outcome is Outcome.REFUSED


@pytest.mark.parametrize("name", ["t5_small", "bart_large_cnn"])
def test_what_is_written_is_transformers_own(name: str, loaded: Load) -> None:
    model = loaded(name)
    sources = [CORPUS[0], CORPUS[3]]
    ours = write(model, sources, Manner(24, 4, 2.0, 3), lambda share, texts: None)
    for source, each in zip(sources, ours, strict=True):
        ids = torch.tensor([model.tokenizer.encode(source).ids])
        settings = {
            "num_beams": 4,
            "max_new_tokens": 24,
            "min_new_tokens": 4,
            "length_penalty": 2.0,
            "no_repeat_ngram_size": 3,
            "early_stopping": True,
        }
        theirs = model.network.generate(ids, **settings)
        assert each.text == model.tokenizer.decode(theirs[0].tolist()).strip()
        # The score, token by token, from the network itself.
        steps = model.network(input_ids=ids, decoder_input_ids=theirs[:, :-1]).logits.softmax(-1)
        chosen = steps[0].gather(-1, theirs[0, 1:, None])[:, 0]
        assert each.score == pytest.approx(float(chosen.mean()), rel=1e-3)
        assert 0 < each.score <= 1
    assert ours[0].text != ours[1].text


def test_stopping_stops_at_a_token(t5: HubLanguage) -> None:
    heard: list[str] = []

    def stop(share: float, so_far: str) -> None:
        heard.append(so_far)
        if len(heard) == 3:
            raise Canceled

    for do in (translate, summarize):
        heard.clear()
        with pytest.raises(Canceled):
            do(t5, TEXT, tell=stop)
        assert len(heard) == 3
    assert translate(t5, TEXT).sentences  # nothing is left behind


def test_a_summary_streams_and_stays_within_what_was_asked(loaded: Load) -> None:
    model = loaded("bart_large_cnn")
    heard: list[float] = []
    told = summarize(model, " ".join(CORPUS), 2, tell=lambda share, _text: heard.append(share))
    assert told.sentences == () and told.summary
    assert heard == sorted(heard) and len(heard) > 10 and heard[-1] == 1
    assert len(heard) <= 2 * hub_summary.TOKENS_PER_SENTENCE + 2


def test_each_part_of_a_long_text_has_its_own_summary(
    t5: HubLanguage, echo: list[Sequence[str]]
) -> None:
    model = replace(t5, known=replace(t5.known, reads=96))
    text = " ".join(CORPUS * 3)
    told = summarize(model, text, 4)
    assert len(echo) > 4
    assert all(len(model.tokenizer.encode(each[0]).ids) <= 96 for each in echo)
    sources = " ".join(each[0].split(": ", 1)[1] for each in echo)
    assert sources == text  # every sentence in one part
    assert f"{len(echo)} parts" in told.provenance.preprocessing
    echo.clear()
    summarize(t5, " ".join(CORPUS), 4)
    assert len(echo) == 1


def test_more_sentences_than_asked_for_are_left_out(
    t5: HubLanguage, echo: list[Sequence[str]]
) -> None:
    assert summarize(t5, " ".join(CORPUS), 2).summary == " ".join(CORPUS[:2]).upper()


def test_parts_are_whole_where_they_fit(t5: HubLanguage) -> None:
    text = "Ada wrote. " + "Charles met Ada in London, " * 30
    places = [(0, 10), (11, len(text))]
    found = parts(t5, text, places, 40)
    assert found[0] == (0, 10)
    assert " ".join(text[start:end] for start, end in found) == text.strip()
    assert all(len(tokens(t5, text[start:end])) <= 40 for start, end in found)
