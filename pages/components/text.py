"""Text from outside, on its way into Markdown."""


def plain(text: str) -> str:
    """Text that Markdown leaves alone."""
    return "".join(f"\\{each}" if each in "\\`*_{}[]()<>#+-.!|~$:^" else each for each in text)
