"""What training minimizes: how improbable what was said is, as phones and as words."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, ctc_loss

from demos.speech_recognition.augment import Batch
from demos.speech_recognition.lexicon import BLANK, PRONUNCIATIONS, WORDS, tokens

ASKED = 32
"""Single words of a batch, at most, of which it is asked which they are."""
WAYS = tuple((n, tokens(way)) for n, word in enumerate(WORDS) for way in PRONUNCIATIONS[word])
"""Every pronunciation with the place of its word."""
OUT = -1e4


def phone_loss(found: Tensor, batch: Batch) -> Tensor:
    """CTC's of the phones of each clip, for each phone; `found` (B, T, TOKENS)."""
    lengths = torch.tensor([max(len(each), 1) for each in batch.targets])
    return (ctc(found, batch.targets) / lengths).mean()


def word_loss(found: Tensor, batch: Batch) -> Tensor:
    """Of choosing among our words by how probable CTC finds their pronunciations.

    What else was said competes only where it is none of ours; there it is the right answer.
    """
    asked = torch.nonzero(batch.words >= -1)[:ASKED, 0]
    if not len(asked):
        return torch.zeros(())
    places, chosen = batch.words[asked], found[asked]
    unknown = places == -1
    own = -ctc(chosen, [batch.targets[n] for n in asked.tolist()])
    none = torch.where(unknown, own, torch.full_like(own, OUT))
    answers = torch.where(unknown, torch.full_like(places, len(WORDS)), places)
    return cross_entropy(torch.cat([word_scores(chosen), none[:, None]], dim=1), answers)


def ctc(found: Tensor, targets: Sequence[tuple[int, ...]]) -> Tensor:
    """Minus the log-probability of each clip's phones, (B,)."""
    return ctc_loss(
        found.transpose(0, 1),
        torch.tensor([token for each in targets for token in each]),
        torch.full((len(found),), found.shape[1]),
        torch.tensor([len(each) for each in targets]),
        blank=BLANK,
        reduction="none",
        zero_infinity=True,
    )


def word_scores(found: Tensor) -> Tensor:
    """The log-probability of each of our words, said in any way, (B, T, TOKENS) to (B, 35)."""
    ways = [way for _, way in WAYS]
    repeated = found.repeat_interleave(len(ways), 0)
    each = -ctc(repeated, ways * len(found)).view(len(found), len(ways))
    of = [[k for k, (n, _) in enumerate(WAYS) if n == word] for word in range(len(WORDS))]
    return torch.stack([each[:, ks].logsumexp(dim=1) for ks in of], dim=1)
