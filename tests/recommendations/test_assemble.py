"""A catalog from its items file, vectors and counts, with an encoder of the test's own."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from demos.core.recommend.taste import nearest_titles
from demos.recommendations import assemble as module
from demos.recommendations.assemble import assemble
from tests.core.recommend import tiny

WIDTH = 64


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The tiny catalog as the file of MovieLens that it could come from."""
    titles, groups, _ = zip(*tiny.FILMS, strict=True)
    pl.DataFrame(
        {
            "item": range(1, len(titles) + 1),
            "title": titles,
            "genres": ["|".join(each) for each in groups],
        }
    ).write_parquet(tmp_path / "movies-items.parquet")
    return tmp_path


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    return tiny.unit(np.stack([tiny.trigrams(each) for each in texts])).astype(np.float32)


def test_everything_has_a_row_for_every_item(data: Path) -> None:
    given = tiny.catalog()
    made = assemble(data, "movies", given.vectors * 3, given.counts, encode)
    assert made.size == given.size
    assert made.titles[4] == "The Matrix Garden (1999)"
    assert made.groups == given.groups
    assert made.counts.tolist() == given.counts.tolist()
    np.testing.assert_allclose(made.vectors, given.vectors, atol=1e-6)
    assert made.places.shape == (given.size + 1, 2)
    assert 0 < len(made.regions) <= 15
    assert len({each.name for each in made.regions}) == len(made.regions)


def test_a_sentence_is_near_the_title_it_repeats(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TEXT_WIDTH", 24)
    given = tiny.catalog()
    made = assemble(data, "movies", given.vectors, given.counts, encode)
    assert made.text.shape == (given.size + 1, 24)
    assert not made.text[0].any()
    (sentence,) = encode(["Toy Parade 2 (1999). Children, Animation"])
    first, *_ = nearest_titles(made, sentence)
    assert made.titles[first.item] == "Toy Parade 2 (1999)"
    assert first.similarity > 0.9


def test_vectors_of_another_catalog_are_refused(data: Path) -> None:
    given = tiny.catalog()
    with pytest.raises(ValueError, match="40 items, but 39 vectors"):
        assemble(data, "movies", given.vectors[:-1], given.counts, encode)
