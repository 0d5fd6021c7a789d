"""Random tables in random styles against a plain reference; damaged files, of which none may crash.

`python -m tests.core.tables.test_random 5000` tries that many more of each.
"""

import csv
import gzip
import io
import random
import sys
from collections.abc import Callable
from datetime import datetime, timedelta

import polars as pl
import pyarrow as pa
import pytest

from demos.core.errors import UserError
from demos.core.settings import MIB, Settings
from demos.core.tables import Table
from tests.core.tables.small import parquet, table

LIMITS = Settings(max_table_expanded_bytes=8 * MIB, max_table_rows=100_000)
NAMES = {"time": "When", "card": "CUSTOMER", "amount": "Value", "id": "reference", "fraud": "label"}
DATES = ["%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"]
FLAGS = {1: ["1", "true", "YES", "bad"], 0: ["0", "False", "no", "good"], None: ["", "n/a"]}
CARDS = ["c 1", "Müller", 'say "hi"', "a;b,c|d", "line\nbreak", "  x ", "0007", "é,\n2"]
WRONG = {
    "time": ["", "soon", "1900-01-01", "2018-02-30", "99/99/9999"],
    "card": ["", "NULL", "y" * 300],
    "amount": ["", "-1", "free", "inf", "1e99"],
    "fraud": ["perhaps", "2"],
}


def made(chance: random.Random) -> tuple[bytes, list[tuple[object, ...]], int]:
    """A file, the rows that can be used as (time, card, amount, id, fraud), and how many cannot."""
    columns = list(NAMES)
    chance.shuffle(columns)
    delimiter, comma = chance.choice([(",", False), (";", True), ("\t", False), ("|", True)])
    style = chance.choice(DATES)
    text = io.StringIO()
    quoting = chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    end = chance.choice(["\n", "\r\n"])
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(NAMES[name] for name in columns)
    good: list[tuple[object, ...]] = []
    bad = 0
    for number in range(chance.randint(3, 60)):
        # Both a day and a month above 12 are among them, so that the order is beyond doubt.
        moment = datetime(2018, 1, 13) + timedelta(seconds=chance.randrange(0, 300 * 86_400))
        moment = datetime(2018, 1, 13 + number) if number < 3 else moment
        amount = chance.randrange(0, 10**6) / 100
        flag = chance.choice([1, 0, None])
        card = chance.choice(CARDS)
        shown = f"{amount:.2f}".replace(".", ",") if comma else f"{amount:.2f}"
        row = {
            "time": moment.strftime(style),
            "card": card,
            "amount": shown,
            "id": f"n{number}",
            "fraud": chance.choice(FLAGS[flag]),
        }
        defect = chance.choice(["none"] * 8 + ["value", "short", "long", "twice"])
        if number < 3:
            defect = "none"
        if defect in ("short", "long"):  # with a line break, where would the row end?
            row["card"] = "0007"
        if defect == "value":
            name = chance.choice(list(WRONG))
            row[name] = chance.choice(WRONG[name])
        fields = [row[name] for name in columns]
        if defect == "twice":
            fields[columns.index("id")] = "n0"
        if defect == "short":
            fields.pop()
        if defect == "long":
            fields.append("x")
        writer.writerow(fields)
        if defect == "none":
            clean = " ".join(card.split("\n")).strip()
            good.append((moment, clean, amount, f"n{number}", flag))
        else:
            bad += 1
        if chance.random() < 0.05:
            text.write(end)
    data = text.getvalue().encode(chance.choice(["utf-8", "utf-8-sig", "utf-16"]))
    packed = chance.choice(["", "gzip", "zstd"])
    return (pa.compress(data, packed, asbytes=True) if packed else data), good, bad


def agree(seed: int) -> None:
    data, good, bad = made(random.Random(seed))
    found = table(data)
    rows = found.frame.select("time", "card", "amount", "id", "fraud").rows()
    assert rows == good, seed
    assert len(found.quarantine) == bad, (seed, found.quarantine.reasons())
    lines = [*found.frame["row"].to_list(), *(row.line for row in found.quarantine.rows)]
    assert len(set(lines)) == len(lines), seed


@pytest.mark.parametrize("seed", range(60))
def test_random_tables_are_read_as_they_were_written(seed: int) -> None:
    agree(seed)


def originals() -> list[bytes]:
    rows = [
        (f"2018-04-{1 + n % 28:02} 10:00:{n % 60:02}", f"c{n % 7}", f"{n}.5", n, n % 2)
        for n in range(150)
    ]
    text = "time,card,amount,id,fraud\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)
    quoted = '"' + text.replace(",", '","').replace("\n", '"\n"').removesuffix('"')
    frame = pl.DataFrame(rows, ["time", "card", "amount", "id", "fraud"], orient="row")
    typed = frame.with_columns(pl.col("time").str.to_datetime())
    return [
        text.encode(),
        quoted.encode("utf-16"),
        text.replace(",", ";").replace(".5", ",5").encode("utf-8-sig"),
        gzip.compress(text.encode()),
        pa.compress(text.encode(), "zstd", asbytes=True),
        parquet(frame),
        parquet(typed, compression="uncompressed"),
        parquet(typed, compression="gzip", use_pyarrow=True),
        gzip.compress(parquet(typed)),
    ]


def damaged(data: bytes, chance: random.Random) -> bytes:
    """One of the ways in which files get damaged."""
    mutable = bytearray(data)
    match chance.choice(["bytes", "cut", "head", "doubled", "zeros", "swapped", "quotes"]):
        case "bytes":
            for _ in range(chance.randint(1, 20)):
                mutable[chance.randrange(len(mutable))] = chance.randrange(256)
        case "cut":
            del mutable[chance.randrange(len(mutable)) :]
        case "head":
            del mutable[: chance.randrange(len(mutable))]
        case "doubled":
            place = chance.randrange(len(mutable))
            mutable[place:place] = mutable[place : place + chance.randrange(1, 500)]
        case "zeros":
            place = chance.randrange(len(mutable))
            size = min(chance.randrange(1, 200), len(mutable) - place)
            mutable[place : place + size] = bytes(size)
        case "swapped":
            for _ in range(50):
                a, b = (chance.randrange(len(mutable)) for _ in range(2))
                mutable[a], mutable[b] = mutable[b], mutable[a]
        case "quotes":
            for _ in range(chance.randint(1, 9)):
                mutable.insert(chance.randrange(len(mutable)), chance.choice(b'",;\n\r\t'))
    return bytes(mutable)


def survives(data: bytes, read: Callable[..., Table] = table) -> bool:
    """Whether it could be read; any error but one for the user passes."""
    try:
        found = read(data, LIMITS)
    except UserError as error:
        assert error.problem and error.remedy
        return False
    assert found.frame["amount"].is_finite().all()
    assert found.frame.select("time", "card", "amount").null_count().sum_horizontal().item() == 0
    found.quarantine.to_csv().decode()
    return True


@pytest.mark.parametrize("which", range(len(originals())))
def test_damaged_files_end_in_a_table_or_a_sentence(which: int) -> None:
    chance = random.Random(which)
    original = originals()[which]
    assert survives(original)
    for _ in range(30):
        survives(damaged(original, chance))


if __name__ == "__main__":
    count = int(sys.argv[1])
    for seed in range(1000, 1000 + count):
        agree(seed)
        chance = random.Random(seed)
        data = damaged(chance.choice(originals()), chance)
        try:
            survives(data)
        except BaseException:
            print("seed", seed)
            raise
