"""Which words of a text moved the reader's score of a label: integrated gradients."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from demos.core.devices import turn
from demos.core.language.answers import Request, Task
from demos.core.language.attribution import (
    Attribution,
    Tell,
    baseline_of,
    by_words,
    integrated_gradients,
    log_odds,
)
from demos.language_tasks.encoding import CLS, PAD, SEP, Tokens, encode
from demos.language_tasks.label_scores import shares
from demos.language_tasks.reader import Model, framed, read
from demos.language_tasks.reading import ROOM, counts
from demos.language_tasks.windows import Window, windows

if TYPE_CHECKING:
    from torch import Tensor

NOWHERE = (0, 0)
"""The place of a token that frames the text."""
MOST_WINDOWS = 12
"""Of a long text that are explained, some three pages."""


def explain(model: Model, request: Request, label: str, tell: Tell | None = None) -> Attribution:
    """What each word adds to the log-odds of a label, against a text that is blank throughout.

    The network's own odds are explained, in single precision, over the `temperature` that makes
    them probabilities. A long text has those of the answer: of all its windows together, or for
    toxicity of the worst. Of more windows than `MOST_WINDOWS`, those that speak most for the label
    are explained, beside the others as they are.
    """
    import torch

    task, device, temperature = request.task, str(model.device), model.temperatures[request.task]
    (whole,) = encode([request.text])
    cuts = windows(whole.words, ROOM)
    at = model.labels[task].index(label)
    chosen, weights, others = deciding(model, task, whole, cuts, at)
    rows = [[CLS, *whole.ids[each.start : each.end], SEP] for each in chosen] or [[CLS, SEP]]
    tokens = list(chain.from_iterable(rows))
    with turn(model.device):
        network = model.module()
        table = network.encoder.get_input_embeddings().weight
        embeddings = table[torch.tensor(tokens, device=device)]
        frame = [
            place in (0, len(row) - 1) for row in rows for place in range(len(row))
        ]  # "[SEP]" in a text has the same token, and is no frame
        rest = torch.tensor(others, dtype=embeddings.dtype, device=device)

        def odds(points: "Tensor", mask: "Tensor") -> "Tensor":
            """Log-odds (B, L) of the text's mean over windows."""
            parts = [rest.log().expand(len(points), -1)]
            first = 0
            for row, weight in zip(rows, weights, strict=True):
                own = slice(first, first := first + len(row))
                hidden = network.encoder(
                    inputs_embeds=points[:, own], attention_mask=mask[:, own]
                ).last_hidden_state
                logits = network.sorted(task, hidden, mask[:, own]) / temperature
                parts.append(logits.log_softmax(-1) + np.log(weight))
            return log_odds(torch.stack(parts).logsumexp(0))

        found = integrated_gradients(
            odds, embeddings, baseline_of(embeddings, table[PAD], frame), at, tell=tell
        )
    places = [
        place
        for each in chosen
        for place in (NOWHERE, *whole.places[each.start : each.end], NOWHERE)
    ] or [NOWHERE, NOWHERE]
    told = by_words(request.text, places, found, label)
    return replace(told, explained=len(chosen), windows=len(cuts))


def deciding(
    model: Model, task: Task, whole: Tokens, cuts: Sequence[Window], label: int
) -> tuple[Sequence[Window], Sequence[float], NDArray[np.float64]]:
    """The windows of a text whose words are explained, in their order, how much each counts, and
    what the others add to its score of each label (L,)."""
    if len(cuts) < 2:
        return cuts, [1.0], np.zeros(len(model.labels[task]))
    made = read(model, [framed(whole.ids[each.start : each.end]) for each in cuts], [task])
    scores = [shares(each[task], model.temperatures[task]) for each in made]
    count = counts(model, task, scores, cuts)
    count /= count.sum()
    added = count[:, None] * np.stack(scores)
    most = [each for each in np.argsort(-added[:, label], kind="stable") if count[each]]
    chosen = sorted(most[:MOST_WINDOWS])
    others = added[most[MOST_WINDOWS:]].sum(axis=0)
    return [cuts[each] for each in chosen], count[chosen].tolist(), others
