"""Hub language models end to end: tiny networks with the real file formats, fetched through the
real client. What is random here is only what the networks learned.
"""

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import load as read_tensors
from safetensors.torch import save

from demos.core.devices import CPU, Device
from demos.core.download import download
from demos.core.errors import HubUnavailable, UnsupportedType, WeightsMismatch
from demos.core.jobs import Canceled
from demos.core.language.answers import Request, Task
from demos.core.language.words import NOT_ANSWERED, headline
from demos.core.results import Outcome
from demos.core.sentence_encoder import vocabulary
from demos.core.spec import PACKAGE
from demos.language_tasks.chat_hub import talk
from demos.language_tasks.hub_catalog import (
    HUB_LANGUAGE,
    HUB_MODELS,
    SENTIMENT_SST2,
    abilities,
    hub_language,
)
from demos.language_tasks.hub_known import BERT_FILES, ENGLISH, SLUG
from demos.language_tasks.hub_models import labels, load, predict, warm_up
from tests.hub_server import serving
from tests.language_tasks.conftest import MAKE, Fetch, Made, pin
from tests.language_tasks.tiny_language import CORPUS

TEXT = " ".join(CORPUS)
every_kind = pytest.mark.parametrize("name", list(MAKE))


def request_for(task: Task) -> Request:
    return Request(task, TEXT, "Who wrote to Charles?", ("travel", "music"))


@every_kind
def test_every_model_reads_a_text_from_disk_alone(name: str, fetched: Fetch) -> None:
    spec = fetched(name)
    model = load(spec, CPU)
    warm_up(model)
    file = next(Path(constants.HF_HUB_CACHE).rglob(spec.source.weights))
    assert model.memory_bytes == pytest.approx(file.stat().st_size, rel=0.15)
    if Task.CHAT in abilities(spec):
        talking = talk(model, [{"role": "user", "content": TEXT}])
        assert next(talking)
        record = talking.reply().provenance
    else:
        for task in abilities(spec):
            heard: list[float] = []
            request = request_for(task)
            answer = predict(model, request, lambda share, _text, heard=heard: heard.append(share))
            assert answer.request is request
            assert heard == sorted(heard) and heard[-1] == 1
            again = predict(model, request)
            assert again == replace(answer, provenance=again.provenance)
            record = answer.provenance
            assert record.input_sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert (record.model, record.weights) == (name, spec.source.revision)
    assert (record.engine, record.device, record.dtype) == ("PyTorch", "cpu", "float32")
    assert record.seconds > 0 and record.preprocessing.startswith("hub/1: ")


@pytest.mark.parametrize("text", ["Wo bleibt mein Paket? Ich warte seit Tagen.", "asdfgh qwertz"])
def test_what_a_model_does_not_read_is_refused(text: str, fetched: Fetch) -> None:
    for name in MAKE:
        spec = fetched(name)
        known, foreign = hub_language(name), text.startswith("Wo")
        if Task.CHAT in known.tasks or (foreign and known.languages != ENGLISH):
            continue
        model = load(spec, CPU)
        for task in abilities(spec):
            answer = predict(model, replace(request_for(task), text=text))
            assert answer.verdict.outcome is Outcome.REFUSED
            assert ("German" if foreign else "random") in answer.verdict.reason
            assert headline(answer) == NOT_ANSWERED, "it was not looked for, so not missed"


@every_kind
def test_stopping_stops(name: str, fetched: Fetch) -> None:
    model = load(fetched(name), CPU)

    def stop(share: float, so_far: str) -> None:
        raise Canceled

    with pytest.raises(Canceled):
        if Task.CHAT in model.known.tasks:
            next(talk(model, [{"role": "user", "content": TEXT}], stop))
        else:
            predict(model, request_for(model.known.tasks[0]), stop)


def test_a_task_it_was_not_made_for(fetched: Fetch) -> None:
    model = load(fetched("t5_small"), CPU)
    assert abilities(model.known.spec) == (Task.TRANSLATION, Task.SUMMARY)
    with pytest.raises(UnsupportedType, match="T5 small cannot do that"):
        predict(model, request_for(Task.SENTIMENT))
    assert labels(model, Task.TRANSLATION) == ()


@every_kind
def test_a_model_that_was_not_downloaded_does_not_load(
    name: str, made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(made[name], tmp_path, monkeypatch) as hub:
        spec = pin(hub_language(name), hub, monkeypatch)
        with pytest.raises(HubUnavailable, match="Download it first"):
            load(spec, CPU)
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
        with pytest.raises(HubUnavailable, match="stay offline"):
            download(spec.source, lambda *_: None, hub.endpoint)
        assert hub.asked == []


def test_the_precision_and_the_device_are_those_that_devices_choose(
    fetched: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = fetched("distilbert_ner")
    asked: list[str] = []
    moved: list[Any] = []

    def choose(device: Device) -> str:
        asked.append(str(device))
        return "bfloat16"

    monkeypatch.setattr("demos.language_tasks.hub_networks.choose_dtype", choose)
    monkeypatch.setattr(torch.nn.Module, "to", lambda self, where: moved.append(where))
    model = load(spec, Device("cuda", 1))
    assert asked == ["cuda:1"] and moved[-1] == "cuda:1"
    assert model.network.dtype is torch.bfloat16
    on_cpu = replace(model, device=CPU)
    assert predict(on_cpu, request_for(Task.ENTITIES)).provenance.dtype == "bfloat16"


@pytest.mark.parametrize(
    ("name", "file", "old", "new"),
    [
        ("distilbert_sst2", "config.json", b'"distilbert"', b'"bert"'),
        ("distilbert_sst2", "config.json", b"POSITIVE", b"JOYFUL"),
        ("distilbert_sst2", "config.json", b'"dim": 16', b'"dim": 18'),
        ("distilbert_sst2", "config.json", b"{", b"["),
        ("distilbert_sst2", "config.json", b'"vocab_size": 30522', b'"vocab_size": 30521'),
        ("distilbert_ner", "config.json", b'"O"', b'"X"'),
        ("distilbert_ner", "config.json", b"B-PER", b"PER"),
        ("distilbert_ner", "config.json", b'embeddings": 512', b'embeddings": 256'),
        ("distilbert_ner", "tokenizer.json", b'"vocab"', b'"words"'),
        ("deberta_zero_shot", "config.json", b'"entailment"', b'"LABEL_0"'),
        ("t5_small", "config.json", b'"d_ff": 32', b'"d_ff": 33'),
        ("smollm2_135m", "tokenizer_config.json", b"chat_template", b"template"),
        ("smollm2_135m", "tokenizer_config.json", b"{% endfor %}", b""),
        ("smollm2_135m", "tokenizer_config.json", b'"<|im_end|>",', b"7,"),
        ("smollm2_135m", "generation_config.json", b"eos_token_id", b"other"),
    ],
)
def test_files_of_another_model_are_refused(
    name: str, file: str, old: bytes, new: bytes, made: Made, fetched: Fetch
) -> None:
    original = made[name]
    assert old in original[file]
    made[name] = {**original, file: original[file].replace(old, new, 1)}
    try:
        spec = fetched(name)
    finally:
        made[name] = original
    with pytest.raises(WeightsMismatch, match="do not fit"):
        load(spec, CPU)


@pytest.mark.parametrize("name", ["distilbert_sst2", "bart_large_cnn", "smollm2_135m"])
def test_weights_that_lack_a_layer_are_refused(name: str, made: Made, fetched: Fetch) -> None:
    """What is missing would otherwise be made up at random."""
    original = made[name]
    tensors = read_tensors(original["model.safetensors"])
    tensors.pop(next(each for each in tensors if each.endswith("norm.weight")))
    made[name] = {**original, "model.safetensors": save(tensors, {"format": "pt"})}
    try:
        spec = fetched(name)
    finally:
        made[name] = original
    with pytest.raises(WeightsMismatch, match="do not fit"):
        load(spec, CPU)


def test_tensors_that_nobody_asked_for_do_no_harm(made: Made, fetched: Fetch) -> None:
    """Old files have places that are no weights."""
    original = made["roberta_go_emotions"]
    tensors = read_tensors(original["model.safetensors"])
    tensors["roberta.embeddings.position_ids"] = torch.arange(514)[None]
    tensors["old.head.weight"] = torch.zeros(2)
    made["roberta_go_emotions"] = {
        **original,
        "model.safetensors": save(tensors, {"format": "pt"}),
    }
    try:
        spec = fetched("roberta_go_emotions")
    finally:
        made["roberta_go_emotions"] = original
    assert load(spec, CPU).memory_bytes > 0


def test_the_vocabulary_lent_is_that_of_bert() -> None:
    """The same file that the repositories without a `tokenizer.json` have as vocab.txt."""
    known = vocabulary().get_vocab()
    lines = "".join(f"{piece}\n" for piece in sorted(known, key=known.__getitem__))
    assert hashlib.sha256(lines.encode()).hexdigest() == (
        "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
    )


def test_the_catalog_names_its_sources_in_full() -> None:
    assert len({each.spec.name for each in HUB_LANGUAGE}) == len(HUB_LANGUAGE) == 17
    assert len({each.source.repo for each in HUB_LANGUAGE}) == 17
    for each in HUB_LANGUAGE:
        spec = each.spec
        assert spec.demo == SLUG and spec.group == each.tasks[0].value == abilities(spec)[0].value
        assert spec.license and spec.summary.endswith(".") and each.published and each.trained_on
        assert spec.memory_bytes > 4 * each.parameters
        assert each.own_vocabulary or each.source.files == BERT_FILES
        # Weights are in 2 or 4 bytes a parameter; the rest is small.
        assert 1.9 < each.source.download_bytes / each.parameters < 4.2
        assert bool(each.labels) == (spec.group in ("sentiment", "emotion", "toxicity"))
        assert bool(each.targets) == (spec.group == "translation")
        assert bool(each.opening) >= (Task.SUMMARY in each.tasks and each.architecture == "t5")
    assert {each.spec.group for each in HUB_LANGUAGE} >= {
        *("sentiment", "entities", "question_answering", "zero_shot"),
        *("summary", "translation", "toxicity", "emotion", "chat"),
    }
    assert tuple(each.spec for each in HUB_LANGUAGE) == HUB_MODELS


def test_a_model_is_found_by_its_name() -> None:
    assert hub_language("distilbert_sst2") is SENTIMENT_SST2
    with pytest.raises(KeyError):
        hub_language("marian")


def test_the_catalog_loads_no_framework() -> None:
    program = (
        "import sys, demos.language_tasks.hub_catalog;"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "demos" in loaded
    assert {"torch", "transformers", "tokenizers", "scipy", "sklearn"} & set(loaded) == set()
