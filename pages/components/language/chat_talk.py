"""A chat model's reply as it is written: in the background, with a button that stops it."""

from dataclasses import dataclass

import streamlit as st

from demos.core.jobs import Job
from demos.core.language.answers import Reply, Verdict
from demos.core.language.assistant import UNLOADED, without_reading
from demos.core.language.grounded import Prepared, checked, prompt
from demos.core.language.retrieval import Index
from demos.core.results import Outcome
from pages.components.job_board import text_board
from pages.components.language.chat_state import Chat, Talker
from pages.components.language.chat_turns import ASSISTANT, lines, show_question

REFRESH_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Saying:
    """What was asked, what has been said so far, and in the end the whole reply."""

    asked: Prepared
    text: str = ""
    reply: Reply | None = None


def talk_on(chat: Chat, talker: Talker, index: Index) -> bool:
    """Have the first waiting question answered by the chat model; whether it has been.

    Raises `UserError` as the models do.
    """
    question = chat.waiting[0]
    job = text_board().find(chat.get("job", ""))
    if job is None:
        early = without_reading(question, index)
        if early is not None:
            chat.answered(early)
            return True
        job = start(talker, prompt(question, index, chat.vectors, chat.turns))
        chat.put("job", job.id)
    if not job.finished:
        watch(job)
        return False
    finish(chat, job)
    return True


def start(talker: Talker, asked: Prepared) -> Job:
    """Raises `Busy` if too many jobs wait already."""

    def work(job: Job) -> Saying:
        def tell(fraction: float, text: str) -> None:
            job.share(Saying(asked, text))
            job.report(round(100 * fraction), 100)

        with talker.talk(asked.messages, tell) as talking:
            try:
                for _piece in talking:  # `tell` has it already
                    pass
            finally:  # also of one that was stopped
                job.share(Saying(asked, job.result.text, talking.reply()))
        return job.result

    return text_board().start(work, Saying(asked))


def finish(chat: Chat, job: Job) -> None:
    """Its reply becomes part of the conversation. Raises what it failed with."""
    forget(chat)
    if job.error is not None:
        raise job.error
    saying: Saying = job.result
    never = Verdict(Outcome.REFUSED, "Stopped before it began.")
    chat.answered(checked(saying.reply or Reply(never, "", (), UNLOADED), saying.asked))


def forget(chat: Chat) -> None:
    """Stop what is still being written for another model, and keep nothing of it."""
    text_board().forget(chat.get("job", ""))
    chat.put("job", "")


@st.fragment(run_every=REFRESH_SECONDS)
def watch(job: Job) -> None:
    """What has been said so far; ends in a rerun of the page."""
    if job.finished:
        st.rerun()
    saying: Saying = job.result
    show_question(saying.asked.question)
    with st.chat_message("assistant", avatar=ASSISTANT):
        if saying.text:
            st.markdown(lines(saying.text))
        else:
            position = text_board().position(job)
            st.markdown(
                f":gray[Waiting for other jobs: yours is number {position} …]"
                if position
                else ":gray[Reading the passages …]"
            )
        st.button(
            "Stop",
            icon=":material/stop_circle:",
            on_click=job.cancel,
            disabled=job.canceling,
            key=f"stop_{job.id}",
        )
