"""What a model of English reads, and what it is kept from."""

import time
from pathlib import Path

import pytest

from demos.core.language.languages import NAMES, NO_LANGUAGE, SAME
from demos.core.language.scope import Scope, identifier, scope, scope_of_question, warm_up
from demos.core.results import Outcome

DATA = Path(__file__).parents[4] / "shared" / "data" / "language_tasks"

ENGLISH = [
    "where is my package",
    "WHERE IS MY PACKAGE",
    "ok",
    "thx pls",
    "hmmm",
    "sooooooo good",
    "📦 where is my parcel??? 😡😡😡",
    "RT @user: so excited for tonight!!! #party https://example.com/a",
    "<b>Hello</b> I want my money back",
    "<script>alert('x')</script> Please refund me, the parcel is lost",
    "I can&#39;t log in &amp; nobody answers &#128514;",
    "Thank you; I will wait (until Friday); then I'll call you.",
    "I love C++ -> best language (really)!",
    "The function f(x) = x + 1 is simple.",
    "Order #123: 2 x shirt (blue), 1 x hat; total = $45",
    "return my money",
    "name: Ann\nage: 30\ncity: Rome",
    "N\0UL and \ud83d half a character in my message",
    "The strengths of the rhythm are known",
]

FOREIGN = [
    ("Ich will mein Geld zurück", "de", "German"),
    ("WO IST MEIN PAKET, ICH WARTE", "de", "German"),
    ("Je veux un remboursement", "fr", "French"),
    ("¿Dónde está mi pedido?", "es", "Spanish"),
    ("onde está o meu pedido", "pt", "Portuguese"),
    ("chcę zwrot pieniędzy", "pl", "Polish"),
    ("Hvor er pakken min? Jeg har ventet lenge.", "no", "Norwegian"),
    ("где мой заказ", "ru", "Russian"),
    ("أريد استرداد أموالي", "ar", "Arabic"),
    ("איפה החבילה שלי", "he", "Hebrew"),
    ("我想退货", "zh", "Chinese"),
    ("今日は、荷物はどこですか", "ja", "Japanese"),
    ("환불해 주세요", "ko", "Korean"),
    ("Lorem ipsum dolor sit amet, consectetur adipiscing elit", "la", "Latin"),
]

CODE = [
    "def f(x):\n    return x+1",
    "def f(x):\n    return x",
    "async def main() -> None:\n    await other",
    "import numpy as np\nprint(np.zeros(3))",
    "for x in range(10):\n    total += x\nprint(total)",
    "SELECT * FROM users WHERE id = 3;",
    "function f(a){return a*2;}",
    "if (a > b) { swap(a, b); }",
    '#include <stdio.h>\nint main() {\n  printf("hi");\n  return 0;\n}',
    "public class A {\n  private int x;\n  public A() { this.x = 1; }\n}",
    "body { color: red; }\n.a { margin: 0 }",
    '{"a": 1, "b": [1, 2, 3], "name": "Ann"}',
    "<div class='x'>hello</div>",
    "<script>alert(1)</script>",
    "key=value\nfoo=bar\nbaz=1",
]

NOISE = [
    "asdf",
    "qwerty",
    "asdfghjkl qwertyuiop",
    "sdkfjh skdjfh sdkjfh",
    "xkcd qzv wrtp",
    "fgsfds",
    "aaaaaaaaaa",
    "a" * 1_000_000,
    "aGVsbG8gd29ybGQgdGhpcyBpcyBiYXNlNjQ=",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
    "9f86d081884c7d65 1b4f0e9851971998 60303ae22b998861",
]

WORDLESS = [
    ("12345", "only numbers"),
    ("+49 (0)30 / 1234-56", "only numbers"),
    ("🙂🙂", "only emoji"),
    ("12 🙂", "only numbers and emoji"),
    ("!!! ???", "only signs"),
    ("\0\x01", "only signs"),
    ("https://example.com/a", "only addresses or tags"),
    ("@anna #sale", "only addresses or tags"),
]


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_read_however_it_is_written(text: str) -> None:
    found = scope(text)
    assert found.verdict.outcome is Outcome.ANSWER, found.verdict.reason
    assert found.language in ("en", None)


@pytest.mark.parametrize(("text", "code", "name"), FOREIGN)
def test_another_language_is_named(text: str, code: str, name: str) -> None:
    found = scope(text)
    assert found.verdict.outcome is Outcome.REFUSED
    assert found.verdict.reason == f"The text seems to be {name}; this model reads English."
    assert found.language == code and 0.3 <= found.probability <= 1


@pytest.mark.parametrize(
    "question",
    ["Who wrote Die Verwandlung?", "In what year did Señora María Pérez García die?"],
)
def test_a_question_in_english_may_have_other_names_in_it(question: str) -> None:
    assert scope_of_question(question).verdict.outcome is Outcome.ANSWER


def test_a_question_in_another_language_is_told() -> None:
    found = scope_of_question("Wer hat den Vertrag am Montag unterschrieben?")
    assert found.verdict.reason == "The question seems to be German; this model reads English."
    assert scope_of_question("Was kostet der Versand nach Deutschland?").language == "de"
    assert scope_of_question("???").verdict.outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    "text",
    [
        "function room (upstairs): the wedding was lovely and the food was great",
        "fn key(s) not working: please help, my laptop is broken",
        "def leppard (live) was great: loved it",
    ],
)
def test_words_that_begin_like_a_function_are_none(text: str) -> None:
    assert scope(text).verdict.outcome is Outcome.ANSWER


def test_a_model_of_another_language_reads_that() -> None:
    assert scope("Ich will mein Geld zurück", ("de",)).verdict.outcome is Outcome.ANSWER
    english = scope("I want my money back, and soon", ("de",))
    assert english.verdict.reason == "The text seems to be English; this model reads German."


@pytest.mark.parametrize("text", CODE)
def test_source_code_is_told(text: str) -> None:
    assert "source code or markup" in scope(text).verdict.reason


@pytest.mark.parametrize("text", NOISE, ids=lambda text: text[:12])
def test_random_characters_are_told(text: str) -> None:
    assert "random characters" in scope(text).verdict.reason


@pytest.mark.parametrize(("text", "of_what"), WORDLESS)
def test_a_text_without_words_says_what_it_is_made_of(text: str, of_what: str) -> None:
    assert of_what in scope(text).verdict.reason


@pytest.mark.parametrize("text", ["", "  \n", "&nbsp;"])
def test_nothing_is_told(text: str) -> None:
    assert scope(text) == Scope(scope("").verdict) and "no text" in scope(text).verdict.reason


def test_a_long_text_is_judged_by_its_beginning_middle_and_end() -> None:
    page = "The parcel came late and nobody answered my calls. "
    assert scope(page * 5_000).verdict.outcome is Outcome.ANSWER
    german = "Das Paket kam zu spät, und niemand ging ans Telefon. "
    assert scope(german * 5_000).language == "de"


def test_the_identifier_knows_every_language_that_has_a_name() -> None:
    assert {*NAMES, *SAME, NO_LANGUAGE} == set(identifier().labels)


def test_a_short_message_takes_a_fraction_of_a_millisecond() -> None:
    warm_up()
    messages = [f"Hello, where is my order number {n}? It is late." for n in range(500)]
    began = time.process_time()
    for each in messages:
        scope(each)
    assert (time.process_time() - began) / len(messages) < 0.001  # 0.1 ms on an idle machine


@pytest.mark.skipif(not DATA.is_dir(), reason="the data sets are not here")
@pytest.mark.parametrize(
    ("file", "column", "least", "most"),
    [
        ("emotion-validation", "text", 0, 0.005),
        ("intent-validation", "text", 0, 0.005),
        ("sentiment-validation", "text", 0, 0.005),
        ("similarity-validation", "a", 0, 0.005),
        ("translation-validation", "en", 0, 0.005),
        ("translation-validation", "de", 0.99, 1),
        ("translation-validation", "fr", 0.99, 1),
    ],
)
def test_on_data_sets(file: str, column: str, least: float, most: float) -> None:
    from pyarrow import parquet

    table = parquet.read_table(DATA / f"{file}.parquet", columns=[column])
    texts = table[column].to_pylist()
    refused = sum(scope(text).verdict.outcome is Outcome.REFUSED for text in texts)
    assert least <= refused / len(texts) <= most
