"""What became of a file of messages, to hand to a colleague: one HTML file that needs nothing else.

Counts of every task, the topics if they were looked for, and the first messages; all of them are in
the table to download.
"""

import numpy as np

from demos.core.batch import Fate
from demos.core.language.answers import Task
from demos.core.language.batch_exports import about_batch
from demos.core.language.batch_results import Rows, Tally, shown, tally
from demos.core.language.batch_topics import TopicMap
from demos.core.language.marks import safe, visible
from demos.core.language.report import LANGUAGE_STYLE, listed, section
from demos.core.language.rows import MOST_ROWS, Cell, Column, Scored, Table, table_html
from demos.core.language.terms import TASKS, titled
from demos.core.language.words import listed as joined
from demos.core.report import html_document, record_html
from demos.core.wording import counted, duration, percent, significant

FATES = {
    Fate.ANSWER: "answered",
    Fate.UNSURE: "unsure",
    Fate.REFUSED: "refused",
    Fate.FAILED: "not read",
}


def to_html(rows: Rows, topics: TopicMap | None = None) -> str:
    """The results for people: no scripts, no outside resources, every given text escaped."""
    batch = rows.batch
    whole = counted(len(rows), "message")
    of = "" if batch.complete else f" of {batch.total or 0:,}: the file was not read to its end"
    facts = [(name.replace("_", " "), str(value)) for name, value in about_batch(rows).items()]
    facts.append(("time", duration(batch.seconds)))
    body = f"""<header>
<p class="kicker">{safe(batch.spec.title)}</p>
<h1>What {whole} say</h1>
<p class="quiet">{safe(batch.file.name)}, column {safe(batch.column)}{of} · \
{batch.made:%Y-%m-%d %H:%M} UTC</p>
</header>
{"".join(tallied(tally(rows, task), len(rows)) for task in batch.tasks)}\
{"" if topics is None else listed(topic_table(topics))}\
{listed(message_table(rows))}\
<section>
<h2>Record</h2>
{record_html((visible(name), visible(value)) for name, value in facts)}
</section>
"""
    return html_document(f"{whole} · {visible(batch.file.name)}", LANGUAGE_STYLE, body)


def tallied(found: Tally, rows: int) -> str:
    """A section: what became of the messages, and how often each label was the answer."""
    fates = [f"{many:,} {FATES[fate]}" for fate, many in found.fates.items() if many]
    labels: list[tuple[Cell, ...]] = [
        (
            titled(each.label, found.task),
            f"{each.count:,}",
            Scored(percent(each.count / rows), each.count / rows),
            significant(each.mean),
        )
        for each in found.labels
    ]
    columns = (
        Column("Label"),
        Column("Messages"),
        Column("Share", wide=True),
        Column("Mean score"),
    )
    content = [f"<p>{safe(joined(fates))}.</p>"]
    if labels:
        content.append(table_html(Table(f"Labels of {found.task}", columns, labels)))
    if found.reasons:
        reasons: list[tuple[Cell, ...]] = [(why, f"{many:,}") for why, many in found.reasons]
        content.append("<h3>Why messages got no answer</h3>")
        two = (Column("Reason", wide=True), Column("Messages"))
        content.append(table_html(Table("Reasons", two, reasons)))
    return section(safe(TASKS[found.task]), "".join(content))


def topic_table(found: TopicMap) -> Table:
    """All topics, the largest first, each with its most typical message."""
    rows: list[tuple[Cell, ...]] = [
        (each.name, Scored(percent(each.share), each.share), found.texts[each.typical[0]])
        for each in found.topics.topics
    ]
    columns = (Column("Topic"), Column("Share"), Column("Typical message", wide=True))
    return Table("Topics", columns, rows)


def message_table(rows: Rows) -> Table:
    """The first messages with what was found of each."""
    batch = rows.batch
    first = shown(rows, np.arange(min(len(rows), MOST_ROWS)))
    lines: list[tuple[Cell, ...]] = [
        (f"{each['row']:,}", each["text"], *(answer_of(each, task) for task in batch.tasks))
        for each in first.iter_rows(named=True)
    ]
    columns = (
        *(Column("Row"), Column("Message", wide=True)),
        *(Column(TASKS[task]) for task in batch.tasks),
    )
    whole = len(rows) <= MOST_ROWS
    return Table("Messages" if whole else f"The first {MOST_ROWS} messages", columns, lines)


def answer_of(row: dict[str, object], task: Task) -> str:
    """The label, or that there is none."""
    fate = Fate(str(row[f"{task.value}_outcome"]))
    label = row[task.value]
    if label is None:
        return FATES[fate]
    said = titled(str(label), task)
    return f"{said} (unsure)" if fate is Fate.UNSURE else said
