"""Established language models on the Hugging Face Hub: where they are and what they can do.

Each was chosen for a stated license, weights in one safetensors file, a tokenizer in JSON, and a
commit and file list that could be looked up in public sources. That leaves out Marian (opus-mt),
M2M100 and NLLB, whose repositories have tokenizers or weights in other formats only: translation
is T5's. Many a repository has no `tokenizer.json` but the vocabulary of BERT, which the sentence
encoder brings to this machine anyway (see `hub_known.BERT_FILES`).
"""

from demos.core.language.answers import Task
from demos.core.spec import ModelSpec
from demos.language_tasks.hub_known import KnownLanguage
from demos.language_tasks.hub_readers import (
    ANSWERS_DISTILBERT,
    ANSWERS_MANY,
    EMOTION_GO,
    ENTITIES_DISTILBERT,
    SENTIMENT_MANY,
    SENTIMENT_SST2,
    TOXICITY_BERT,
    ZERO_SHOT_DEBERTA,
    ZERO_SHOT_MANY,
)
from demos.language_tasks.hub_writers import (
    QWEN,
    QWEN_SMALL,
    SMOLLM,
    SMOLLM_SMALL,
    SUMMARY_BART,
    SUMMARY_T5,
    T5_BASE,
    T5_SMALL,
)

HUB_LANGUAGE = (
    SENTIMENT_SST2,
    SENTIMENT_MANY,
    EMOTION_GO,
    TOXICITY_BERT,
    ENTITIES_DISTILBERT,
    ANSWERS_DISTILBERT,
    ANSWERS_MANY,
    ZERO_SHOT_DEBERTA,
    ZERO_SHOT_MANY,
    SUMMARY_T5,
    SUMMARY_BART,
    T5_SMALL,
    T5_BASE,
    SMOLLM_SMALL,
    SMOLLM,
    QWEN_SMALL,
    QWEN,
)
HUB_MODELS: tuple[ModelSpec, ...] = tuple(each.spec for each in HUB_LANGUAGE)
"""The specifications, for `SPEC.models`."""


def hub_language(name: str) -> KnownLanguage:
    """What is known of the Hub model called `name`. Raises `KeyError` for an unknown one."""
    return {each.spec.name: each for each in HUB_LANGUAGE}[name]


def abilities(spec: ModelSpec) -> tuple[Task, ...]:
    """What a Hub model can do, its own task first."""
    return hub_language(spec.name).tasks
