"""The peer: `transformers.pipeline` on the reader's own weights, in single precision."""

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from transformers import BertForSequenceClassification, PreTrainedTokenizerFast, pipeline
from transformers.modeling_outputs import BaseModelOutputWithPooling

from demos.benchmark.measure import threads
from demos.core.devices import CPU
from demos.core.language.answers import Task
from demos.core.packaged import checked
from demos.core.sentence_encoder import TOKENIZER
from demos.language_tasks.network import pooled
from demos.language_tasks.reader import Model

BATCH = 32


class MeanPooled(nn.Module):
    """An encoder whose pooled output is the mean over tokens, as the reader has it."""

    def __init__(self, encoder: Any) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids: Tensor, attention_mask: Tensor, **more: Any) -> Any:
        read = self.encoder(input_ids=input_ids, attention_mask=attention_mask, **more)
        hidden = read.last_hidden_state
        return BaseModelOutputWithPooling(
            last_hidden_state=hidden, pooler_output=pooled(hidden, attention_mask)
        )


def sentiment_pipeline(model: Model) -> Any:
    """ "text-classification" with the reader's encoder, on as many threads as ours.

    The attention is the one that transformers prefers, which is faster than the reader's own.
    """
    torch.set_num_threads(threads())
    network, labels = model.module(), model.labels[Task.SENTIMENT]
    encoder = copy.deepcopy(network.encoder)
    encoder.set_attn_implementation("sdpa")
    config = copy.deepcopy(encoder.config)
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: n for n, label in enumerate(labels)}
    whole: Any = BertForSequenceClassification(config)
    whole.bert, whole.classifier = MeanPooled(encoder), network.sort[Task.SENTIMENT]
    fast: Any = PreTrainedTokenizerFast
    return pipeline(
        "text-classification",
        model=whole.eval(),
        tokenizer=fast(tokenizer_file=str(checked(TOKENIZER)), pad_token="[PAD]"),
        device=str(CPU),
    )


def one_by_one(peer: Any, texts: Sequence[str]) -> list[str]:
    """Labels of a list of texts, as the pipeline reads one unless it is told otherwise."""
    return [each["label"] for each in peer(list(texts))]


def in_batches(peer: Any, texts: Sequence[str]) -> list[str]:
    return [each["label"] for each in peer(list(texts), batch_size=BATCH)]
