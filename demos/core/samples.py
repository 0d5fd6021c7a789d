"""The samples a demo ships, so that a page shows a real prediction before anything is uploaded."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from demos.core.spec import PACKAGE


class SampleKind(StrEnum):
    TYPICAL = "typical"
    HARD = "hard"
    FAILURE = "known failure"
    OUT_OF_SCOPE = "out of scope"


@dataclass(frozen=True, slots=True)
class Sample:
    """One bundled input. `key` is its name in permalinks; `label` the class it was made as."""

    key: str
    model: str
    title: str
    kind: SampleKind
    label: str | None
    note: str
    path: Path

    def read(self) -> bytes:
        return self.path.read_bytes()


def samples(slug: str, model: str) -> tuple[Sample, ...]:
    """The samples of one model, in display order, from `demos/<slug>/samples/samples.json`."""
    folder = PACKAGE / slug / "samples"
    listed = json.loads((folder / "samples.json").read_text())
    return tuple(
        Sample(
            key=each["key"],
            model=each["model"],
            title=each["title"],
            kind=SampleKind(each["kind"]),
            label=each["label"],
            note=each["note"],
            path=folder / each["file"],
        )
        for each in listed
        if each["model"] == model
    )


def one_of_each_first(shipped: Sequence[Sample]) -> list[Sample]:
    """One sample per label before any label comes twice, otherwise in the given order."""
    seen: Counter[str | None] = Counter()
    rounds = []
    for each in shipped:
        seen[each.label] += 1
        rounds.append((seen[each.label], each))
    return [each for _, each in sorted(rounds, key=lambda pair: pair[0])]
