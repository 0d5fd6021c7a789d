"""How fast the bundled recognizer hears on one core, PocketSphinx beside it, and in what memory.

Each is measured in a process of its own, all of whose libraries have a single thread.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from demos.benchmark.measure import Series, peak_memory, seconds_of
from demos.benchmark.speech import SPEC, command, digits
from demos.core.audio.sound import DecodedAudio
from demos.core.audio.voice import voice_regions
from demos.core.devices import CPU, process_memory
from demos.core.spec import PACKAGE
from demos.core.speech.chunks import plan
from demos.core.speech.transcript import Transcription
from demos.speech_recognition import baseline, commands
from demos.speech_recognition.commands import LONGEST, OVERLAP
from demos.speech_recognition.features import log_mel
from demos.speech_recognition.hub_models import DEFAULT

STAGES = ("voice", "network", "decoding")
ONE_THREAD = dict.fromkeys(("DLW_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")


def speed(rounds: int, minute: float, half_hour: float) -> dict[str, Any]:
    """What `measure_speed` finds, in a process of its own."""
    return in_process("measure_speed", rounds, minute, half_hour)


def memory(seconds: float) -> dict[str, int]:
    """What `measure_memory` finds, in a process of its own."""
    found: dict[str, int] = in_process("measure_memory", seconds)
    return found


def in_process(function: str, *arguments: float) -> Any:
    """The result of a function of this module, called in a new process of one thread."""
    program = (
        f"import json; from demos.benchmark.speech_ours import {function}; "
        f"print(json.dumps({function}(*{arguments!r})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PACKAGE.parent,
        env=os.environ | ONE_THREAD,
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)


def measure_speed(rounds: int, minute: float, half_hour: float) -> dict[str, Any]:
    """Seconds of every round by stage, what was heard, and after which time the first word was.

    Recordings of `minute` and `half_hour` seconds; the longer one is heard to its end once.
    """
    model = commands.load(SPEC, CPU)
    peer: Any = baseline.load(baseline.BASELINE, CPU).recognizer
    short, (minute_long, said), (long, _) = command(), digits(minute), digits(half_hour)
    heard = {"said": said, "ours": text(model, minute_long), "peer": peer_text(peer, minute_long)}
    ours: list[dict[str, float]] = []
    peers: list[float] = []
    for _ in range(rounds):
        ours.append(stages(model, minute_long))
        peers.append(seconds_of(partial(peer_text, peer, minute_long)))
    text(model, short)
    return {
        "seconds": {"command": short.seconds, "minute": minute, "half_hour": half_hour},
        "command": by_stage([stages(model, short) for _ in range(rounds)]),
        "minute": by_stage(ours),
        "half_hour": by_stage([stages(model, long)]),
        "peer": peers,
        "first_text": [first_text(model, long) for _ in range(rounds)],
        "texts": heard,
    }


def stages(model: commands.Model, audio: DecodedAudio) -> dict[str, float]:
    """Seconds for the whole, for the search for voices and for the network with its features, each
    by itself; decoding, with all the rest, is what they leave of it."""
    whole = seconds_of(partial(text, model, audio))
    began = time.perf_counter()
    regions = voice_regions(audio)
    voice = time.perf_counter() - began
    network = 0.0
    for piece in plan(regions, audio.seconds, LONGEST, OVERLAP):
        samples = audio.samples(piece.start, piece.end)
        network += seconds_of(lambda samples=samples: model.forward(log_mel(samples)[None]))  # type: ignore[misc]
    return {"voice": voice, "network": network, "decoding": whole - voice - network, "all": whole}


def by_stage(rounds: Sequence[dict[str, float]]) -> Series:
    return {stage: [each[stage] for each in rounds] for stage in (*STAGES, "all")}


def text(model: commands.Model, audio: DecodedAudio) -> str:
    return commands.predict(model, audio, DEFAULT).text


class FirstWord(Exception):
    """Somebody waited for no more than that."""


def first_text(model: commands.Model, audio: DecodedAudio) -> float:
    """Seconds until there is something to read, the recording being decoded."""

    def tell(heard: Transcription) -> None:
        if heard.text:
            raise FirstWord

    began = time.perf_counter()
    with suppress(FirstWord):
        commands.predict(model, audio, DEFAULT, tell)
    return time.perf_counter() - began


def peer_text(peer: baseline.Baseline, audio: DecodedAudio) -> str:
    """What PocketSphinx hears in the whole recording at once, as its own examples call it."""
    decoder = peer.decoder
    decoder.start_utt()
    decoder.process_raw(audio.pcm.tobytes(), full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return found.hypstr if found else ""


def measure_memory(seconds: float) -> dict[str, int]:
    """Bytes that the process occupies with the model loaded and run; then with a recording of so
    many seconds decoded; and at the peak of hearing that."""
    model = commands.load(SPEC, CPU)
    text(model, command())
    loaded = process_memory()
    audio, _ = digits(seconds)
    audio.pcm.sum()
    before = process_memory()
    text(model, audio)
    return {"loaded": loaded, "before": before, "peak": peak_memory()}
