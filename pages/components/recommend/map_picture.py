"""All items of a catalog as one picture: a dot each, sharp at any zoom.

A chart makes an element of the page of every point. Nine thousand of them take seconds to move,
and WebGL charts do not run under our content security policy (they compile code as they draw).
The one path of this SVG picture is moved at once, and takes seven bytes a dot.
"""

from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

UNIT = 1000
"""Steps from the middle of the map to its edge: coordinates with three digits."""
EDGE = 1040
"""Of the picture, so that dots at the edge are whole."""
BAND = 40
"""Steps; dots are written band by band, so that each is near the one before it."""


def steps(places: NDArray[np.float32]) -> NDArray[np.int64]:
    """Places between -1 and 1 as whole steps."""
    return np.rint(places * UNIT).astype(np.int64)


def picture(places: NDArray[np.float32], color: str, opacity: float, width: int) -> str:
    """A data address of a picture from `-EDGE` to `EDGE` with a dot at each of `places` (n, 2).

    `width` of a dot is in steps.
    """
    spots = steps(places) * (1, -1)  # downwards, as pictures are
    band = spots[:, 0] // BAND
    spots = spots[np.lexsort((np.where(band % 2, -spots[:, 1], spots[:, 1]), band))]
    moves = np.diff(spots, axis=0, prepend=np.zeros((1, 2), np.int64)).tolist()
    path = "".join(f"m{x}{y}h0" if y < 0 else f"m{x},{y}h0" for x, y in moves)
    box = f"{-EDGE} {-EDGE} {2 * EDGE} {2 * EDGE}"
    drawing = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='{box}'><path d='{path}' "
        f"stroke='{color}' stroke-opacity='{opacity}' stroke-width='{width}' "
        "stroke-linecap='round'/></svg>"
    )
    return f"data:image/svg+xml,{quote(drawing, safe=',:/')}"
