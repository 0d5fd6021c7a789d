"""A chat model of the store as the assistant's voice.

talker = talker_of(spec, inference.talk)     # Chat(..., talker=talker)
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from demos.core.language.grounded import Message, Talking, Tell
from demos.core.spec import Hub, ModelSpec
from pages.components.download import available
from pages.components.language.chat_state import Talker
from pages.components.model_store import model_store

TalkWith = Callable[[Any, Sequence[Message], Tell], Any]
"""A loaded model, what was said before, and who is told: gives a `Talking` that can be closed."""


def talker_of(spec: ModelSpec, talk: TalkWith) -> Talker | None:
    """The model, borrowed for one reply at a time; None for a bundled one, which only quotes, and
    for one that is not on this server: that is offered."""
    if not available(spec) or not isinstance(spec.source, Hub):
        return None

    @contextmanager
    def borrowed(messages: Sequence[Message], tell: Tell) -> Iterator[Talking]:
        with model_store().borrow(spec) as model, closing(talk(model, messages, tell)) as talking:
            yield talking

    return Talker(spec.title, borrowed)
