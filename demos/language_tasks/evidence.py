"""Which words of a text moved the reader's score of a label: integrated gradients."""

from typing import TYPE_CHECKING

from demos.core.devices import turn
from demos.core.language.answers import Request
from demos.core.language.attribution import (
    Attribution,
    Tell,
    baseline_of,
    by_words,
    integrated_gradients,
    log_odds,
)
from demos.language_tasks.encoding import CLS, PAD, SEP, encode
from demos.language_tasks.reader import Model
from demos.language_tasks.reading import ROOM
from demos.language_tasks.windows import windows

if TYPE_CHECKING:
    from torch import Tensor

NOWHERE = (0, 0)
"""The place of a token that frames the text."""


def explain(model: Model, request: Request, label: str, tell: Tell | None = None) -> Attribution:
    """What each word adds to the log-odds of a label, against a text that is blank throughout.

    The network's own odds are explained, in single precision, over the `temperature` that makes
    them probabilities. Of a text that is read in windows, it is the first one.
    """
    import torch

    task, device = request.task, str(model.device)
    (whole,) = encode([request.text])
    cuts = windows(whole.words, ROOM)
    tokens = whole.part(0, cuts[0].end if cuts else 0)
    with turn(model.device):
        network = model.module()
        table = network.encoder.get_input_embeddings().weight
        embeddings = table[torch.tensor([CLS, *tokens.ids, SEP], device=device)]
        frame = [True, *[False] * len(tokens), True]

        def odds(at: "Tensor", mask: "Tensor") -> "Tensor":
            hidden = network.encoder(inputs_embeds=at, attention_mask=mask).last_hidden_state
            return log_odds(network.sorted(task, hidden, mask) / model.temperatures[task])

        found = integrated_gradients(
            odds,
            embeddings,
            baseline_of(embeddings, table[PAD], frame),
            model.labels[task].index(label),
            tell=tell,
        )
    return by_words(request.text, [NOWHERE, *tokens.places, NOWHERE], found, label)
