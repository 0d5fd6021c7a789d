"""Files of tiny speech models in the formats of the real ones; what they learned is random."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    GenerationConfig,
    MoonshineConfig,
    MoonshineForConditionalGeneration,
    Wav2Vec2Config,
    Wav2Vec2ForCTC,
    WhisperConfig,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
)

from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio, to_pcm

Files = dict[str, bytes]

LANGUAGES = ("en", "de", "ja")
TIMESTAMPS = 1501
SENTENCE = "the quick brown fox jumps over the lazy dog and they said hello to the world"

# Threads that wait for each other cost more than layers this small.
torch.set_num_threads(1)


def byte_tokenizer(specials: Sequence[str], nameless: bool = False) -> Tokenizer:
    """Byte pairs of one sentence, then special tokens, as Whisper's tokenizer is made.

    The multilingual one has a `nameless` token in between.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator([SENTENCE, " " + SENTENCE], trainer)
    if nameless:
        made = json.loads(tokenizer.to_str())
        made["model"]["vocab"][""] = tokenizer.get_vocab_size()
        tokenizer = Tokenizer.from_str(json.dumps(made))
    tokenizer.add_special_tokens(list(specials))
    return tokenizer


def whisper_files(folder: Path, multilingual: bool = True) -> Files:
    """A Whisper of two layers with three languages, or English only."""
    languages = [f"<|{code}|>" for code in LANGUAGES] if multilingual else []
    tasks = ["<|translate|>", "<|transcribe|>"]
    tokenizer = byte_tokenizer(
        [
            "<|endoftext|>",
            "<|startoftranscript|>",
            *languages,
            *tasks,
            *("<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"),
        ],
        nameless=multilingual,
    )
    ids = tokenizer.get_vocab()
    end, start = ids["<|endoftext|>"], ids["<|startoftranscript|>"]
    torch.manual_seed(0)
    config = WhisperConfig(
        vocab_size=tokenizer.get_vocab_size() + TIMESTAMPS,
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        init_std=0.4,  # far apart enough for the likeliest token to be the same in both libraries
        pad_token_id=end,
        bos_token_id=end,
        eos_token_id=end,
        decoder_start_token_id=start,
        suppress_tokens=None,
        begin_suppress_tokens=None,
    )
    network = WhisperForConditionalGeneration(config)
    with torch.no_grad():
        for layer in network.model.decoder.layers:
            layer.encoder_attn.q_proj.weight *= 6  # so that it looks at something
    never = [ids[name] for name in ids if name.startswith("<|") and name != "<|endoftext|>"]
    generation = GenerationConfig(
        decoder_start_token_id=start,
        eos_token_id=end,
        pad_token_id=end,
        bos_token_id=end,
        no_timestamps_token_id=ids["<|notimestamps|>"],
        is_multilingual=multilingual,
        suppress_tokens=sorted(never),
        begin_suppress_tokens=[tokenizer.encode(" ").ids[0], end],
        max_initial_timestamp_index=50,
        max_length=448,
        return_timestamps=False,
        alignment_heads=[[0, 1], [1, 0], [1, 1]],
    )
    if multilingual:
        generation.lang_to_id = {name: ids[name] for name in languages}
        generation.task_to_id = {name.strip("<|>"): ids[name] for name in tasks}
    network.generation_config = generation
    network.save_pretrained(folder)
    WhisperFeatureExtractor(feature_size=80).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return read(folder)


def moonshine_files(folder: Path) -> Files:
    """A Moonshine of two layers."""
    tokenizer = byte_tokenizer(["<unk>", "<s>", "</s>"])
    torch.manual_seed(1)
    config = MoonshineConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        intermediate_size=64,
        encoder_num_hidden_layers=2,
        decoder_num_hidden_layers=2,
        encoder_num_attention_heads=2,
        decoder_num_attention_heads=2,
        initializer_range=0.4,
        bos_token_id=tokenizer.token_to_id("<s>"),
        decoder_start_token_id=tokenizer.token_to_id("<s>"),
        eos_token_id=tokenizer.token_to_id("</s>"),
        pad_token_id=tokenizer.token_to_id("</s>"),
    )
    MoonshineForConditionalGeneration(config).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {"do_normalize": False, "feature_size": 1, "sampling_rate": SAMPLE_RATE}
    (folder / "preprocessor_config.json").write_text(json.dumps(settings))
    return read(folder)


def wav2vec2_files(folder: Path) -> Files:
    """A wav2vec 2.0 of two layers with the letters of the real one."""
    letters = ["<pad>", "<s>", "</s>", "<unk>", "|", *"ETAONIHSRDLUMWCFGYPBVK'XJQZ"]
    torch.manual_seed(2)
    config = Wav2Vec2Config(
        vocab_size=len(letters),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        conv_dim=(16,) * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=2,
        pad_token_id=0,
    )
    network = Wav2Vec2ForCTC(config)
    with torch.no_grad():
        network.lm_head.weight *= 40
    network.save_pretrained(folder)
    (folder / "vocab.json").write_text(json.dumps({text: n for n, text in enumerate(letters)}))
    settings = {"do_normalize": True, "feature_size": 1, "sampling_rate": SAMPLE_RATE}
    (folder / "preprocessor_config.json").write_text(json.dumps(settings))
    return read(folder)


def read(folder: Path) -> Files:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def sound(seconds: float, seed: int = 0) -> DecodedAudio:
    """Noise that swells and fades."""
    n = round(seconds * SAMPLE_RATE)
    swell = 0.3 * np.sin(np.arange(n) * 2 * np.pi / SAMPLE_RATE) ** 2
    noise = np.random.default_rng(seed).standard_normal(n)
    samples = (swell * noise).astype(np.float32)
    return DecodedAudio(to_pcm(samples), "f" * 64, "x.wav", "WAV", SAMPLE_RATE, 1)
