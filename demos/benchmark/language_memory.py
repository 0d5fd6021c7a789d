"""What the models of all tasks occupy together, and the sentence encoder by itself.

Each is measured in a process of its own, which has imported all libraries, and learned to tell
languages, before it begins. What it occupies then is subtracted: every model needs as much.
"""

import ctypes
import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from demos.benchmark.language import letter, on_cpu
from demos.core import sentence_encoder
from demos.core.devices import CPU
from demos.core.language.answers import SORTING, Request, Task
from demos.core.language.scope import warm_up
from demos.core.sentence_encoder import ARCHITECTURE
from demos.core.spec import PACKAGE, ModelSpec
from demos.language_tasks import inference
from demos.language_tasks.offered import MEANING, OWN, READER, TEXT_TASKS, TRANSLATOR
from demos.language_tasks.reader import framed, read
from demos.language_tasks.reading import ROOM

SMAPS = Path("/proc/self/smaps")
TEXT = letter(8, seed=0)
GIVEN_BACK = {"MALLOC_ARENA_MAX": "1", "MKL_DISABLE_FAST_MM": "1"}
"""What was freed goes back to the system. Else the C library keeps what every thread has freed, and
MKL its buffers, each as much as it likes."""
Load = Callable[[ModelSpec], Any]


def memory() -> dict[str, int]:
    """Bytes: `tasks` of all models, `explained` with the network for attributions beside them,
    `encoder` of the sentence encoder, `heads` of all the reader's heads and the sentence scorer."""
    return in_process("all_tasks") | in_process("one_encoder")


def in_process(function: str) -> dict[str, int]:
    """The result of a function of this module, called in a new process."""
    program = (
        f"import json; from demos.benchmark.language_memory import {function}; "
        f"print(json.dumps({function}()))"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command,
        cwd=PACKAGE.parent,
        env=os.environ | GIVEN_BACK,
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, int] = json.loads(done.stdout)
    return found


def all_tasks(load: Load = on_cpu) -> dict[str, int]:
    """Every task done once, and the whole vocabulary read."""
    before = ready()
    models = {spec.name: load(spec) for spec in (READER, MEANING, TRANSLATOR)}
    for request in requests():
        inference.predict(models[OWN[request.task].name], request)
    for ids in vocabulary():
        read(models[READER.name], [framed(ids)], SORTING)
    tasks = occupied() - before
    reader, meaning = models[READER.name], models[MEANING.name]
    inference.explain(reader, Request(Task.SENTIMENT, TEXT), reader.labels[Task.SENTIMENT][0])
    return {
        "tasks": tasks,
        "explained": occupied() - before,
        "heads": sum(each.nbytes for each in heads(reader.module(), meaning.scorer)),
    }


def one_encoder() -> dict[str, int]:
    """The sentence encoder, in single precision, having read a text, and its whole vocabulary."""
    before = ready()
    encoder = sentence_encoder.load(CPU)
    encoder.encode([TEXT])
    encoder.network.get_input_embeddings().weight.sum()
    return {"encoder": occupied() - before}


def ready() -> int:
    """Bytes occupied by what every model needs."""
    import onnxruntime  # noqa: F401
    from transformers import (  # noqa: F401
        BertConfig,
        BertModel,
        GenerationConfig,
        MarianConfig,
        MarianMTModel,
        PreTrainedTokenizerFast,
    )

    from demos.language_tasks import network, summary_network, translation_network  # noqa: F401

    warm_up()
    return occupied()


def requests() -> Iterator[Request]:
    """One of each task."""
    for task in TEXT_TASKS:
        yield Request(task, TEXT, "What came two days early?", ("a complaint", "praise"))


def vocabulary() -> Iterator[list[int]]:
    """All tokens, in texts as long as are read at once: embeddings lie in a mapped file, of which
    only what has been read is in memory."""
    everything = list(range(ARCHITECTURE["vocab_size"]))
    for start in range(0, len(everything), ROOM):
        yield everything[start : start + ROOM]


def heads(network: Any, scorer: Any) -> Iterator[Any]:
    """Their parameters."""
    for name, each in network.named_parameters():
        if not name.startswith("encoder."):
            yield each
    yield from scorer.parameters()


def occupied() -> int:
    """Bytes of RAM of this process.

    On Linux: its own memory, and what it has read of mapped weights, which models share: a file
    counts at most once. The resident set would count it as often as it is mapped, and with it the
    code of libraries, which is mapped as it is first run. What was freed, such as the numbers a
    network begins with, is given back first: how much of that stays is up to the allocator.
    Elsewhere: what would be free if the process ended.
    """
    gc.collect()
    process = psutil.Process()
    if not SMAPS.exists():
        return int(process.memory_full_info().uss)
    with suppress(AttributeError):  # not every C library has it
        ctypes.CDLL(None).malloc_trim(0)
    maps = process.memory_maps()
    weights = [each for each in maps if each.path.endswith(".safetensors")]
    return sum(each.anonymous for each in maps) + sum(
        min(each.rss - each.anonymous, Path(each.path).stat().st_size) for each in weights
    )
