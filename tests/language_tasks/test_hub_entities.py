"""Words and names from pieces: the first piece decides, whatever the others are taken for."""

from typing import Any

import pytest
from tokenizers import Tokenizer
from transformers import DistilBertForTokenClassification, PreTrainedTokenizerFast
from transformers.pipelines import TokenClassificationPipeline

from demos.core.language.answers import Entities, Request, Task
from demos.core.results import Outcome
from demos.language_tasks.entity_spans import KINDS, Word, spans
from demos.language_tasks.hub_entities import OVERLAP, mark
from demos.language_tasks.hub_reading import HubLanguage
from tests.language_tasks.conftest import Load
from tests.language_tasks.scripted import by_piece, scripted, words_alone
from tests.language_tasks.tiny_language import CORPUS, TAGS

HIGH, LOW = 8.0, 0.0


def tag(name: str, logit: float = HIGH) -> list[float]:
    return [logit if each == name else LOW for each in TAGS]


PIECES = {
    "Mar": tag("B-PER"),
    "##ie": tag("B-LOC"),  # is not asked
    "Cur": tag("I-PER"),
    "Zu": tag("B-LOC"),
    "Acme": tag("B-ORG"),
    "Beta": tag("B-ORG"),
    "Gold": tag("B-MISC"),
    "Rome": tag("I-LOC"),
    "[UNK]": tag("O"),
}


@pytest.fixture
def tokenizer() -> Tokenizer:
    return words_alone([*PIECES, "saw", "and", "in"])


@pytest.fixture
def model(tokenizer: Tokenizer) -> HubLanguage:
    return scripted(
        "distilbert_ner", tokenizer, by_piece(tokenizer, PIECES, tag("O")), TAGS, reads=24
    )


def found(model: HubLanguage, text: str) -> list[tuple[str, str]]:
    answer = mark(model, Request(Task.ENTITIES, text))
    assert isinstance(answer, Entities)
    assert all(0 < each.score <= 1 for each in answer.spans)
    return [(text[each.start : each.end], each.label) for each in answer.spans]


def test_the_first_piece_of_a_word_decides(model: HubLanguage) -> None:
    assert found(model, "Marie Curie saw Rome.") == [("Marie Curie", "PER"), ("Rome", "LOC")]
    assert found(model, "Curie saw Marie") == [("Curie", "PER"), ("Marie", "PER")]


def test_a_name_that_begins_ends_the_one_before_it(model: HubLanguage) -> None:
    assert found(model, "Acme Beta and Acme") == [("Acme", "ORG"), ("Beta", "ORG"), ("Acme", "ORG")]


def test_other_kinds_are_left_out(model: HubLanguage) -> None:
    assert found(model, "Gold in Rome") == [("Rome", "LOC")]


def test_quotation_marks_are_no_part_of_a_name_and_an_at_sign_is() -> None:
    text = '("Ann Lee"), @bob "'
    tags = (
        "B-PER",
        "I-PER",
        "I-PER",
        "I-PER",
        "I-PER",
        "I-PER",
        "I-PER",
        "B-PER",
        "I-PER",
        "B-LOC",
    )
    places = ((0, 1), (1, 2), (2, 5), (6, 9), (9, 10), (10, 11), (11, 12))
    places += ((13, 14), (14, 17), (18, 19))
    marked = [Word(*place, tag, 0.5) for place, tag in zip(places, tags, strict=True)]
    found = [(text[each.start : each.end], each.label) for each in spans(text, marked, trim=True)]
    assert found == [("Ann Lee", "PER"), ("@bob", "PER")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("\U0001f600\U0001f3fd Marie saw \U0001f1e9\U0001f1ea Rome!", ["Marie", "Rome"]),
        ("in Zu\u0308rich and Rome", ["Zu\u0308rich", "Rome"]),
        ("عربي Marie שלום", ["Marie"]),
        ("<b>Marie</b>\x00Rome", ["Marie", "Rome"]),
        ("\ud83d Marie \udc00", ["Marie"]),
    ],
)
def test_places_are_right_whatever_stands_before(
    model: HubLanguage, text: str, names: list[str]
) -> None:
    assert [name for name, _label in found(model, text)] == names


def test_a_long_text_is_read_in_windows_without_a_seam(
    model: HubLanguage, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "saw and " * 9 + "Marie Curie saw Rome and " * 12
    shares: list[float] = []
    answer = mark(model, Request(Task.ENTITIES, text), lambda share, _text: shares.append(share))
    names = [text[each.start : each.end] for each in answer.spans]
    assert names == ["Marie Curie", "Rome"] * 12
    network: Any = model.network
    assert len(network.seen) > 3 and max(map(len, network.seen)) <= 24
    assert shares == sorted(shares) and shares[-1] == 1


def test_each_word_is_taken_from_where_it_stands_deepest(tokenizer: Tokenizer) -> None:
    """A network that knows a name only where something stands around it in its window."""

    def script(ids: list[int]) -> list[list[float]]:
        edge = 3
        inner = range(1 + edge, len(ids) - 1 - edge)
        return [
            tag("B-LOC") if tokenizer.id_to_token(n) == "Rome" and at in inner else tag("O")
            for at, n in enumerate(ids)
        ]

    model = scripted("distilbert_ner", tokenizer, script, TAGS, reads=66)
    text = "saw saw saw saw " + "Rome " * 200 + "saw saw saw saw"
    assert OVERLAP // 8 > 3
    assert len(mark(model, Request(Task.ENTITIES, text)).spans) == 200


def test_nothing_is_refused_and_silence_is_no_error(model: HubLanguage) -> None:
    nothing = mark(model, Request(Task.ENTITIES, " \n"))
    assert nothing.verdict.outcome is Outcome.REFUSED and nothing.spans == ()
    none = mark(model, Request(Task.ENTITIES, "saw and"))
    assert none.verdict.outcome is Outcome.ANSWER and none.spans == ()


def test_names_are_those_of_transformers(loaded: Load) -> None:
    model = loaded("distilbert_ner")
    assert isinstance(model.network, DistilBertForTokenClassification)
    fast: Any = PreTrainedTokenizerFast
    pipeline: Any = TokenClassificationPipeline
    theirs = pipeline(
        model=model.network,
        tokenizer=fast(tokenizer_object=model.tokenizer, pad_token="[PAD]", unk_token="[UNK]"),
        aggregation_strategy="first",
    )
    for text in CORPUS:
        wanted = [
            (
                each["start"],
                each["end"],
                each["entity_group"],
                pytest.approx(each["score"], abs=1e-4),
            )
            for each in theirs(text)
            if each["entity_group"] in KINDS
        ]
        ours = mark(model, Request(Task.ENTITIES, text)).spans
        assert [(each.start, each.end, each.label, each.score) for each in ours] == wanted
    assert any(mark(model, Request(Task.ENTITIES, text)).spans for text in CORPUS)
