"""Numbers in place of texts, which are sorted and compared several times faster."""

import numpy as np
import polars as pl
from numpy.typing import NDArray


def codes(values: pl.Series) -> NDArray[np.int64]:
    """A number for each distinct text, from 0 in the order they first appear."""
    encoded = values.to_arrow().dictionary_encode().indices.to_numpy()
    numbered: NDArray[np.int64] = encoded.astype(np.int64)
    return numbered
