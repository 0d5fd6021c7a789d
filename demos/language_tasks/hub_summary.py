"""Summaries in a model's own words. Of a text longer than it reads, each part gets its own."""

import math
import time
from collections.abc import Sequence

from demos.core.language.answers import Request, Summarized, Verdict
from demos.core.language.sentences import sentences
from demos.core.results import Outcome
from demos.language_tasks.hub_reading import HubLanguage, provenance, tokens
from demos.language_tasks.hub_writing import BEAMS, Manner, parts, write
from demos.language_tasks.replies import NOTHING, Tell, ignore

TOKENS_PER_SENTENCE = 60
"""At most; a summary ends before where it is complete."""
LEAST_PER_SENTENCE = 8
LONGER = 2.0
UNREPEATED = 3
"""As the authors of BART wrote; so are the beams."""


def summarize(
    model: HubLanguage, request: Request, seen: Verdict, tell: Tell = ignore
) -> Summarized:
    """A summary of as many sentences as asked for, or of one for each part of a long text if these
    are more. A model may write fewer, and what the text does not say.
    Nothing if the text was `seen` to be refused."""
    began = time.perf_counter()
    text = request.text
    chunks = [] if seen.outcome is Outcome.REFUSED else chunked(model, text)
    each_has = math.ceil(max(request.sentences, 1) / max(len(chunks), 1))
    done: list[str] = []
    for at, (start, end) in enumerate(chunks):

        def told(share: float, so_far: Sequence[str], first: int = at) -> None:
            tell((first + share) / len(chunks), " ".join([*done, *so_far]))

        source = " ".join(text[start:end].split())
        least = min(LEAST_PER_SENTENCE * each_has, len(tokens(model, source)) // 3)
        manner = Manner(TOKENS_PER_SENTENCE * each_has, least, LONGER, UNREPEATED)
        (made,) = write(model, [model.known.opening + source], manner, told)
        done.append(first_sentences(made.text, each_has))
        tell(len(done) / len(chunks), " ".join(done))
    return Summarized(
        request=request,
        verdict=seen if text.strip() else NOTHING,
        sentences=(),
        summary=" ".join(done),
        provenance=provenance(
            model,
            text,
            f"{max(len(chunks), 1)} part{'s' * (len(chunks) > 1)} of whole sentences, "
            f"{BEAMS} beams",
            time.perf_counter() - began,
        ),
    )


def chunked(model: HubLanguage, text: str) -> list[tuple[int, int]]:
    """Places of the text that the model can read at once: whole sentences, as many as go."""
    space = model.known.reads - len(model.tokenizer.encode(model.known.opening).ids)
    found: list[tuple[int, int]] = []
    held = 0
    for start, end in parts(model, text, sentences(text), space):
        size = len(tokens(model, text[start:end])) + 1  # joining two may cost a token
        if found and held + size <= space:
            found[-1] = (found[-1][0], end)
            held += size
        else:
            found.append((start, end))
            held = size
    return found


def first_sentences(written: str, most: int) -> str:
    places = sentences(written)
    return written[: places[most - 1][1]] if len(places) > most else written
