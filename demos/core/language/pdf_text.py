"""The text of a PDF's pages, by PDFium, in a process of its own.

That process may take so much memory and time and no more, and a file that breaks it breaks nothing
else. PDFium must not be used by two threads at once either.

    python -m demos.core.language.pdf_text 500 < document.pdf
"""

import json
import resource
import signal
import subprocess
import sys
import threading
from typing import Any

from demos.core.errors import InputError, TooLarge, Unreadable, UnsupportedType
from demos.core.settings import GIB
from demos.core.spec import PACKAGE

SECONDS = 30
MEMORY = 2 * GIB
"""Of address space, most of which is never touched."""
CHARACTERS = 4_000_000
AT_ONCE = threading.BoundedSemaphore(2)
HYPHEN = "\ufffe"
"""What PDFium writes for a hyphen that a line break made."""


def pdf_pages(data: bytes, most: int) -> list[str]:
    """The text of each page. Raises `UnsupportedType` if a password is asked for, `TooLarge` for
    more than `most` pages or too much text or time, `Unreadable` for a damaged file."""
    command = [sys.executable, "-m", "demos.core.language.pdf_text", str(most)]
    with AT_ONCE:
        try:
            done = subprocess.run(
                command,
                input=data,
                capture_output=True,
                check=False,
                cwd=PACKAGE.parent,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            raise too_much() from error
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        raise (too_much() if done.returncode == -signal.SIGXCPU else damaged()) from error
    if "pages" in answer:
        return list(answer["pages"])
    raise problem(answer, most)


def problem(answer: dict[str, Any], most: int) -> InputError:
    """What to say where there is no text."""
    if answer["problem"] == "password":
        return UnsupportedType(
            "This PDF asks for a password.", "Save it without one, and upload that."
        )
    if answer["problem"] == "pages":
        return TooLarge(
            f"This PDF has {answer['count']:,} pages; the limit is {most:,}.",
            "Split it into several.",
        )
    return too_much() if answer["problem"] == "text" else damaged()


def too_much() -> TooLarge:
    return TooLarge(
        "There is more in this PDF than can be read here.", "Split it, or save it as plain text."
    )


def damaged() -> Unreadable:
    return Unreadable(
        "This PDF is damaged, incomplete or of an unusual variant.",
        "Open it in a PDF viewer and print it to a new PDF.",
    )


def extracted(data: bytes, most: int) -> dict[str, Any]:
    """`pages`, or the `problem` with them; runs in the process of its own."""
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        asked = getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD
        return {"problem": "password" if asked else "damaged"}
    if len(document) > most:
        return {"problem": "pages", "count": len(document)}
    pages, characters = [], 0
    for page in document:
        text = page.get_textpage().get_text_bounded().replace(HYPHEN, "")
        page.close()
        characters += len(text)
        if characters > CHARACTERS:
            return {"problem": "text"}
        pages.append(text)
    return {"pages": pages} if pages else {"problem": "damaged"}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = extracted(sys.stdin.buffer.read(), int(sys.argv[1]))
    except MemoryError:
        answer = {"problem": "text"}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
