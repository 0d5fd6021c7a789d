"""Text from outside, on its way into Markdown."""

from demos.core.errors import UserError


def plain(text: str) -> str:
    """Text that Markdown leaves alone."""
    return "".join(f"\\{each}" if each in "\\`*_{}[]()<>#+-.!|~$:^=" else each for each in text)


def told(error: UserError) -> str:
    """What went wrong, in bold, and the way out."""
    return f"**{plain(error.problem)}** {plain(error.remedy)}"
