"""What was heard in many recordings, to take away: a table, a data file, a ZIP of transcripts.

Every row is in the table and in the data, also of recordings that could not be read. The ZIP holds
the table, and for each recording in which something was heard its text, subtitles and data.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from demos.core.archive import shown_names
from demos.core.speech.batch import Row, doubtful_share, summary, word_count
from demos.core.speech.error_rate import CorpusRates
from demos.core.speech.exports import dumped, measure, result_document, table, to_json
from demos.core.speech.subtitles import to_srt, to_txt, to_vtt

COLUMNS = (
    *("number", "file", "outcome", "text", "words", "low_confidence_share", "low_confidence_below"),
    *("measure", "language", "audio_seconds", "processing_seconds", "rejected", "reference"),
    *("word_error_rate", "word_errors", "reference_words", "reason", "notes", "bytes", "sha256"),
    *("model", "weights", "disclaimer"),
)
FOLDER, TABLE = "transcripts", "all-recordings.csv"
UNSAFE = str.maketrans('<>:"|?*', "_______")
"""Characters that some system allows in no file name."""


@dataclass(frozen=True, slots=True)
class ManyTranscripts:
    """Rows ready to be written. A word whose score is below `doubtful` counts as little sure.

    `complete` is false for a table that was canceled, failed or still fills; `pooled` is None where
    no recording came with a reference.
    """

    title: str
    model: str
    rows: tuple[Row, ...]
    doubtful: float
    pooled: CorpusRates | None
    complete: bool
    made: datetime
    disclaimer: str


def rows_csv(many: ManyTranscripts) -> str:
    """One line per recording; in each the disclaimer, since lines get sorted, cut and copied."""
    return table(COLUMNS, (cells(row, many) for row in many.rows))


def cells(row: Row, many: ManyTranscripts) -> tuple[str | float, ...]:
    heard, errors = row.heard, row.errors
    share = doubtful_share(heard, many.doubtful) if heard else None
    return (
        row.number,
        row.name,
        row.fate.value,
        row.text,
        word_count(heard) if heard else "",
        *(("", "", "") if share is None or heard is None else scored(share, many, measure(heard))),
        (heard.language or "") if heard else "",
        f"{row.audio_seconds:.3f}",
        f"{row.seconds:.4f}",
        len(heard.rejected) if heard else "",
        row.reference or "",
        "" if errors is None or errors.wer is None else f"{errors.wer:.4f}",
        *(("", "") if errors is None else (errors.errors, errors.words)),
        row.reason,
        " ".join(row.notes),
        row.size,
        row.sha256,
        *((heard.provenance.model, heard.provenance.weights) if heard else ("", "")),
        many.disclaimer,
    )


def scored(share: float, many: ManyTranscripts, measured: str) -> tuple[str, str, str]:
    return f"{share:.4f}", f"{many.doubtful:g}", measured


def many_json(many: ManyTranscripts) -> str:
    """All rows for machines, each in the shape of a single one's export."""
    totals = summary(many.rows)
    return dumped(
        {
            "title": many.title,
            "made": many.made.isoformat(timespec="seconds"),
            "model": many.model,
            "complete": many.complete,
            "outcomes": {fate.value: count for fate, count in totals.fates.items()},
            "audio_seconds": round(totals.audio_seconds, 3),
            "processing_seconds": round(totals.seconds, 4),
            "words": totals.words,
            "compared_with_references": pooled_document(many.pooled),
            "results": [row_document(row, many.doubtful) for row in many.rows],
            "disclaimer": many.disclaimer,
        }
    )


def pooled_document(pooled: CorpusRates | None) -> dict[str, Any] | None:
    """The rates of all recordings with a reference, with their intervals of 95 %."""
    if pooled is None:
        return None
    rates = {"wer": pooled.wer, "cer": pooled.cer, "exact": pooled.exact}
    return {"n": pooled.n} | {
        name: {"value": rate.value, "low": rate.low, "high": rate.high}
        for name, rate in rates.items()
    }


def row_document(row: Row, doubtful: float) -> dict[str, Any]:
    """A row as a dictionary; one that could not be read has no text and says why."""
    found: dict[str, Any] = {"number": row.number}
    if row.heard is None:
        found |= {
            "input": {"name": row.name, "sha256": row.sha256},
            "outcome": row.fate.value,
            "reason": row.reason,
        }
    else:
        found |= result_document(row.heard, row.name)
        found["low_confidence_share"] = doubtful_share(row.heard, doubtful)
    found |= {"bytes": row.size, "notes": row.notes, "processing_seconds": row.seconds}
    if row.errors is not None:
        found["reference"] = {"text": row.reference, "wer": row.errors.wer, "cer": row.errors.cer}
    return found


def to_zip(many: ManyTranscripts) -> bytes:
    """Text, subtitles and data of each recording in which something was heard, and the table.

    Names are those of the recordings, folders included; none leads out of where it is unpacked.
    """
    heard = [(row, row.heard) for row in many.rows if row.heard and row.heard.text]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for stem, (row, transcription) in zip(stems(many.rows), heard, strict=True):
            name = f"{FOLDER}/{stem}"
            write(archive, f"{name}.txt", to_txt(transcription), many.made)
            write(archive, f"{name}.srt", to_srt(transcription), many.made)
            write(archive, f"{name}.vtt", to_vtt(transcription), many.made)
            document = to_json(transcription, row.name, many.disclaimer)
            write(archive, f"{name}.json", document, many.made)
        write(archive, TABLE, rows_csv(many), many.made)
    return buffer.getvalue()


def stems(rows: Sequence[Row]) -> list[str]:
    """What the files of each recording that has a text are called, without their endings."""
    paths = [PurePosixPath(row.name) for row in rows if row.heard and row.heard.text]
    return shown_names([str(path.with_suffix("")).translate(UNSAFE) for path in paths])


def write(archive: zipfile.ZipFile, name: str, text: str, made: datetime) -> None:
    entry = zipfile.ZipInfo(name, made.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, text)
