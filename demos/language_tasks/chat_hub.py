"""Talking with a small instruct model: token by token, and stopped at any of them.

    talking = talk(model, [{"role": "user", "content": "Hello?"}])
    for piece in talking: ...          # or st.write_stream(talking)
    talking.reply()                    # the whole, with its provenance

The text is the model's own: nothing in it is checked here.
"""

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demos.core.devices import turn
from demos.core.errors import TooLarge
from demos.core.hub_files import read_json, unfit
from demos.core.language.answers import Reply, Verdict
from demos.core.language.text import encodable
from demos.core.results import Outcome
from demos.language_tasks.hub_known import GENERATION, TOKENIZER_SETTINGS
from demos.language_tasks.hub_reading import HubLanguage, provenance
from demos.language_tasks.replies import Tell, ignore, needed

if TYPE_CHECKING:
    import torch

Message = Mapping[str, str]
"""`role` (system, user or assistant) and `content`."""

READ_AT_ONCE = 256
"""Tokens of what was said before, between which reading can be stopped."""
PROBE = ({"role": "system", "content": "a"}, {"role": "user", "content": "b"})
CUT_OFF = Verdict(Outcome.UNSURE, "The reply was cut off: it reached its greatest length.")
STOPPED = Verdict(Outcome.UNSURE, "The reply was stopped before its end.")
SILENT = Verdict(Outcome.REFUSED, "The model said nothing.")


@dataclass(frozen=True, slots=True)
class Style:
    """How to talk: tokens at most, each time the likeliest; `repetition` above 1 keeps it from
    saying a thing twice."""

    most: int = 512
    repetition: float = 1.1


def equipped(model: HubLanguage, folder: Path) -> HubLanguage:
    """The model with its way of being told who said what. Raises `WeightsMismatch` if the files
    do not say."""
    known = model.known
    settings = read_json(known, folder, TOKENIZER_SETTINGS)
    ends = read_json(known, folder, GENERATION).get("eos_token_id")
    ends = (ends,) if isinstance(ends, int) else tuple(ends or ())
    template = settings.get("chat_template")
    names = tuple((key, settings[key]) for key in ("bos_token", "eos_token") if settings.get(key))
    if not isinstance(template, str) or not ends or not all(isinstance(n, int) for n in ends):
        raise unfit(known)
    if not all(isinstance(name, str) for _key, name in names):
        raise unfit(known)
    ready = replace(model, template=template, names=names, ends=ends)
    try:
        rendered(ready, PROBE)
    except Exception as error:  # whatever a template of somebody else's may raise
        raise unfit(known) from error
    return ready


def rendered(model: HubLanguage, messages: Sequence[Message]) -> str:
    """The conversation as the model reads it, up to where it goes on.

    A template can do nothing but put text together: it runs in Jinja's sandbox.
    """
    from transformers.utils import chat_template_utils

    render: Any = chat_template_utils.render_jinja_template
    texts, _places = render(
        [[dict(each) for each in messages]],
        chat_template=model.template,
        add_generation_prompt=True,
        **dict(model.names),
    )
    return str(texts[0])


def prompt(model: HubLanguage, messages: Sequence[Message], most: int) -> list[int]:
    """Tokens of the conversation that leave room for `most`: the oldest turns are dropped, never
    what the system says. Raises `TooLarge` if the last message alone is too long."""
    kept = [{**each, "content": plain(model, each["content"])} for each in messages]
    fixed = 1 if kept and kept[0]["role"] == "system" else 0
    while True:
        ids: list[int] = model.tokenizer.encode(rendered(model, kept), add_special_tokens=False).ids
        if len(ids) + most <= model.known.reads:
            return ids
        if len(kept) <= fixed + 1:
            raise TooLarge(
                "What you say is longer than this model reads.",
                "Shorten it, or choose a model that reads more.",
            )
        del kept[fixed]
        while len(kept) > fixed + 1 and kept[fixed]["role"] != "user":
            del kept[fixed]


def plain(model: HubLanguage, text: str) -> str:
    """A message without the marks by which the model knows who speaks, which nobody may type."""
    text = encodable(text)
    marks = [each.content for each in model.tokenizer.get_added_tokens_decoder().values()]
    while any(mark in text for mark in marks):
        for mark in marks:
            text = text.replace(mark, "")
    return text


class Talking(Iterator[str]):
    """A reply while it is said, piece by piece. Closing it stops it, and so does `tell` by raising.

    `text` is what was said so far; `finished` whether the model came to its end by itself.
    """

    def __init__(
        self, model: HubLanguage, messages: Sequence[Message], tell: Tell, style: Style
    ) -> None:
        self.model, self.messages, self.tell, self.style = model, messages, tell, style
        self.text, self.finished, self.written = "", False, 0
        self.began = time.perf_counter()
        self.seconds = 0.0
        self._pieces = self._say(prompt(model, messages, style.most))

    def __next__(self) -> str:
        try:
            return next(self._pieces)
        finally:
            self.seconds = time.perf_counter() - self.began

    def close(self) -> None:
        """Say no more."""
        self._pieces.close()

    def reply(self) -> Reply:
        """What was said, as far as it was said."""
        said = self.text.strip()
        cut = CUT_OFF if self.written >= self.style.most else STOPPED
        heard = "\n".join(f"{each['role']}: {each['content']}" for each in self.messages)
        return Reply(
            verdict=(Verdict() if self.finished else cut) if said else SILENT,
            text=said,
            citations=(),
            provenance=provenance(
                self.model,
                heard,
                f"chat template, the last {self.model.known.reads} tokens",
                self.seconds,
                (("repetition", self.style.repetition),),
            ),
        )

    def _say(self, asked: list[int]) -> Generator[str]:
        from tokenizers.decoders import DecodeStream

        stream = DecodeStream(skip_special_tokens=True)
        for token in self._tokens(asked):
            piece = stream.step(self.model.tokenizer, token)
            self.written += 1
            if piece:
                self.text += piece
            self.tell(self.written / self.style.most, self.text)
            if piece:
                yield piece

    def _tokens(self, asked: list[int]) -> Iterator[int]:
        """Tokens one by one, until one that ends the reply or there are enough."""
        import torch

        model, device = self.model, str(self.model.device)
        choose = chooser(model, self.style)
        given, cache, so_far = asked, None, list(asked)
        for _n in range(self.style.most):
            for at in range(0, len(given), READ_AT_ONCE):
                if at:
                    self.tell(0.0, "")
                with turn(model.device), torch.inference_mode():
                    step = model.network(
                        input_ids=torch.tensor([given[at : at + READ_AT_ONCE]], device=device),
                        past_key_values=cache,
                        use_cache=True,
                        logits_to_keep=1,
                    )
                cache = step.past_key_values
            token = choose(so_far, step.logits[:, -1])
            if token in model.ends:
                self.finished = True
                return
            so_far.append(token)
            given = [token]
            yield token


Choose = Callable[[Sequence[int], "torch.Tensor"], int]
"""Tokens so far and the logits of the next (1, vocabulary) to the next."""


def chooser(model: HubLanguage, style: Style) -> Choose:
    """How the next token is chosen."""
    import torch
    from transformers.generation.logits_process import RepetitionPenaltyLogitsProcessor

    unrepeated = RepetitionPenaltyLogitsProcessor(style.repetition)

    def choose(so_far: Sequence[int], logits: "torch.Tensor") -> int:
        with turn(model.device), torch.inference_mode():
            seen = torch.tensor([list(so_far)], device=logits.device)
            return int(unrepeated(seen, logits.float()).argmax())

    return choose


def talk(
    model: HubLanguage,
    messages: Sequence[Message],
    tell: Tell = ignore,
    style: Style = Style(),
) -> Talking:
    """What the model says next. `tell` hears of the text after every token, and may raise to stop.

    Raises `EmptyInput` if there is nothing to reply to, `TooLarge` if that is too long.
    """
    needed(messages[-1]["content"] if messages else "", "message")
    return Talking(model, messages, tell, style)
