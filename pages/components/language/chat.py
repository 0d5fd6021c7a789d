"""A conversation about documents: give some, ask, and see where each answer stands.

    show_chat(Chat(slug, vectors, answerer, sample, suggested))

Without a chat model every reply is a quotation, or "not found". The page below must draw nothing
that depends on the conversation: a reply may be written after it.
"""

from pathlib import Path

import streamlit as st

from demos.core.errors import UserError
from demos.core.language.assistant import LONGEST_QUESTION, READ, ask
from demos.core.language.conversation import to_json, to_txt
from demos.core.language.dialogue import FOLLOWS
from demos.core.language.documents import Document
from demos.core.language.passages import MOST, WORDS
from demos.core.language.retrieval import Index, index
from demos.core.language.scope import scope
from demos.core.wording import counted
from pages.components.cases.export import downloads
from pages.components.language.chat_state import KEPT, MOST_DOCUMENTS, WAITING, Chat
from pages.components.language.chat_talk import forget, talk_on
from pages.components.language.chat_turns import ASSISTANT, show_question, show_turn
from pages.components.language.verdict import written
from pages.components.text import told

STYLE = Path(__file__).parent / "chat.css"
TYPES = ("txt", "md", "pdf", "docx")


def show_chat(chat: Chat) -> None:
    """Documents, conversation, input, limits, and the ways to take it away or delete it."""
    st.html(STYLE)
    show_documents(chat)
    found = indexed(chat)
    with st.container(key="chat_turns"):
        for place, turn in enumerate(chat.turns, start=1):
            show_turn(turn, chat.documents, place == len(chat.turns) and not chat.waiting)
        busy = found is not None and answer_waiting(chat, found)
        show_failure(chat)
    show_suggested(chat)
    show_input(chat, busy)
    show_limits(chat)
    show_keeping(chat)


def show_documents(chat: Chat) -> None:
    """What is looked in, each with its size and a button to remove it."""
    with st.container(border=True, key="chat_documents", gap="small"):
        st.markdown(f"**{counted(len(chat.documents), 'document')} to look in**")
        for document in chat.documents:
            show_document(chat, document)
        if not chat.documents:
            st.markdown("Add one with the plus sign below, or use our sample.")
        if chat.sample.sha256 not in [each.sha256 for each in chat.documents]:
            st.button(
                "Use the sample document",
                icon=":material/description:",
                key=chat.key("sample"),
                on_click=chat.take_sample,
            )
    for problem in chat.problems:
        st.warning(told(problem), icon=":material/error:")


def show_document(chat: Chat, document: Document) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words = counted(len(document.text.split()), "word")
        sample = " · our sample, invented" if document.sha256 == chat.sample.sha256 else ""
        st.markdown(
            f":material/description: {written(document.name)} :gray[{words}{sample}]",
            width="content",
        )
        st.button(
            "Remove",
            icon=":material/close:",
            type="tertiary",
            key=chat.key(f"remove.{document.sha256}"),
            on_click=chat.remove,
            args=(document.sha256,),
            help=f"Remove {written(document.name)}",
        )
    for note in document.notes:
        st.caption(f":material/info: {written(note)}")
    why = scope(document.text).verdict.reason
    if why:
        st.caption(f":material/translate: {written(why)} Little will be found in it.")


def indexed(chat: Chat) -> Index | None:
    """The passages of all documents, read once. None where that failed; the page says why."""
    documents = chat.documents
    about = tuple((each.sha256, each.name) for each in documents)
    before: tuple[object, Index] | None = chat.get("index", None)
    if before is None or before[0] != about:
        bar = st.empty()

        def tell(done: int, total: int) -> None:
            if total > READ * 10:
                bar.progress(done / total, f"Reading passage {done + 1:,} of {total:,} …")

        try:
            before = (about, index(documents, chat.vectors, chat.known, tell))
        except UserError as error:
            st.warning(told(error), icon=":material/error:")
            st.button("Try again", icon=":material/refresh:", key=chat.key("index_again"))
            return None
        finally:
            bar.empty()
        chat.put("index", before)
    found = before[1]
    if found.left_out:
        st.warning(
            f"Only the first {MOST:,} passages are searched, of {WORDS} words at most; "
            f"{found.left_out:,} more at the end were left out. Remove a document, or give the "
            "part that matters.",
            icon=":material/content_cut:",
        )
    return found


def answer_waiting(chat: Chat, found: Index) -> bool:
    """Answer what was asked, one question after the other; whether one is still being answered."""
    if chat.talker is None:
        forget(chat)
    while chat.waiting:
        try:
            if chat.talker is not None:
                if not talk_on(chat, chat.talker, found):
                    return True
            else:
                quote(chat, found)
        except UserError as error:
            chat.fail(error)
            return False
        show_turn(chat.turns[-1], chat.documents, not chat.waiting)
    return False


def quote(chat: Chat, found: Index) -> None:
    """Answer the first waiting question from the documents, in their words."""
    with st.spinner("Looking in the documents …"):
        chat.answered(ask(chat.waiting[0], found, chat.vectors, chat.answerer, chat.turns))


def show_failure(chat: Chat) -> None:
    """A question that could not be answered for now, and a button to ask it again."""
    failed: tuple[str, UserError] | None = chat.get("failed", None)
    if failed is None:
        return
    question, error = failed
    show_question(question)
    with st.chat_message("assistant", avatar=ASSISTANT):
        st.warning(told(error), icon=":material/error:")
        st.button(
            "Ask again",
            icon=":material/refresh:",
            key=chat.key("again"),
            on_click=chat.question,
            args=(question,),
        )


def show_suggested(chat: Chat) -> None:
    """Questions to try that were not asked yet, as long as the document they are about is there."""
    asked = {each.question for each in chat.turns}
    left = [each for each in enumerate(chat.suggested) if each[1] not in asked]
    if not left or chat.sample.sha256 not in [each.sha256 for each in chat.documents]:
        return
    with st.container(horizontal=True, gap="small", key="chat_suggested"):
        for place, question in left:
            st.button(
                written(question),
                icon=":material/help_center:",
                key=chat.key(f"suggested.{place}"),
                on_click=chat.question,
                args=(question,),
            )


def show_input(chat: Chat, busy: bool) -> None:
    with st.container(key="chat_input"):  # inside a container it stays in its place
        st.chat_input(
            "Ask about the documents, or add some",
            key=chat.key("input"),
            max_chars=LONGEST_QUESTION,
            accept_file="multiple",
            file_type=TYPES,
            disabled=busy or len(chat.waiting) >= WAITING,
            submit_mode="disable",
            on_submit=chat.submitted,
        )


def show_limits(chat: Chat) -> None:
    """What it cannot do, said before it is relied on."""
    if chat.talker is None:
        short = (
            "Every answer is a quotation. “Not found” means that it saw no answer, not that there "
            "is none."
        )
        how = (
            f"A small model reads the {READ} passages nearest to the question, each by itself, and "
            "marks the words that answer it. What has to be put together from two places, counted, "
            "calculated or concluded is not found, or found wrongly."
        )
    else:
        title = written(chat.talker.title)
        short = f"{title} writes in its own words, and may say what is in no document."
        how = (
            f"It is given the {READ} passages nearest to the question. Only its citations "
            "are checked, and that every figure is in a passage it cites."
        )
    st.caption(f":material/info: {short}")
    with st.expander("What it can and cannot do", icon=":material/rule:"):
        st.markdown(
            f"- {how}\n"
            f"- {FOLLOWS}\n"
            "- Questions and documents are read in English. Of a PDF file only the text "
            "is read, no pictures.\n"
            f"- {MOST_DOCUMENTS} documents and {MOST:,} passages at most."
        )


def show_keeping(chat: Chat) -> None:
    """Taking the conversation away, and having it gone."""
    turns, documents = chat.turns, chat.documents
    if turns:
        downloads(
            chat.slug,
            "conversation",
            (
                (
                    *("Conversation (TXT)", "txt", "text/plain", "article"),
                    lambda: to_txt(turns, documents),
                ),
                (
                    *("Conversation (JSON)", "json", "application/json", "data_object"),
                    lambda: to_json(turns, documents),
                ),
            ),
        )
    st.caption(
        ":material/lock_clock: Documents and conversation, its last "
        f"{KEPT} questions, stay in the server's memory for this session alone, and are lost when "
        "the page is reloaded or closed. They are written to no disk."
    )
    st.button(
        "Delete everything now",
        icon=":material/delete:",
        key=chat.key("delete"),
        on_click=chat.delete,
        disabled=chat.untouched,
        help="The conversation and all documents. There is no undo.",
    )
