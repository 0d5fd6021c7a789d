"""A catalog of forty invented films and what a plausible model says of it, always the same."""

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from demos.core.recommend.catalog import Catalog, Region
from demos.core.recommend.ranking import Ranking
from demos.core.results import Outcome, Provenance

SPACE, CRIME, LOVE, CHILDREN, DOCUMENTARY = "Sci-Fi", "Crime", "Romance", "Children", "Documentary"

FILMS: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("Star Lanterns (1977)", (SPACE, "Adventure"), 900),
    ("Star Lanterns: The Return (1980)", (SPACE, "Adventure"), 700),
    ("Star Lanterns (2015)", (SPACE, "Adventure"), 300),
    ("Matrix Garden, The (1999)", (SPACE,), 650),
    ("Matrix Gardens, The (2003)", (SPACE,), 120),
    ("Orbit of Glass (1968)", (SPACE, "Drama"), 210),
    ("Last Moon Ferry, The (2011)", (SPACE,), 60),
    ("Ångström's Comet (1994)", (SPACE, "Drama"), 18),
    ("Robots & Roses (2008)", (SPACE, LOVE), 95),
    ("Ten Days on Mars (1990)", (SPACE, "Action"), 260),
    ("Quiet Accomplice, A (1958)", (CRIME, "Drama"), 180),
    ("Harbor Murders, The (1971)", (CRIME, "Thriller"), 340),
    ("Harbour Murders, The (1996)", (CRIME, "Thriller"), 140),
    ("Se7en Locks (1995)", (CRIME, "Thriller"), 520),
    ("Commissaire Brûlé (1982)", (CRIME,), 22),
    ("Fingerprints (2004)", (CRIME, "Thriller"), 75),
    ("Ocean's Nine Lives (2001)", (CRIME, "Comedy"), 410),
    ("12 Silent Jurors (1957)", (CRIME, "Drama"), 230),
    ("L.A. Alibi (1997)", (CRIME,), 160),
    ("Amélie's Umbrella (2001)", (LOVE, "Comedy"), 480),
    ("Letters from Genoa (1953)", (LOVE, "Drama"), 85),
    ("Château d'amour, Le (1964)", (LOVE,), 12),
    ("When Nora Met Sam (1989)", (LOVE, "Comedy"), 360),
    ("Love, Twice (2009)", (LOVE,), 44),
    ("Love Twice More (2012)", (LOVE,), 20),
    ("Señora de la noche, La (1999)", (LOVE, "Drama"), 33),
    ("Garden of Ordinary Days (2016)", (LOVE, "Drama"), 9),
    ("Tin Whale, The (1940)", (CHILDREN, "Animation"), 310),
    ("Toy Parade (1995)", (CHILDREN, "Animation"), 880),
    ("Toy Parade 2 (1999)", (CHILDREN, "Animation"), 610),
    ("Toy Parade 3 (2010)", (CHILDREN, "Animation"), 330),
    ("Bear Who Counted, The (1988)", (CHILDREN,), 70),
    ("My Neighbor the Cloud (Tonari no kumo) (1988)", (CHILDREN, "Animation"), 240),
    ("Snowdrop & the Seven Clocks (1937)", (CHILDREN, "Animation"), 290),
    ("Pâté, the Cat (2018)", (CHILDREN, "Comedy"), 14),
    ("Salt (2010)", (DOCUMENTARY,), 26),
    ("March of the Herons (2005)", (DOCUMENTARY,), 130),
    ("Bees! (2017)", (DOCUMENTARY,), 7),
    ("Year in the Archive, A (2013)", (DOCUMENTARY,), 3),
    ("Señor Vinyl: A Life in Records (2014)", (DOCUMENTARY, "Music"), 11),
)
CENTERS = {
    SPACE: (-0.7, 0.5),
    CRIME: (0.6, 0.6),
    LOVE: (0.5, -0.5),
    CHILDREN: (-0.5, -0.6),
    DOCUMENTARY: (0.0, 0.05),
}


def catalog() -> Catalog:
    """Films of five kinds: alike in vectors and near on the map where their first group is one."""
    rng = np.random.default_rng(5)
    kinds = list(CENTERS)
    first = np.array([kinds.index(groups[0]) for _, groups, _ in FILMS])
    vectors = rng.normal(size=(len(kinds), 16))[first] + 0.6 * rng.normal(size=(len(FILMS), 16))
    places = np.array(list(CENTERS.values()))[first] + rng.normal(0, 0.08, (len(FILMS), 2))
    return Catalog(
        name="tiny",
        one="film",
        many="films",
        group_word="genre",
        titles=("", *(title for title, _, _ in FILMS)),
        details=("", *(f"{groups[0]}, {count} viewers" for _, groups, count in FILMS)),
        codes=("", *(f"F{number:03d}" for number in range(1, len(FILMS) + 1))),
        groups=((), *(groups for _, groups, _ in FILMS)),
        counts=np.array([0, *(count for _, _, count in FILMS)], np.int32),
        vectors=padded(unit(vectors)),
        text=padded(unit(np.stack([trigrams(title) for title, _, _ in FILMS]))),
        places=padded(np.clip(places, -1, 1)),
        regions=tuple(Region(name, *center) for name, center in CENTERS.items()),
    )


def ranking(history: Sequence[int]) -> Ranking:
    """What is like the history, its later items above all, with some regard to popularity."""
    films = catalog()
    weights = 0.8 ** np.arange(len(history))[::-1]
    taste = weights @ films.vectors[list(history)] / max(float(weights.sum()), 1.0)
    points = 5.0 * films.vectors @ taste + 0.5 * np.log(films.counts + 1.0)
    points[0] = -np.inf
    scores = (points - np.log(np.exp(points[1:]).sum())).astype(np.float32)
    unseen = np.delete(scores, [0, *history])
    expected = float(np.exp(np.sort(unseen)[::-1][:10]).sum())
    return Ranking(
        history=tuple(history),
        scores=scores,
        outcome=Outcome.ANSWER if history else Outcome.UNSURE,
        reason="" if history else "Nothing is known of this person yet.",
        expected=expected,
        provenance=Provenance(
            input_sha256=f"{zlib.crc32(repr(tuple(history)).encode()):064x}",
            model="tiny",
            weights="0" * 64,
            preprocessing="history/1",
            engine="numpy",
            device="cpu",
            dtype="float32",
            seconds=0.002,
            thresholds=(("expected", 0.1),),
        ),
    )


def trigrams(title: str) -> NDArray[np.float64]:
    """Counts (64,) of the title's groups of three letters, each at a place that its hash names."""
    counted = np.zeros(64)
    text = f" {title.lower()} "
    for start in range(len(text) - 2):
        counted[zlib.crc32(text[start : start + 3].encode()) % 64] += 1
    return counted


def unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def padded(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    """The rows after one of zeros, which is no item's."""
    return np.vstack([np.zeros((1, rows.shape[1])), rows]).astype(np.float32)
