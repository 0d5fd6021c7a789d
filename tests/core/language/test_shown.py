"""Marks and tables of each kind of answer fit its text, and say the same."""

from dataclasses import replace

from demos.core.language.marks import Tone, apart
from demos.core.language.rows import Scored
from demos.core.language.shown import (
    candidate_marks,
    candidate_table,
    entity_legend,
    entity_marks,
    entity_table,
    label_table,
    passage_marks,
    passage_table,
    sentence_legend,
    sentence_marks,
    sentence_table,
    spoken_scores,
    summary_marks,
    tone_of,
    translation_table,
    weight_table,
)
from tests.core.language import said


def cells(table: object) -> list[list[str]]:
    rows = table.rows  # type: ignore[attr-defined]
    return [[each.text if isinstance(each, Scored) else each for each in row] for row in rows]


def test_sentences_have_their_label_and_its_score_beside_them() -> None:
    answer = said.sentiment()
    marks = sentence_marks(answer)
    assert [each.label for each in marks] == [
        *("Positive 97.0\u00a0%", "Negative 88.0\u00a0%", "Positive 61.0\u00a0%")
    ]
    assert [each.tone for each in marks] == [Tone.ACCENT, Tone.WARNING, Tone.ACCENT]
    assert marks[0].strength > marks[2].strength
    assert [each.meaning for each in sentence_legend(answer)] == ["2 of 3", "1 of 3"]
    assert cells(sentence_table(answer))[1] == [
        *("2", "Breakfast came an hour late!", "Negative", "88.0 %")
    ]


def test_all_labels_are_listed_with_their_measure() -> None:
    table = label_table(said.sentiment(calibrated=False))
    assert cells(table) == [["Positive", "0.812"], ["Negative", "0.188"]]
    assert table.columns[1].title == "Model score"
    assert spoken_scores(said.emotion(), 2) == "Joy: 41.0 %; Surprise: 34.0 %; and 4 more"


def test_a_label_keeps_its_tone() -> None:
    topics = ("business", "science", "sports", "world", "zoology")
    assert [tone_of(each, topics) for each in topics[:4]] == list(Tone)
    emotions = ("anger", "joy", "surprise")
    tones = [tone_of(each, emotions) for each in emotions]
    assert tones == [Tone.WARNING, Tone.ACCENT, Tone.NEUTRAL]
    assert tone_of("neutral", ("negative", "neutral", "positive")) is Tone.NEUTRAL
    assert tone_of("POSITIVE", ("NEGATIVE", "POSITIVE")) is Tone.ACCENT
    assert tone_of("elsewhere", topics) is Tone.NEUTRAL


def test_names_are_marked_by_kind_and_listed_once() -> None:
    answer = said.entities()
    assert {each.label: each.tone for each in entity_marks(answer)} == {
        "person": Tone.ACCENT,
        "place": Tone.VIOLET,
        "organization": Tone.NEUTRAL,
    }
    assert [each.meaning for each in entity_legend(answer)] == [
        f"{many} in the text" for many in (3, 2, 1)
    ]
    listed = cells(entity_table(answer))
    assert ["Lisbon", "place", "2", "0.91"] in listed and len(listed) == 5


def test_candidates_carry_the_same_number_in_text_and_table() -> None:
    answer = said.answered()
    shown = apart(candidate_marks(answer), len(answer.request.text))
    assert [each.label for each in shown] == ["answer", "candidate 3"]
    assert [row[:2] for row in cells(candidate_table(answer))] == [
        ["1", "1 March 2021"],
        ["2", "March 2021"],
        ["–", "(no answer in the text)"],
        ["3", "thirty days"],
    ]


def test_passages_are_deeper_the_nearer_they_are() -> None:
    marks = passage_marks(said.found())
    assert [each.label for each in marks] == ["no. 1", "no. 2", "no. 3"]
    assert marks[0].strength == 1 and 0 < marks[2].strength < marks[1].strength < 1
    assert cells(passage_table(said.found()))[2][2] == "−0.02"
    opposite = replace(said.found().spans[2], score=-0.5)
    assert passage_marks(replace(said.found(), spans=(opposite,)))[0].strength > 0


def test_sentences_of_a_summary_are_marked_in_order() -> None:
    answer = said.summarized()
    assert [each.label for each in summary_marks(answer)] == ["summary 1", "summary 2", "summary 3"]
    assert [row[2] for row in cells(weight_table(answer))] == ["yes"] * 3 + ["no"] * 2
    assert summary_marks(said.written()) == ()


def test_doubtful_sentences_of_a_translation_say_so() -> None:
    table = translation_table(said.translation())
    assert cells(table)[0][1:3] == ["A dog runs on the beach.", "Ein Hund läuft am Strand."]
    assert table.columns[2].title == "German" and table.columns[2].language == "de"
    remarks = [row[3].remark for row in table.rows if isinstance(row[3], Scored)]
    assert remarks == ["", "check this"]
