"""The moment of an answer: what was on record, of what had happened."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class AsOf:
    """What was recorded before entry `recorded_up_to`, of what happened up to `day`.

    `recorded_up_to` is a number of entries, as in a checkpoint: entries 0 … n-1 count. `day` is compared with
    the event's own local day, and knows all that is recorded today about that day.
    """

    recorded_up_to: int | None = None
    day: date | None = None


NOW = AsOf()
