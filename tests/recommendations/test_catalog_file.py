"""A catalog comes back from its tensors as it was, but for the precision they are kept in."""

from dataclasses import replace

import numpy as np
from safetensors.numpy import load, save

from demos.core.recommend.catalog import Catalog
from demos.recommendations.catalog_file import catalog_of, tensors
from tests.core.recommend.tiny import catalog


def stored(given: Catalog) -> Catalog:
    others = {"network.items": given.vectors}
    return catalog_of(load(save(tensors(given) | others)), given.vectors)


def test_words_groups_and_counts_come_back() -> None:
    given = catalog()
    found = stored(given)
    for part in ("name", "one", "many", "group_word", "titles", "details", "codes", "groups"):
        assert getattr(found, part) == getattr(given, part)
    assert found.counts.tolist() == given.counts.tolist()
    assert [each.name for each in found.regions] == [each.name for each in given.regions]
    assert found.projection is None


def test_places_and_meanings_come_back_nearly() -> None:
    given = catalog()
    found = stored(given)
    assert np.abs(found.places - given.places).max() < 1e-3
    assert (found.text[1:] * given.text[1:]).sum(axis=1).min() > 0.999
    for rows in (found.text, found.vectors):
        assert not rows[0].any()
        np.testing.assert_allclose(np.linalg.norm(rows[1:], axis=1), 1, rtol=1e-5)


def test_the_networks_vectors_become_directions() -> None:
    given = catalog()
    scaled = given.vectors * 7
    scaled[0] = 3  # what training left in the row of padding
    found = catalog_of(tensors(given), scaled)
    np.testing.assert_allclose(found.vectors, given.vectors, atol=1e-6)


def test_a_projection_comes_back_nearly() -> None:
    projection = np.linalg.qr(np.random.default_rng(1).normal(size=(96, 64)))[0]
    found = stored(replace(catalog(), projection=projection.astype(np.float32)))
    assert found.projection is not None
    assert np.abs(found.projection - projection).max() < 1e-3


def test_nothing_is_stored_twice() -> None:
    assert not any(each.shape == (41, 16) for each in tensors(catalog()).values())
