"""Names in a text, as a model of the Hub marks them.

Windows overlap, and each word is taken from the one that knows most of what surrounds it.
"""

import time

import numpy as np
from numpy.typing import NDArray

from demos.core.language.answers import Entities, Request, Verdict
from demos.language_tasks.encoding import Tokens
from demos.language_tasks.entity_spans import spans, words
from demos.language_tasks.hub_networks import output_names
from demos.language_tasks.hub_reading import HubLanguage, outputs, provenance, room, single, tokens
from demos.language_tasks.label_scores import squashed
from demos.language_tasks.replies import NOTHING, Tell, ignore
from demos.language_tasks.windows import windows

OVERLAP = 64


def mark(model: HubLanguage, request: Request, tell: Tell = ignore) -> Entities:
    """The names in a text."""
    began = time.perf_counter()
    read = tokens(model, request.text)
    space = room(model)
    overlap = min(OVERLAP, space // 8)
    tags = tagged(model, read, space, overlap, tell)
    names = tuple(name.upper() for name in output_names(model.network.config))
    return Entities(
        request=request,
        verdict=Verdict() if len(read) else NOTHING,
        spans=spans(request.text, words(read, tags, names)),
        provenance=provenance(
            model,
            request.text,
            f"windows of at most {space} tokens that share {overlap}, first piece of each word",
            time.perf_counter() - began,
        ),
    )


def tagged(
    model: HubLanguage, read: Tokens, space: int, overlap: int, tell: Tell
) -> NDArray[np.float32]:
    """Scores (T, tags) of every token, each from the window in which it counts."""
    cuts = windows(read.words, space, overlap)
    rows = [single(model, read.ids[window.start : window.end]) for window in cuts]
    before = len(model.frame.before)
    found = np.zeros((len(read), model.network.config.num_labels), np.float32)
    for window, logits in zip(cuts, outputs(model, rows, tell), strict=True):
        first = before + window.first - window.start
        found[window.first : window.last] = [
            squashed(each, independent=False)
            for each in logits[first : first + window.last - window.first]
        ]
    return found
