"""What a model says of a text, to hand to a colleague: one HTML file that needs nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from demos.core.language.answers import (
    Answer,
    Answered,
    Entities,
    Found,
    Sorted,
    Summarized,
    Translation,
)
from demos.core.language.marks import (
    STYLE_FILE,
    Entry,
    Mark,
    legend_html,
    marked_html,
    safe,
    visible,
)
from demos.core.language.rows import Table, table_html
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
    summary_marks,
    translation_table,
    weight_table,
)
from demos.core.language.words import headline, how_sure, meaning
from demos.core.report import MARKS, STYLE, html_document, record_html
from demos.core.results import Outcome

LANGUAGE_STYLE = STYLE + STYLE_FILE.read_text() + (Path(__file__).parent / "report.css").read_text()


@dataclass(frozen=True, slots=True)
class Weighed:
    """What each word adds to the score of a `label`: in sentences, marked in the text, and in a
    table."""

    label: str
    told: tuple[str, ...]
    marks: tuple[Mark, ...]
    legend: tuple[Entry, ...]
    table: Table


@dataclass(frozen=True, slots=True)
class LanguageReport:
    """An answer ready to be laid out.

    `name` is what the text is called. `why` says what each word adds to the score of a label,
    `tried` what changes of the text would do, where that was looked at. `facts` are the rows of the
    record as shown.
    """

    title: str
    question: str
    name: str
    answer: Answer
    facts: tuple[tuple[str, str], ...]
    snippet: str
    model_card: str
    disclaimer: str
    made: datetime
    permalink: str | None = None
    why: Weighed | None = None
    tried: Table | None = None


def to_html(report: LanguageReport) -> str:
    """The answer for people: no scripts, no outside resources, every given text escaped."""
    answer = report.answer
    mark, word = MARKS[answer.verdict.outcome]
    title = headline(answer)
    sentences = "".join(
        f'<p dir="auto">{safe(each)}</p>' for each in (how_sure(answer), *meaning(answer)) if each
    )
    asked = f'<p dir="auto">Asked: {safe(answer.request.query)}</p>' if answer.request.query else ""
    permalink = f"<p>Permalink: <code>{safe(report.permalink or '')}</code></p>"
    body = f"""<header>
<p class="kicker">{safe(report.title)}</p>
<h1>{safe(report.question)}</h1>
<p class="quiet">{safe(report.name)} · {report.made:%Y-%m-%d %H:%M} UTC</p>
<p class="disclaimer">{safe(report.disclaimer)}</p>
</header>
<section class="answer {answer.verdict.outcome.value}">
<p class="outcome"><span aria-hidden="true">{mark}</span> {word}</p>
<h2 dir="auto">{safe(title)}</h2>
{sentences}{asked}
</section>
{"".join(sections(answer))}{why(answer.request.text, report.why) if report.why else ""}\
{listed(report.tried) if report.tried else ""}\
<section>
<h2>Record</h2>
{record_html((visible(fact), visible(value)) for fact, value in report.facts)}
<h3>Reproduce it in Python</h3>
<pre><code>{safe(report.snippet)}</code></pre>
{permalink if report.permalink else ""}
</section>
<footer>
<p>{safe(report.model_card)}</p>
<p class="disclaimer">{safe(report.disclaimer)}</p>
</footer>
"""
    return html_document(f"{word}: {title} · {visible(report.title)}", LANGUAGE_STYLE, body)


def sections(answer: Answer) -> Iterator[str]:
    """What is marked and what is listed; of a refused text its scores, folded away."""
    text = answer.request.text
    if answer.verdict.outcome is Outcome.REFUSED:
        yield from refused(answer)
        return
    match answer:
        case Sorted():
            yield listed(label_table(answer))
            if answer.pieces:
                marked = marked_html(text, sentence_marks(answer), "The text")
                yield section("In the text", marked + legend_html(sentence_legend(answer)))
                yield listed(sentence_table(answer))
        case Entities(spans=(_, *_)):
            marked = marked_html(text, entity_marks(answer), "The text")
            yield section("In the text", marked + legend_html(entity_legend(answer)))
            yield listed(entity_table(answer))
        case Answered(spans=(_, *_)):
            yield section("In the text", marked_html(text, candidate_marks(answer), "The text"))
            yield listed(candidate_table(answer))
        case Found(spans=(_, *_)):
            yield listed(passage_table(answer))
            yield section("In the text", marked_html(text, passage_marks(answer), "The text"))
        case Summarized():
            yield section("Summary", f'<p class="summary" dir="auto">{safe(answer.summary)}</p>')
            yield section("In the text", marked_html(text, summary_marks(answer), "The text"))
            if answer.sentences:
                yield listed(weight_table(answer))
        case Translation():
            lang = answer.request.language
            whole = marked_html(answer.translation, (), "The translation", lang)
            yield section("Translation", whole)
            yield listed(translation_table(answer))
        case _:
            yield section("The text", marked_html(text, (), "The text"))


def refused(answer: Answer) -> Iterator[str]:
    """The text, and what would have been said of it."""
    withheld: Table | None = None
    match answer:
        case Sorted(scores=(_, *_)):
            withheld = label_table(answer)
        case Answered(spans=(_, *_)):
            withheld = candidate_table(answer)
        case Found(spans=(_, *_)):
            withheld = passage_table(answer)
        case _:
            pass
    yield section("The text", marked_html(answer.request.text, (), "The text"))
    if withheld:
        told = "Withheld: what it would have said"
        folded = f"<details><summary>{told}</summary>\n{table_html(withheld)}</details>"
        yield f"<section>\n{folded}\n</section>\n"


def why(text: str, found: Weighed) -> str:
    told = "".join(f'<p dir="auto">{safe(each)}</p>' for each in found.told)
    marked = marked_html(text, found.marks, "The text") + legend_html(found.legend)
    title = f"What each word adds to the score of {safe(found.label)}"
    return section(title, told + marked) + listed(found.table)


def listed(table: Table) -> str:
    return section(table.label, table_html(table))


def section(title: str, content: str) -> str:
    return f"<section>\n<h2>{title}</h2>\n{content}\n</section>\n"
