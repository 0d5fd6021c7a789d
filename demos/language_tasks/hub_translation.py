"""Translation sentence by sentence: what stands between sentences stays as it is."""

import time
from collections.abc import Sequence

from demos.core.errors import UnsupportedType
from demos.core.language.answers import Request, Translated, Translation, Verdict
from demos.core.language.sentences import sentences
from demos.core.results import Outcome
from demos.language_tasks.hub_reading import HubLanguage, provenance, tokens
from demos.language_tasks.hub_writing import BEAMS, Manner, parts, write
from demos.language_tasks.replies import NOTHING, Tell, ignore

AT_ONCE = 8
"""Sentences."""
MOST_NEW = 256
SPARE = 16
"""Tokens that a translation may have beyond twice those of its source."""


def translate(
    model: HubLanguage, request: Request, seen: Verdict, tell: Tell = ignore
) -> Translation:
    """The text in the language of the request; nothing if it was `seen` to be refused. Raises
    `UnsupportedType` for a language that the model does not translate into."""
    began = time.perf_counter()
    text = request.text
    opening = asked(model, request.language)
    space = model.known.reads - len(model.tokenizer.encode(opening).ids)
    read = () if seen.outcome is Outcome.REFUSED else sentences(text)
    places = parts(model, text, read, min(space, MOST_NEW // 2))
    done: list[Translated] = []
    for _batch in range(0, len(places), AT_ONCE):
        done += translated(model, text, opening, places, done, tell)
        tell(len(done) / len(places), put_together(text, done))
    return Translation(
        request=request,
        verdict=seen if text.strip() else NOTHING,
        sentences=tuple(done),
        translation=put_together(text, done),
        provenance=provenance(
            model, text, f"sentence by sentence, {BEAMS} beams", time.perf_counter() - began
        ),
    )


def translated(
    model: HubLanguage,
    text: str,
    opening: str,
    places: Sequence[tuple[int, int]],
    done: Sequence[Translated],
    tell: Tell,
) -> list[Translated]:
    """The next few of the sentences at `places`, of which the first are `done`."""
    chosen = places[len(done) : len(done) + AT_ONCE]
    sources = [text[start:end] for start, end in chosen]
    longest = max(len(tokens(model, each)) for each in sources)
    manner = Manner(most=min(2 * longest + SPARE, MOST_NEW))

    def told(share: float, so_far: Sequence[str]) -> None:
        running = [
            Translated(*place, words, 0.0) for place, words in zip(chosen, so_far, strict=True)
        ]
        whole = put_together(text, [*done, *running])
        tell((len(done) + share * len(chosen)) / len(places), whole)

    made = write(model, [opening + " ".join(each.split()) for each in sources], manner, told)
    return [
        Translated(*place, each.text, each.score) for place, each in zip(chosen, made, strict=True)
    ]


def asked(model: HubLanguage, language: str) -> str:
    """What to put before a sentence for it to be translated into `language`."""
    targets = model.known.targets
    if language not in targets:
        raise UnsupportedType(
            f"{model.known.spec.title} does not translate into “{language}”.",
            f"It translates into: {', '.join(targets)}.",
        )
    return targets[language]


def put_together(text: str, done: Sequence[Translated]) -> str:
    """Translations with what stands before and between their sources; a space where a sentence was
    cut up."""
    found, at = "", 0
    for each in done:
        found += (text[at : each.start] or (" " if found else "")) + each.translation
        at = each.end
    return found
