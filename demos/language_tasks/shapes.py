"""The shapes of words, which a vocabulary without case has lost: "Paris", "NATO", "iPhone", "7"."""

from demos.language_tasks.encoding import Tokens

OTHER, LOWER, TITLE, UPPER, MIXED, DIGITS = range(6)
FIRST = 6
"""Added to the shape of a word at its first token; the others continue it."""
SHAPES = 2 * FIRST


def shape(word: str) -> int:
    """One of the six."""
    letters = [each for each in word if each.isalpha()]
    if not letters:
        return DIGITS if any(map(str.isdigit, word)) else OTHER
    if all(map(str.islower, letters)):
        return LOWER
    if all(map(str.isupper, letters)):
        return UPPER if len(letters) > 1 else TITLE
    return TITLE if letters[0].isupper() and all(map(str.islower, letters[1:])) else MIXED


def token_shapes(text: str, tokens: Tokens) -> list[int]:
    """For each token the shape of the word it is of, and whether it is the first of that."""
    found: list[int] = []
    for place, word in enumerate(tokens.words):
        if place and word == tokens.words[place - 1]:
            found.append(found[-1] % FIRST)
            continue
        last = place
        while last + 1 < len(tokens) and tokens.words[last + 1] == word:
            last += 1
        found.append(FIRST + shape(text[tokens.places[place][0] : tokens.places[last][1]]))
    return found
