"""What is trained for which data, chosen on validation: each user's last item but the held-out."""

from dataclasses import dataclass

from demos.recommendations.fit import Recipe


@dataclass(frozen=True, slots=True)
class CatalogChoice:
    """A catalog's recipe. `length`: the latest items that the shipped network reads.

    `window`, `penalty` and `fade` are windowed EASE's: the items of a piece, its lambda, and in how
    many items a history's say fades. `links`: how many of each item's strongest are kept.
    """

    recipe: Recipe
    window: int
    penalty: float
    fade: float
    length: int = 50
    links: int = 50


@dataclass(frozen=True, slots=True)
class BenchmarkChoice:
    """A benchmark's recipe, for each of `members` networks whose probabilities are averaged."""

    recipe: Recipe
    members: int


CATALOGS = {
    "movies": CatalogChoice(Recipe(14, length=64, tokens=2_048), 20, 100.0, 3.0),
    "books": CatalogChoice(Recipe(14, length=64, tokens=2_048), 10, 100.0, 3.0),
    "retail": CatalogChoice(Recipe(16, length=64, tokens=2_048), 40, 50.0, 15.0),
}
BENCHMARKS = {"ml-1m": BenchmarkChoice(Recipe(14, tokens=4_096), members=2)}
