"""Many messages through a sorter: what becomes of each, and of the whole."""

import csv
import io
import json

import numpy as np
import polars as pl
import pytest

from demos.core.batch import Fate
from demos.core.errors import InputError
from demos.core.jobs import Jobs, State
from demos.core.language import batch as module
from demos.core.language import batch_scoring
from demos.core.language.answers import Task
from demos.core.language.batch import Batch, run
from demos.core.language.batch_exports import to_csv, to_json, to_parquet
from demos.core.language.batch_report import to_html
from demos.core.language.batch_results import (
    Filter,
    kept_names,
    languages,
    matching,
    ordered,
    rows_of,
    shown,
    tally,
)
from demos.core.language.batch_scoring import EMPTY, NOTHING
from demos.core.language.batch_topics import topic_map
from tests.core.language.messages import (
    NO_INTENT,
    PATIENCE,
    RULES,
    SETTINGS,
    Sorter,
    batch_of,
    csv_of,
    parquet_of,
    worked,
)

TEXTS = ["good", "bad, cancel it", "torn", "so so", "bonjour", " ", "nothing", "good", "=2+5"]
SENTIMENT, INTENT = Task.SENTIMENT, Task.INTENT


@pytest.fixture
def board() -> Jobs:
    return Jobs(2)


@pytest.fixture
def sorter() -> Sorter:
    return Sorter()


def done(board: Jobs, sorter: Sorter, data: bytes, **more: object) -> Batch:
    batch = batch_of(data, kept=("id",), **more)
    job = worked(board, batch, sorter.engine())
    assert job.state is State.DONE, job.error
    return batch


def table(batch: Batch) -> list[dict[str, object]]:
    rows = rows_of(batch)
    return shown(rows, np.arange(len(rows))).to_dicts()


def test_every_message_gets_its_answers(board: Jobs, sorter: Sorter) -> None:
    batch = done(board, sorter, csv_of(TEXTS))
    found = table(batch)
    assert [row["text"] for row in found] == TEXTS
    assert [row["id"] for row in found] == [str(n) for n in range(1, 10)]
    assert [row["row"] for row in found] == list(range(1, 10))
    assert [row["language"] for row in found][3:6] == ["en", "fr", None]
    assert [row["sentiment"] for row in found] == [
        *("positive", "negative", "positive", "positive"),
        *(None, None, None, "positive", "positive"),
    ]
    assert [row["sentiment_outcome"] for row in found] == [
        *("answer", "answer", "unsure", "unsure"),
        *("refused", "refused", "refused", "answer", "unsure"),
    ]
    assert [row["sentiment_reason"] for row in found] == [
        "",
        "",
        "Nearly tied: Positive 0.52 and Negative 0.48.",
        "Not sure enough: Positive 0.58; an answer needs 0.60.",
        "This looks like French.",
        EMPTY,
        NOTHING,
        "",
        "Not sure enough: Positive 0.58; an answer needs 0.60.",
    ]
    assert found[1]["intent"] == "cancel" and found[1]["intent_outcome"] == "answer"
    assert found[0]["intent_outcome"] == "refused" and found[0]["intent_reason"] == NO_INTENT
    assert batch.source is None and batch.complete and not batch.known


def test_equal_messages_are_scored_once(board: Jobs, sorter: Sorter) -> None:
    batch = done(board, sorter, csv_of(["good", "bad"] * 2000))
    assert sum(map(len, sorter.asked)) == 2 and batch.distinct == 2 and batch.rows == 4000
    assert tally(rows_of(batch), SENTIMENT).fates[Fate.ANSWER] == 4000


def test_the_model_is_lent_for_a_chunk(board: Jobs, sorter: Sorter) -> None:
    done(board, sorter, csv_of([f"good {n}" for n in range(1500)]))
    assert max(map(len, sorter.asked)) == batch_scoring.CHUNK


def test_a_hundred_thousand_messages(board: Jobs, sorter: Sorter) -> None:
    texts = [f"message {n} is {'good' if n % 3 else 'bad'}" for n in range(100_000)]
    data = csv_of(texts)
    batch = done(board, sorter, data)
    counts = {each.label: each.count for each in tally(rows_of(batch), SENTIMENT).labels}
    assert counts == {"positive": 66_666, "negative": 33_334}
    lines = to_csv(rows_of(batch)).count(b"\r\n")
    assert lines == 100_001 and pl.read_parquet(io.BytesIO(to_parquet(rows_of(batch)))).height
    assert batch.size < 20e6, "bounded memory: packed texts, and answers in a few bytes"


def test_it_reports_and_can_be_canceled_and_goes_on(board: Jobs, sorter: Sorter) -> None:
    texts = [f"good {n}" for n in range(3000)]
    texts[2500] += " wait"
    batch, engine = batch_of(csv_of(texts)), sorter.engine()
    job = board.start(lambda job: run(batch, engine, SETTINGS, job), batch)
    assert sorter.held.wait(PATIENCE)
    progress = job.progress
    assert progress.done == 2304 and progress.total == 3000 and progress.eta()
    assert len(rows_of(batch)) == 2304, "what is done can be seen"
    with pytest.raises(InputError, match="already"):
        run(batch, engine, SETTINGS, job)
    job.cancel()
    sorter.gate.set()
    assert job.wait(PATIENCE) and job.state is State.CANCELED
    assert batch.rows == 2560 and batch.source is not None and not batch.complete
    asked = sum(map(len, sorter.asked))
    again = worked(board, batch, engine)
    assert again.state is State.DONE and batch.complete and batch.rows == 3000
    assert again.progress.total == 3000 - 2560, "its pace is that of what was left"
    assert sum(map(len, sorter.asked)) - asked < 1000
    assert [row["text"] for row in table(batch)] == texts
    assert batch.source is None and batch.seconds > 0


def test_a_message_that_breaks_the_model_harms_no_other(board: Jobs, sorter: Sorter) -> None:
    found = table(done(board, sorter, csv_of([*(f"good {n}" for n in range(20)), "break"])))
    assert {row["sentiment_outcome"] for row in found[:20]} == {"answer"}
    assert found[20]["sentiment_outcome"] == "failed"
    assert "Report the reference" in str(found[20]["sentiment_reason"])


def test_a_model_that_is_broken_ends_it(board: Jobs, sorter: Sorter) -> None:
    batch = batch_of(csv_of([f"break {n}" for n in range(20)]))
    job = worked(board, batch, sorter.engine())
    assert job.state is State.FAILED and "on all of 20" in str(job.error)
    sorter.gone = True
    batch = batch_of(csv_of(["good"]))
    job = worked(board, batch, sorter.engine())
    assert "The model is gone" in str(job.error) and batch.source is not None
    sorter.gone = False
    assert worked(board, batch, sorter.engine()).state is State.DONE


def test_it_waits_for_a_model_that_is_in_use(
    board: Jobs, sorter: Sorter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demos.core.batch.RETRY_SECONDS", 0.01)
    sorter.busy = 3
    assert done(board, sorter, csv_of(["good"])).complete


def test_rows_that_fit_nowhere_and_long_ones(board: Jobs, sorter: Sorter) -> None:
    long = f"good {'x' * 1_000_000}"
    data = b"text,id\nfine good,1\ngood, a,2\n" + f"{long},3\n".encode() + b"good,4\n" * 9
    batch = done(board, sorter, data)
    found = table(batch)
    assert found[1]["sentiment_outcome"] == "failed"
    assert found[1]["sentiment_reason"] == "The row has 3 fields instead of 2."
    assert found[2]["text"] == long and batch.long == 1
    assert max(len(text) for each in sorter.asked for text in each) == 8192
    assert dict(tally(rows_of(batch), SENTIMENT).reasons) == {
        "The row has 3 fields instead of 2.": 1
    }


def test_long_messages_make_small_windows() -> None:
    rows = [module.Message("x" * 500_000, (), "") for _ in range(10)]
    assert [len(each) for each in module.windows(rows)] == [4, 4, 2]
    long = [module.Message("x" * 10_000, (), "") for _ in range(100)]
    assert [len(each) for each in module.windows(long)] == [31, 31, 31, 7]


def test_counts_and_filters(board: Jobs, sorter: Sorter) -> None:
    rows = rows_of(done(board, sorter, parquet_of(TEXTS)))
    found = tally(rows, SENTIMENT)
    assert [(each.label, each.count) for each in found.labels] == [("positive", 2), ("negative", 1)]
    assert found.labels[0].mean == pytest.approx(0.95)
    assert found.mean == pytest.approx((0.95 * 2 + 0.9) / 3)
    assert found.fates[Fate.UNSURE] == 3 and found.fates[Fate.REFUSED] == 3
    assert dict(found.reasons)["This looks like French."] == 1
    assert dict(tally(rows, INTENT).reasons)[NO_INTENT] == 5
    assert languages(rows) == [("en", 7), ("fr", 1)]
    for wanted, places in (
        (Filter(SENTIMENT), list(range(9))),
        (Filter(SENTIMENT, fates=(Fate.UNSURE,)), [2, 3, 8]),
        (Filter(SENTIMENT, labels=("negative",)), [1]),
        (Filter(SENTIMENT, languages=("fr",)), [4]),
        (Filter(SENTIMENT, text="CANCEL"), [1]),
        (Filter(SENTIMENT, least=0.9), [0, 1, 7]),
        (Filter(SENTIMENT, text="[("), []),
    ):
        assert matching(rows, wanted).tolist() == places, wanted
    order = ordered(rows, np.arange(9), SENTIMENT, least_first=True).tolist()
    assert order[0] == 2 and set(order[-3:]) == {4, 5, 6}
    assert ordered(rows, np.arange(9), SENTIMENT, least_first=False)[0] == 0
    assert shown(rows, np.array([8, 0]))["text"].to_list() == ["=2+5", "good"]
    assert shown(rows, np.array([], np.int64)).height == 0


def test_exports(board: Jobs, sorter: Sorter) -> None:
    texts = [*TEXTS, "nul\0good", "\N{PILE OF POO}\u202egood", 'two\nlines, "good"']
    batch = done(board, sorter, parquet_of(texts, "language"))
    rows = rows_of(batch)
    text = to_csv(rows).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text, newline="")))
    assert lines[0][:5] == ["row", "text", "id", "language", "sentiment"]
    assert lines[9][1] == "'=2+5" and lines[10][1] == "nul␀good"
    assert lines[12][1] == texts[11] and len(lines) == 13
    assert lines[3][lines[0].index("sentiment_reason")].startswith("Nearly tied")
    frame = pl.read_parquet(io.BytesIO(to_parquet(rows)))
    assert frame["text"].to_list() == texts and frame["sentiment"].dtype == pl.String
    about = json.loads(to_json(rows))
    assert about["complete"] and about["rows"] == 12 and about["floors"]["sentiment"] == 0.6
    assert about["tasks"]["sentiment"]["outcomes"]["unsure"] == 3
    assert about["languages"] == {"en": 10, "fr": 1} and about["column"] == "language"


def test_a_column_kept_that_is_called_like_ours(board: Jobs, sorter: Sorter) -> None:
    data = b"row,sentiment,text\n7,mine,good\n8,mine,bad\n"
    batch = batch_of(data, kept=("row", "sentiment"))
    assert worked(board, batch, sorter.engine()).state is State.DONE
    frame = pl.read_csv(io.BytesIO(to_csv(rows_of(batch))))
    assert frame.columns[:5] == ["row", "text", "row (file)", "sentiment (file)", "language"]
    assert frame["row (file)"].to_list() == [7, 8]


def test_nothing_yet_and_nothing_wanted(sorter: Sorter) -> None:
    batch = batch_of(csv_of(["good"]))
    rows = rows_of(batch)
    assert len(rows) == 0 and to_parquet(rows) == b""
    with pytest.raises(InputError, match="Nothing was chosen"):
        batch_of(csv_of(["good"]), rules={})


def test_a_score_that_is_no_number_is_no_answer(
    board: Jobs, sorter: Sorter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sorter, "row", staticmethod(lambda task, text: [float("nan")] * 2))
    found = table(done(board, sorter, csv_of(["good"]), rules={SENTIMENT: RULES[SENTIMENT]}))
    assert found[0]["sentiment_outcome"] == "unsure"


def test_a_file_with_too_many_rows(
    board: Jobs, sorter: Sorter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demos.core.language.batch_rows.MOST_ROWS", 3)
    job = worked(board, batch_of(csv_of(["good"] * 5)), sorter.engine())
    assert job.state is State.FAILED and "more than 3 rows" in str(job.error)


def test_kept_columns_have_names_of_their_own(board: Jobs, sorter: Sorter) -> None:
    data = csv_of(TEXTS).replace(b"id,message", b"text,message", 1)
    batch = batch_of(data, kept=("text",))
    batch.kept = ("text", "text (file)")
    assert kept_names(batch) == ["text (file)", "text (file) (file)"]


def test_the_report_tells_counts_reasons_and_messages(board: Jobs, sorter: Sorter) -> None:
    batch = done(board, sorter, csv_of([*TEXTS, "<b>good</b>", *(f"good {n}" for n in range(300))]))
    page = to_html(rows_of(batch))
    for said in (
        "What 310 messages say",
        f"{tally(rows_of(batch), SENTIMENT).fates[Fate.ANSWER]} answered",
        "This looks like French.",
        ">Positive<",
        "<b>" not in page and "&lt;b&gt;good&lt;/b&gt;",
        "The first 200 messages",
        batch.sha256,
    ):
        assert said and said in page, said
    assert "<script" not in page and "http" not in page.replace("http-equiv", "")
    job = board.start(lambda job: topic_map(rows_of(batch), sorter.vectors, job))
    assert job.wait(PATIENCE) and job.state is State.DONE
    assert job.result.topics.topics[0].name in to_html(rows_of(batch), job.result)
