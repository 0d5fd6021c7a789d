"""The personas that are shipped: histories of our own making, whatever the weights."""

import json
from functools import cache

import numpy as np
import pytest
from safetensors.numpy import load_file

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.history import history_of, read_names
from demos.core.samples import Sample, SampleKind, samples
from demos.core.spec import PACKAGE, Bundled
from demos.recommendations import SPEC
from demos.recommendations.catalog_file import catalog_of

CATALOGS = ("movies", "books", "retail")
MOST = 25


def shipped(catalog: str) -> tuple[Sample, ...]:
    return samples("recommendations", catalog)


every_persona = pytest.mark.parametrize(
    "persona",
    [each for catalog in CATALOGS for each in shipped(catalog)],
    ids=lambda persona: f"{persona.model}-{persona.key}",
)


@pytest.mark.parametrize("catalog", CATALOGS)
def test_a_catalog_opens_with_a_typical_one_and_has_every_kind(catalog: str) -> None:
    personas = shipped(catalog)
    assert 4 <= len(personas) <= 7
    assert personas[0].kind is SampleKind.TYPICAL
    assert {each.kind for each in personas} == set(SampleKind)


def test_every_persona_belongs_to_a_catalog_and_keys_are_never_used_twice() -> None:
    listed = json.loads((PACKAGE / "recommendations/samples/samples.json").read_text())
    assert {each["model"] for each in listed} == set(CATALOGS)
    assert len({each["key"] for each in listed}) == len(listed)


@every_persona
def test_a_history_is_short_and_says_nothing_twice(persona: Sample) -> None:
    names = read_names(persona.read())
    assert 1 <= len(names) <= MOST
    assert all(each == each.strip() != "" for each in names)
    assert len(set(names)) == len(names)
    assert persona.note.endswith(".")


@pytest.mark.parametrize("catalog", CATALOGS)
def test_what_is_out_of_scope_shares_nothing_with_the_other_personas(catalog: str) -> None:
    inside: set[str] = set()
    outside: set[str] = set()
    for each in shipped(catalog):
        place = outside if each.kind is SampleKind.OUT_OF_SCOPE else inside
        place.update(read_names(each.read()))
    assert len(outside) >= 6
    assert inside.isdisjoint(outside)


@every_persona
def test_the_shipped_catalog_knows_all_titles_or_none(persona: Sample) -> None:
    source = SPEC.model(persona.model).source
    assert isinstance(source, Bundled)
    if not source.path.exists():
        pytest.skip("the weights are not there yet")
    history = history_of(shipped_catalog(persona.model), read_names(persona.read()))
    if persona.kind is SampleKind.OUT_OF_SCOPE:
        assert history.items == () and history.unknown
    else:
        assert history.items and history.unknown == ()


@cache
def shipped_catalog(name: str) -> Catalog:
    """Of the bundled weights, without their networks."""
    source = SPEC.model(name).source
    assert isinstance(source, Bundled)
    tensors = load_file(source.path)
    return catalog_of(tensors, tensors["network.embedding.weight"].astype(np.float32))
