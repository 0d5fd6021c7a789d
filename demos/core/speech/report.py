"""A transcript to hand to a colleague: one HTML file that needs nothing else."""

from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path

from demos.core.report import MARKS, STYLE, Figure, figure_html, html_document, record_html
from demos.core.results import Outcome
from demos.core.speech.error_rate import ErrorRates, Kind, Step
from demos.core.speech.subtitles import clock
from demos.core.speech.transcript import Segment, Transcription, Word
from demos.core.speech.words import spaced
from demos.core.wording import counted, duration, model_score, percent

SPEECH_STYLE = STYLE + (Path(__file__).parent / "report.css").read_text()

MAX_HEADLINE = 120
"""Characters; of a longer text the headline says how long it is."""


@dataclass(frozen=True, slots=True)
class SpeechReport:
    """A transcript ready to be laid out.

    `name` is that of the recording. Words whose score is below `doubtful` are marked; None marks
    none. `comparison` is with a reference text, if one was given. `facts` are the rows of the
    record as shown.
    """

    title: str
    question: str
    name: str
    heard: Transcription
    doubtful: float | None
    comparison: ErrorRates | None
    figures: tuple[Figure, ...]
    facts: tuple[tuple[str, str], ...]
    snippet: str
    model_card: str
    disclaimer: str
    made: datetime
    permalink: str | None = None


def to_html(report: SpeechReport) -> str:
    """The transcript for people: no scripts, no outside resources, every given text escaped."""
    heard = report.heard
    mark, word = MARKS[heard.outcome]
    title = headline(heard)
    reason = f"<p>{escape(heard.reason)}</p>" if heard.reason else ""
    permalink = f"<p>Permalink: <code>{escape(report.permalink or '')}</code></p>"
    body = f"""<header>
<p class="kicker">{escape(report.title)}</p>
<h1>{escape(report.question)}</h1>
<p class="quiet">{escape(report.name)} · {duration(heard.seconds)} · \
{report.made:%Y-%m-%d %H:%M} UTC</p>
<p class="disclaimer">{escape(report.disclaimer)}</p>
</header>
<section class="answer {heard.outcome.value}">
<p class="outcome"><span aria-hidden="true">{mark}</span> {word}</p>
<h2{language(heard)}>{escape(title)}</h2>
{reason}
</section>
{transcript_html(report)}{rejected_html(heard)}{comparison_html(report.comparison)}\
<section class="figures">
{"".join(figure_html(each) for each in report.figures)}
</section>
<section>
<h2>Record</h2>
{record_html(report.facts)}
<h3>Reproduce it in Python</h3>
<pre><code>{escape(report.snippet)}</code></pre>
{permalink if report.permalink else ""}
</section>
<footer>
<p>{escape(report.model_card)}</p>
<p class="disclaimer">{escape(report.disclaimer)}</p>
</footer>
"""
    return html_document(f"{word}: {title} · {report.title}", SPEECH_STYLE, body)


def headline(heard: Transcription) -> str:
    """The text itself, or how much of it there is."""
    if heard.outcome is Outcome.REFUSED or not heard.text:
        return "Nothing to read"
    if len(heard.text) <= MAX_HEADLINE:
        return heard.text
    return f"{counted(len(heard.text.split()), 'word')} in {duration(heard.seconds)}"


def language(heard: Transcription) -> str:
    """Attributes of an element with words of the recording, so that it is read out as written."""
    code = "en" if heard.options.translate else heard.language
    return ' dir="auto"' + (f' lang="{escape(code)}"' if code else "")


def transcript_html(report: SpeechReport) -> str:
    """What was said when; words in doubt are underlined, with a question mark."""
    heard = report.heard
    if not heard.segments:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{moment(each.start)}</th>'
        f"<td{language(heard)}>{segment_html(each, report.doubtful)}</td></tr>\n"
        for each in heard.segments
    )
    return f"""<section>
<h2>Transcript</h2>
{legend(report)}
<table class="transcript"><thead><tr><th scope="col">From</th><th scope="col">Text</th></tr></thead>
<tbody>
{rows}</tbody></table>
{words_html(heard)}
</section>
"""


def legend(report: SpeechReport) -> str:
    limit = report.doubtful
    if limit is None or not any(in_doubt(each, limit) for each in report.heard.words):
        return ""
    return (
        '<p class="quiet">Underlined, with a question mark: <mark class="doubtful">words</mark> '
        f"whose {score_name(report.heard).lower()} is below "
        f"{escape(said_score(limit, report.heard))}.</p>"
    )


def in_doubt(word: Word, limit: float) -> bool:
    return word.score is not None and word.score < limit


def segment_html(segment: Segment, limit: float | None) -> str:
    if not segment.words or limit is None:
        return escape(segment.text)
    said = [word for word in segment.words if word.text]
    parts = []
    for word, written in zip(said, spaced(word.text for word in said), strict=True):
        space, text = written.removesuffix(word.text), escape(word.text)
        marked = f'<mark class="doubtful">{text}</mark>' if in_doubt(word, limit) else text
        parts.append(space + marked)
    return "".join(parts)


def words_html(heard: Transcription) -> str:
    """All words with their times and scores, folded away."""
    if not heard.words:
        return ""
    rows = "".join(
        f'<tr><th scope="row"{language(heard)}>{escape(word.text)}</th>'
        f'<td class="number">{moment(word.start)}</td><td class="number">{moment(word.end)}</td>'
        f'<td class="number">{escape(said_score(word.score, heard))}</td></tr>\n'
        for word in heard.words
    )
    heads = "".join(
        f'<th scope="col">{name}</th>' for name in ("Word", "From", "To", score_name(heard))
    )
    return (
        f"<details><summary>{counted(len(heard.words), 'word')} with times and scores</summary>\n"
        f'<table class="words"><thead><tr>{heads}</tr></thead><tbody>\n{rows}</tbody></table>'
        "</details>"
    )


def rejected_html(heard: Transcription) -> str:
    """Speech that no word fits well enough."""
    if not heard.rejected:
        return ""
    rows = [
        (
            f"{moment(each.start)} to {moment(each.end)}",
            f"Nearest: {each.nearest}, {score_name(heard).lower()} {said_score(each.score, heard)}",
        )
        for each in heard.rejected
    ]
    title = "Heard, but no word of the vocabulary"
    return f"<section>\n<h2>{title}</h2>\n{record_html(rows)}\n</section>\n"


def comparison_html(rates: ErrorRates | None) -> str:
    """Error rates, and the two texts in one."""
    if rates is None:
        return ""
    facts = [
        ("Word error rate", "undefined" if rates.wer is None else percent(rates.wer)),
        ("Character error rate", "undefined" if rates.cer is None else percent(rates.cer)),
        ("Words right", f"{rates.hits:,} of {rates.words:,}"),
        ("Heard as another", f"{rates.substitutions:,}"),
        ("Not heard", f"{rates.deletions:,}"),
        ("Added", f"{rates.insertions:,}"),
    ]
    text = " ".join(step_html(each) for each in rates.alignment)
    return f"""<section>
<h2>Against the reference</h2>
<p>{escape(rates.sentence)}</p>
{record_html(facts)}
<p class="quiet alignment"><del>struck out</del>: in the reference, and not heard. \
<ins>with a plus</ins>: heard, and not in the reference.</p>
<p class="alignment" dir="auto">{text}</p>
</section>
"""


def step_html(step: Step) -> str:
    if step.kind is Kind.HIT:
        return escape(step.reference_word)
    said = f"<del>{escape(step.reference_word)}</del>" if step.reference_word else ""
    return said + (f"<ins>{escape(step.hypothesis_word)}</ins>" if step.hypothesis_word else "")


def moment(seconds: float) -> str:
    return clock(round(1000 * seconds), ".")


def score_name(heard: Transcription) -> str:
    return "Probability" if heard.calibrated else "Model score"


def said_score(score: float | None, heard: Transcription) -> str:
    """A score of a word in figures, as a percentage only where it is a probability."""
    if score is None:
        return ""
    return percent(score) if heard.calibrated else model_score(score)
