"""What the Hub tier of speech recognition costs over transformers' own `generate`.

No weights of a real model are here: both run the same random Whisper, half as wide as the smallest
real one, on the same half minute of noise, and must write the same tokens.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from demos.benchmark.measure import Series, seconds_of, threads
from demos.benchmark.table import Row, median_row, ratios
from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio, to_pcm
from demos.core.devices import CPU
from demos.core.speech.transcript import Options, Region
from demos.speech_recognition.hub_catalog import WHISPER_TINY
from demos.speech_recognition.hub_models import DEFAULT, HubSpeech, Reading, ignore
from demos.speech_recognition.languages import ENGLISH
from demos.speech_recognition.whisper import MOST_TOKENS, WINDOW, Whisper
from demos.speech_recognition.whisper_torch import torch_whisper
from demos.speech_recognition.whisper_vocabulary import Vocabulary

OVERHEAD = 1.05
CONTESTS = ("tokens", "words and their times")
SPECIALS = (
    *("<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|translate|>", "<|transcribe|>"),
    *("<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"),
)
TEXT_TOKENS = 10_000
TIMESTAMPS = 1_501
SEED = 0


def measure_hub(rounds: int) -> tuple[list[Row], Series, str | None]:
    """Rows, the seconds behind them, and what is wrong if the two write different tokens."""
    import torch
    from transformers.utils import logging

    # It warns of its own defaults each time it writes.
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    torch.set_num_threads(threads())
    model, network = random_whisper()
    slow = copy.deepcopy(network)  # what it takes to see where the network looks
    slow.set_attn_implementation("eager")
    audio = noise()
    same = our_tokens(model, audio) == peer_tokens(model, network, audio)
    plays: dict[str, Callable[[], object]] = {
        "ours, tokens": partial(our_tokens, model, audio),
        "transformers, tokens": partial(peer_tokens, model, network, audio),
        "ours, words and their times": partial(our_words, model, audio),
        "transformers, words and their times": partial(peer_tokens, model, slow, audio, True),
    }
    series: Series = {name: [] for name in plays}
    for play in plays.values():
        play()
    for _ in range(rounds):
        for name, play in plays.items():
            series[name].append(seconds_of(play))
    problem = "FAILED: the Hub tier and transformers wrote different tokens for one recording."
    return rows(series), series, None if same else problem


def rows(series: Series) -> list[Row]:
    found = []
    for contest in CONTESTS:
        ours, peer = series[f"ours, {contest}"], series[f"transformers, {contest}"]
        title = f"Random Whisper, {WINDOW:g} s, {contest}"
        found += [
            median_row(title, ours, "s"),
            median_row(f"{title}: transformers", peer, "s"),
            median_row(f"{title}: ours / transformers", ratios(ours, peer), "x", OVERHEAD),
        ]
    return found


def our_tokens(model: HubSpeech, audio: DecodedAudio) -> list[int]:
    """What the Hub tier writes for the whole recording."""
    recognizer: Any = model.recognizer
    engine = recognizer.engine_of
    prompt = recognizer.vocabulary.prompt(ENGLISH, DEFAULT, timestamps=False)
    encoded = engine.encode(recognizer.mel(audio.samples()))
    return list(engine.write(encoded, prompt, MOST_TOKENS, lambda ids: None).ids)


def our_words(model: HubSpeech, audio: DecodedAudio) -> str:
    """What the whole path makes of it, but for the search for a voice."""
    reading = Reading(model, audio, Options(word_times=True), ignore)
    return reading.through((Region(0.0, audio.seconds),)).text


def peer_tokens(
    model: HubSpeech, network: Any, audio: DecodedAudio, times: bool = False
) -> list[int]:
    """What transformers writes, with the time of every token or without."""
    import torch

    recognizer: Any = model.recognizer
    given = torch.from_numpy(recognizer.mel(audio.samples()))[None]
    with torch.inference_mode():
        done = network.generate(
            given, language=ENGLISH, max_new_tokens=MOST_TOKENS, return_token_timestamps=times
        )
    ids: Sequence[int] = (done["sequences"] if times else done)[0].tolist()
    return [each for each in ids if each != recognizer.vocabulary.end]


def noise() -> DecodedAudio:
    samples = 0.1 * np.random.default_rng(SEED).standard_normal(round(WINDOW * SAMPLE_RATE))
    pcm = to_pcm(samples.astype(np.float32))
    return DecodedAudio(pcm, "0" * 64, "noise", "none", SAMPLE_RATE, 1)


def random_whisper() -> tuple[HubSpeech, Any]:
    """A model of the Hub tier that runs in torch, and its network as transformers builds it."""
    import torch
    from tokenizers import Tokenizer, decoders, models
    from transformers import (
        GenerationConfig,
        WhisperConfig,
        WhisperFeatureExtractor,
        WhisperForConditionalGeneration,
    )

    names = [f" word{n}" for n in range(TEXT_TOKENS)] + list(SPECIALS)
    tokens = {name: n for n, name in enumerate(names)}
    tokenizer = Tokenizer(models.WordLevel(tokens, unk_token=names[0]))
    tokenizer.decoder = decoders.Fuse()
    start, end = tokens["<|startoftranscript|>"], tokens["<|endoftext|>"]
    tasks = {name: tokens[f"<|{name}|>"] for name in ("transcribe", "translate")}
    torch.manual_seed(SEED)
    network: Any = WhisperForConditionalGeneration(
        WhisperConfig(
            vocab_size=len(names) + TIMESTAMPS,
            d_model=192,
            encoder_attention_heads=3,
            decoder_attention_heads=3,
            encoder_ffn_dim=768,
            decoder_ffn_dim=768,
            init_std=0.2,
            pad_token_id=end,
            bos_token_id=end,
            eos_token_id=end,
            decoder_start_token_id=start,
            suppress_tokens=None,
            begin_suppress_tokens=None,
        )
    )
    # Of nothing but words, so that both write on to the limit, and in one window.
    never = tuple(range(TEXT_TOKENS, len(names) + TIMESTAMPS))
    config: Any = GenerationConfig(  # type: ignore[no-untyped-call]
        decoder_start_token_id=start,
        eos_token_id=end,
        pad_token_id=end,
        no_timestamps_token_id=tokens["<|notimestamps|>"],
        suppress_tokens=list(never),
        is_multilingual=True,
        return_timestamps=False,
        alignment_heads=[[2, 0], [2, 2], [3, 1]],
        lang_to_id={"<|en|>": tokens["<|en|>"]},
        task_to_id=tasks,
    )
    network.generation_config = config
    network.requires_grad_(False).eval()
    said = Vocabulary(
        tokenizer=tokenizer,
        start=start,
        end=end,
        no_timestamps=tokens["<|notimestamps|>"],
        no_speech=tokens["<|nospeech|>"],
        languages={ENGLISH: tokens["<|en|>"]},
        tasks=tasks,
        never=never,
        never_first=(),
        latest_first=50,
    )
    engine = torch_whisper(copy.deepcopy(network), said, CPU)
    known = replace(WHISPER_TINY, languages=(ENGLISH,))
    features: Any = WhisperFeatureExtractor  # untyped
    return HubSpeech(known, Whisper(engine, said, features()), CPU), network
