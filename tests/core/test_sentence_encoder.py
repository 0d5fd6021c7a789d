"""The sentence encoder: what it says of real sentences, and what it refuses to load."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import pytest

from demos.core.devices import CPU, Device
from demos.core.errors import WeightsMismatch
from demos.core.sentence_encoder import (
    ENCODER,
    MOST_TOKENS,
    SOURCE,
    TOKENIZER,
    WIDTH,
    Encoder,
    load,
    vocabulary,
)
from demos.core.spec import Packaged
from demos.core.store import ModelStore

ROOT = Path(__file__).parents[2]


def installed() -> bool:
    try:
        distribution(SOURCE.distribution)
    except PackageNotFoundError:
        return False
    return True


needs_weights = pytest.mark.skipif(not installed(), reason=f"{SOURCE.distribution} is missing")


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load(CPU)


@needs_weights
@pytest.mark.parametrize(
    ("one", "same", "other"),
    [
        ("A man is eating food.", "Someone has a meal.", "Stock prices fell sharply."),
        ("How do I reset my password?", "I forgot my login.", "The soup needs more salt."),
        ("A film about space travel", "Astronauts fly to Mars", "A romance in a bakery"),
        ("The dog runs after the ball", "A puppy chases a toy", "Interest rates rise again"),
    ],
)
def test_what_means_alike_is_nearer(encoder: Encoder, one: str, same: str, other: str) -> None:
    a, b, c = encoder.encode([one, same, other])
    assert a @ b > 0.3 > a @ c


@needs_weights
def test_vectors_do_not_depend_on_what_else_is_encoded(encoder: Encoder) -> None:
    texts = [
        "short",
        "",
        "a much longer sentence, which is padded to by the others",
        "näïve 東京 🎬",
    ]
    texts += [f"number {n}" for n in range(40)]
    together = encoder.encode(texts)
    assert together.shape == (44, WIDTH)
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, rtol=1e-5)
    alone = np.concatenate([encoder.encode([each]) for each in texts[:4]])
    np.testing.assert_allclose(together[:4], alone, atol=1e-5)


@needs_weights
def test_odd_texts_are_read(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, WIDTH)
    assert np.isfinite(encoder.encode(["\ud83c half a character", "\x00", " "])).all()
    start = "space travel " * MOST_TOKENS
    cut, longer = encoder.encode([start, start + "and then something else entirely " * 10_000])
    assert cut @ longer == pytest.approx(1, abs=1e-5), "the rest of a long text is not read"


@needs_weights
def test_threads_share_an_encoder(encoder: Encoder) -> None:
    texts = [[f"sentence {n}", f"and another, longer one, number {n}"] for n in range(8)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(encoder.encode, texts))
    for given, found in zip(texts, together, strict=True):
        np.testing.assert_allclose(found, encoder.encode(given), atol=1e-5)


@needs_weights
def test_it_goes_to_the_device_it_is_given() -> None:
    network = load(Device("meta")).network
    assert {str(each.device) for each in network.parameters()} == {"meta"}


@needs_weights
def test_the_store_lends_it_at_its_real_size() -> None:
    store = ModelStore(
        lambda spec, device: load(device), CPU, ENCODER.memory_bytes, 60.0, 1.0, queue_limit=1
    )
    with store.borrow(ENCODER) as encoder:
        assert 0 < encoder.memory_bytes <= ENCODER.memory_bytes
        assert store.snapshot().used == encoder.memory_bytes
    store.close()


@needs_weights
def test_other_files_are_refused() -> None:
    with pytest.raises(WeightsMismatch, match=r"tokenizer\.json"):
        load(CPU, tokenizer=Packaged(TOKENIZER.distribution, TOKENIZER.file, "0" * 64))


def test_importing_it_loads_no_framework() -> None:
    program = "import sys, demos.core.sentence_encoder; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"torch", "transformers", "tokenizers", "safetensors"} & set(loaded)


def test_the_vocabulary_is_kept_once_however_it_is_asked_for() -> None:
    assert vocabulary() is vocabulary(TOKENIZER) is vocabulary(file=TOKENIZER)
