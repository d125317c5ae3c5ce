"""What has been met so far in one document: what rows of different sheets know of each other."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True)
class Met:
    """Who submits, on which day, and what the rows so far have said."""

    party: str
    today: date
    rows: dict[tuple[str, tuple[Hashable, ...]], str] = field(default_factory=dict)
    """By sheet and unique values: the cell of the row that said it first."""
    codes: dict[str, set[str]] = field(default_factory=dict)
    """By sheet: the codes it names, where another sheet asks for them."""
    vehicle_of: dict[str, str] = field(default_factory=dict)
    """By pack: the vehicle it was put into."""
    process_of: dict[str, str] = field(default_factory=dict)
    """By batch: its process."""
    fed_kg: dict[str, float] = field(default_factory=dict)
    doubtful: set[str | None] = field(default_factory=set)
    """Batches of which an input row was refused; None where it could not be read of which."""
    made_kg: dict[str, float] = field(default_factory=dict)
