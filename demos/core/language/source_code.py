"""Telling source code and markup from prose, by the signs that only they are full of."""

import re

TAG = re.compile(r"<(?:/?[a-zA-Z!][^<>]{0,300}|!--.{0,300}?--)>", re.DOTALL)
SCRIPT = re.compile(r"<(script|style)\b[^<>]{0,300}>.{0,2000}?</\1\s*>", re.DOTALL | re.IGNORECASE)
ANY_SIGN = re.compile(r"[;{}<>=(*$]")
SYMBOL = re.compile(r"[{}\[\];=<>|&$*+\\_`]|\w\(|\)[;:,)]")
FEWEST, DENSE = 3, 0.04
"""Symbols in code, and the least share of them among its characters that are no space."""
QUERY = re.compile(
    r"^\s*(?:SELECT\b.{1,300}\bFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM"
    r"|(?:CREATE|ALTER|DROP)\s+TABLE)\b",
    re.DOTALL,
)
DEFINITION = re.compile(
    r"\s*(?:async\s+)?(?:def|function|func|fn)\s+\w+\([^()\n]{0,80}\)(?:\s*->[^:\n]{1,40})?"
    r"\s*[:{]\s*(?:\n|$|return\b)"
)
"""The head of a function, as hardly any text in words begins."""
SNIPPET = 300
"""Characters of a text that is code if it begins so; a longer one may only quote it."""
CODE_LINE = re.compile(
    r"""
      [;{}]\s*$                                              # the end of a statement or block
    | ^\s*[{}\[\]()]+[,;]?\s*$                               # brackets alone
    | \w\(.{0,200}\)\s*[;:{,]?\s*$                           # a call
    | ^\s*(?:def|class|func|function|fn|struct|interface)\s+\w+.{0,200}[({:]
    | ^\s*(?:from\s+[\w.]+\s+)?import\s+[\w.*{}, ]+(?:\s+as\s+\w+)?(?:\s+from\s+['"].+)?;?\s*$
    | ^\s*(?:public|private|protected|static|const|let|var|val)\s+\w+
    | ^\s*(?:if|for|while|elif|else|try|except|with)\b.{0,200}[:{]\s*$
    | ^\s*(?:\#include|\#define|\#!|//|/\*|\*/|\$\s|@\w+\s*$)
    | ^\s*(?:return|print|echo)\b.{0,200}[)\]};]
    | ^\s*["']?[\w-]+["']?\s*:\s*(?:["'{\[]|-?\d|true\b|false\b|null\b).{0,200},?\s*$   # a key
    | ^\s*[\w.\[\]]+\s*[-+*/]?=\s*\S                         # an assignment
    """,
    re.VERBOSE,
)
OPERATOR = re.compile(r"[=!]==?|=>|::|->|&&|\|\||[-+*/]=|\+\+")
"""A sign of code too, but not in a text of one line."""


def without_markup(text: str) -> str:
    """The text without the tags in it, scripts and styles included."""
    return TAG.sub(" ", SCRIPT.sub(" ", text)) if "<" in text else text


def is_code(text: str) -> bool:
    """Whether most of a text, of a few thousand characters at most, is code or markup."""
    if not ANY_SIGN.search(text):
        return False
    if QUERY.match(text) or (len(text) <= SNIPPET and DEFINITION.match(text)):
        return True
    bare = without_markup(text)
    if 2 * letters(bare) < letters(text):
        return True
    solid = "".join(bare.split())
    if len(SYMBOL.findall(solid)) < max(FEWEST, DENSE * len(solid)):
        return False
    lines = [each for each in bare.split("\n") if each.strip()]
    of_code = [
        each
        for each in lines
        if CODE_LINE.search(each) or (len(lines) > 1 and OPERATOR.search(each))
    ]
    return 2 * len(of_code) >= len(lines)


def letters(text: str) -> int:
    return sum(map(str.isalpha, text))
