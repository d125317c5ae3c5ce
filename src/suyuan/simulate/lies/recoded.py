"""Lives in which a code, a number or a firm is another throughout."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from suyuan.identifiers import vin
from suyuan.simulate.lies.lie import Case
from suyuan.simulate.lives import Step
from suyuan.simulate.world import Firm

HANDOVERS = (
    "custody-gap", "handed-over-without-holding", "double-custody", "taker-differs", "shipped-never-received", "received-never-shipped",
    "buyer-not-entitled", "buyer-unknown", "sold-off-route", "taker-not-listed", "impossible-travel", "two-places-at-once",
    "waste-back-in-vehicle", "collected-by-no-outlet", "collected-without-source", "storage-too-long", "fed-not-received",
    "taken-in-by-two-recyclers", "recycler-trades-whole-packs", "outlet-dismantles", "stock-only-grows", "handover-days-differ", "reported-late", "report-overdue",
)  # fmt: skip
"""Rules of others that a thing told to be where it is not may break as well."""
SCRAPPINGS = (
    "incomplete-vehicle", "pack-missing-at-scrapping", "pack-removed-before-scrapping", "vehicle-gone-with-pack", "pack-never-removed",
    "codes-differ-at-scrapping", "scrap-certificate-twice", "scrapped-without-certificate", "sold-without-certificate",
)  # fmt: skip


def told_as(value: Any, names: Mapping[Any, Any]) -> Any:
    """The value with whatever stands in `names` told as that, however deep."""
    if isinstance(value, (str, Firm)):
        return names.get(value, value)
    if isinstance(value, Mapping):
        return {told_as(key, names): told_as(inner, names) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(told_as(inner, names) for inner in value)
    return value


def recoded(steps: Sequence[Step], names: Mapping[Any, Any]) -> list[Step]:
    """The life with these codes and firms told as others."""
    return [replace(step, by=told_as(step.by, names), facts=told_as(step.facts, names)) for step in steps]


def first_made(case: Case) -> Step:
    """The making of the life's first pack."""
    return next(step for step in case.steps if step.kind == "made")


def recycled(case: Case) -> bool:
    """Does any of it come to a recycler's batch? Then a false figure of a pack would falsify the balance of the batch as well."""
    return any(step.kind == "fed" for step in case.steps)


def parts(made: Step) -> list[str]:
    """Codes of all cells and modules of a pack."""
    modules: Mapping[str, Sequence[str]] = made.facts["modules"]
    return [*made.facts["cells"], *modules, *(cell for cells in modules.values() for cell in cells)]


def other_number(number: str, at: int, letter: str) -> str:
    """A vehicle number with another character and the check digit that goes with it."""
    bare = number[:at] + letter + number[at + 1 :]
    return bare[:8] + vin.check_digit(bare) + bare[9:]


def another_vehicle(number: str) -> str:
    """A number of the same maker and year, of a plant that no lawful vehicle comes from."""
    return other_number(number, 10, "B")
