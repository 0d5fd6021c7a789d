"""A catalog as tensors beside the network's, so that both are one safetensors file.

Its vectors are the network's item embeddings and are not stored a second time.
"""

import json
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.core.recommend.catalog import Catalog, Region

WORDS = "catalog.words"
COUNTS = "catalog.counts"
PLACES = "catalog.places"
TEXT = "catalog.text"
PROJECTION = "catalog.projection"


def tensors(catalog: Catalog) -> dict[str, NDArray[Any]]:
    """Everything of a catalog but `vectors`: words as packed JSON, `text` in 8 bits.

    Rows of `text` have length 1 and get it back when read, so no scale has to be kept.
    """
    groups = catalog.group_names
    number = {name: n for n, name in enumerate(groups)}
    words = {
        "name": catalog.name,
        "one": catalog.one,
        "many": catalog.many,
        "group_word": catalog.group_word,
        "titles": catalog.titles[1:],
        "details": catalog.details[1:],
        "codes": catalog.codes[1:],
        "group_names": groups,
        "groups": [[number[each] for each in row] for row in catalog.groups[1:]],
        "regions": [[each.name, round(each.x, 3), round(each.y, 3)] for each in catalog.regions],
    }
    encoded = json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode()
    found: dict[str, NDArray[Any]] = {
        WORDS: np.frombuffer(zlib.compress(encoded, 9), np.uint8),
        COUNTS: catalog.counts.astype(np.int32),
        PLACES: catalog.places.astype(np.float16),
        TEXT: eight_bits(catalog.text),
    }
    if catalog.projection is not None:
        found[PROJECTION] = catalog.projection.astype(np.float16)
    return found


def catalog_of(tensors: Mapping[str, NDArray[Any]], vectors: NDArray[np.float32]) -> Catalog:
    """The catalog that `tensors` wrote, with the network's item embeddings (N + 1, D) as vectors.

    Other tensors beside it are passed over.
    """
    words = json.loads(zlib.decompress(tensors[WORDS].tobytes()))
    names = words["group_names"]
    projection = tensors.get(PROJECTION)
    return Catalog(
        name=words["name"],
        one=words["one"],
        many=words["many"],
        group_word=words["group_word"],
        titles=("", *words["titles"]),
        details=("", *words["details"]),
        codes=("", *words["codes"]),
        groups=((), *(tuple(names[n] for n in row) for row in words["groups"])),
        counts=tensors[COUNTS],
        vectors=unit(np.vstack([np.zeros_like(vectors[:1]), vectors[1:]])),
        text=unit(tensors[TEXT].astype(np.float32)),
        places=tensors[PLACES].astype(np.float32),
        regions=tuple(Region(name, x, y) for name, x, y in words["regions"]),
        projection=None if projection is None else projection.astype(np.float32),
    )


def eight_bits(rows: NDArray[np.float32]) -> NDArray[np.int8]:
    """The rows in steps of 1/127 of the largest number among them."""
    return np.round(rows * (127 / max(float(np.abs(rows).max()), 1e-12))).astype(np.int8)


def unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The rows at length 1, one of zeros left as it is."""
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
