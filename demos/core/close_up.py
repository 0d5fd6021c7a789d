"""What a page shows around one case, whatever it is a case of."""

from dataclasses import dataclass
from datetime import datetime

from demos.core.graph import Network
from demos.core.knobs import Knob
from demos.core.timeline import Lane


@dataclass(frozen=True, slots=True)
class CloseUp:
    """Timelines, the network of the last `days`, and what can be edited; money in `currency`.

    Labels of what came after `labels_end` were not known at the moment of the case.
    """

    lanes: tuple[Lane, ...]
    labels_end: datetime
    network: Network
    days: int
    knobs: tuple[Knob, ...]
    currency: str
