"""The items of a catalog as their data name them, made readable for people."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

ARTICLES = "The|A|An|La|Le|Les|El|Los|Las|Lo|Il|Das|Der|Die|Det|Un|Une|L'"
TRAILING_ARTICLE = re.compile(
    rf"^(?P<known_as>a\.k\.a\. )?(?P<rest>.+), (?P<article>{ARTICLES}) ?$", re.IGNORECASE
)
PARTS = re.compile(r"\s+(?=\()")
"""MovieLens writes "Title (other title) (year)", the article of each title behind it."""

NO_GENRES = "(no genres listed)"
FORMATS = {"IMAX"}  # listed among the genres, but how a film is shown, not what it is

AUTHORS_NAMED = 3

SET_OF = re.compile(r"\b(?:set|s)\s?/\s?(\d+)\b", re.IGNORECASE)
ABBREVIATED = {
    "asstd": "assorted",
    "ass": "assorted",
    "col": "colour",
    "hldr": "holder",
    "flwr": "flower",
    "blck": "black",
    "blk": "black",
    "rnd": "round",
    "w": "with",
}
"""What the shop cut short to fit its 35 characters; spellings are otherwise left as they are."""

UPPER = {
    *("cd", "dvd", "tv", "led", "vip", "abc", "wc", "uk", "usa", "vw", "bbq", "diy", "xl", "3d"),
    *("a4", "a5", "a6", "a7", "d.o.f", "m.o.p", "i", "i'm", "i'd"),
}
NAMES = {
    *("american", "baroque", "boudicca", "charlie", "charlotte", "christmas", "danish", "dutch"),
    *("easter", "edwardian", "elvis", "england", "english", "france", "french", "georgian"),
    *("german", "halloween", "indian", "ivy", "japanese", "lola", "london", "moroccan", "murano"),
    *("jack", "jean-paul", "paris", "parisienne", "regency", "russian", "scandinavian"),
    *("scottish", "spanish", "swedish", "swiss", "union", "valentine", "victorian", "xmas"),
    *("mr", "mrs", "poppy's", "price's", "fanny's", "mao", "tyrolean", "vegas", "las"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One item. `kinds` are groups the data themselves know (genres), `maker` a book's author."""

    title: str
    details: str
    code: str
    kinds: tuple[str, ...] = ()
    maker: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """Items 1 to N of the catalog called `name`, as tuples of N + 1; entry 0 is padding."""

    name: str
    titles: tuple[str, ...]
    details: tuple[str, ...]
    codes: tuple[str, ...]
    kinds: tuple[tuple[str, ...], ...]
    makers: tuple[str, ...]


def read_items(data: Path, name: str) -> Items:
    """The items of the catalog called `name`, from the file NAME-items.parquet in `data`.

    Raises `ValueError` if they are not numbered 1 to N.
    """
    table = pl.read_parquet(data / f"{name}-items.parquet").sort("item")
    if table["item"].to_list() != list(range(1, len(table) + 1)):
        raise ValueError(f"{name}: items are not numbered from 1 without gaps")
    items = [Item("", "", ""), *map(READERS[name], table.iter_rows(named=True))]
    return Items(
        name,
        titles=tuple(each.title for each in items),
        details=tuple(each.details for each in items),
        codes=tuple(each.code for each in items),
        kinds=tuple(each.kinds for each in items),
        makers=tuple(each.maker for each in items),
    )


def film(row: Mapping[str, Any]) -> Item:
    """A film of MovieLens."""
    genres = [
        genre.replace("Film-Noir", "Film noir")
        for genre in row["genres"].split("|")
        if genre not in FORMATS | {NO_GENRES}
    ]
    return Item(film_title(row["title"]), "", str(row["item"]), kinds=tuple(genres))


def film_title(text: str) -> str:
    """The articles of a film's titles in their place: "Matrix, The (1999)" as it is spoken."""
    title, *others = PARTS.split(spaced(text))
    rest = [f"({article_first(other[1:-1])})" if other[-1] == ")" else other for other in others]
    return " ".join([article_first(title), *rest])


def article_first(title: str) -> str:
    """A title with the article behind its comma put in front."""
    found = TRAILING_ARTICLE.match(title)
    if not found:
        return title
    gap = "" if found["article"].endswith("'") else " "
    return f"{found['known_as'] or ''}{found['article']}{gap}{found['rest']}"


def book(row: Mapping[str, Any]) -> Item:
    """A book of goodbooks-10k: its first authors and its year, where known."""
    authors = [spaced(each) for each in row["authors"].split(", ")]
    named = ", ".join(authors[:AUTHORS_NAMED])
    if len(authors) > AUTHORS_NAMED:
        named += " and others"
    parts = [named, *([] if row["year"] is None else [year(int(row["year"]))])]
    return Item(spaced(row["title"]), " · ".join(parts), str(row["item"]), maker=authors[0])


def year(number: int) -> str:
    """A year; those before the common era are negative in the data."""
    return f"{-number} BC" if number < 0 else str(number)


def product(row: Mapping[str, Any]) -> Item:
    """A product of the shop: its stock code and price."""
    details = f"SKU {row['sku']} · GBP {row['price_gbp']:.2f}"
    return Item(product_title(row["title"]), details, row["sku"])


def product_title(text: str) -> str:
    """A title in capitals as a sentence: names keep theirs, and cut words are written out."""
    text = SET_OF.sub(r"set of \1", text.lower())
    text = re.sub(r"\bw/(?=\w)", "with ", text)
    text = re.sub(r"\s*,\s*", ", ", text)
    text = re.sub(r"\s*\+\s*", " + ", text)
    sentence = " ".join(written(word) for word in text.strip(" ,.").split())
    return sentence[:1].upper() + sentence[1:]


def written(word: str) -> str:
    """A word in small letters as it is written inside a sentence."""
    bare = word.strip(',.()"')
    if bare in ABBREVIATED:
        return word.replace(bare, ABBREVIATED[bare])
    if bare in UPPER or (len(bare) == 1 and word.startswith('"')):
        return word.upper()
    return word.replace(bare, bare[:1].upper() + bare[1:]) if bare in NAMES else word


def spaced(text: str) -> str:
    """A text with single spaces between its words and none around it."""
    return " ".join(text.split())


READERS: dict[str, Callable[[Mapping[str, Any]], Item]] = {
    "movies": film,
    "books": book,
    "retail": product,
}
