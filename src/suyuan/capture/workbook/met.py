"""What has been met so far in one document: what rows of different sheets know of each other."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True)
class Met:
    """Who submits, on which day, and what the rows so far have said."""

    party: str
    today: date
    rows: dict[str, dict[str, dict[Hashable, int]]] = field(default_factory=dict)
    """By sheet of the form, then by sheet of the workbook and unique values: the row that said it first."""
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

    def row_before(self, sheet: str, name: str, unique: tuple[Hashable, ...], row: int) -> str | None:
        """The first cell of an earlier row with these unique values; where there is none, `row` is remembered."""
        # of a million rows only what is compared is kept: the one value, the number of the row
        said = unique[0] if len(unique) == 1 else unique
        named = self.rows.setdefault(sheet, {})
        for before, rows in named.items():
            if said in rows:
                return f"{before}!A{rows[said]}"
        named.setdefault(name, {})[said] = row
        return None
