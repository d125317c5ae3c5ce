"""A scenario: what firms submit, and what must be known of it afterwards.

All scenarios are captured into one ledger, each with its own things and in the order written; then every expectation is asked
of the command line. A scenario is a function that takes a `Scene`; its docstring is the case in plain words.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.scenarios import writing
from tests.scenarios.writing import document

MAKER, OEM, DEALER, SHOP, SWAP, OUTLET, SCRAP, REUSE, RECYCLER, REFINER, BUYER, TRADER = map(
    writing.uscc, range(11, 23)
)

Tell = Callable[["Scene"], None]
TOLD: list[Tell] = []


def scene(tell: Tell) -> Tell:
    """Enter a scenario."""
    TOLD.append(tell)
    return tell


@dataclass
class Scene:
    """Codes of its own, the documents submitted, the answers expected."""

    number: int
    documents: list[tuple[str, Any, str]] = field(default_factory=list)
    expected: list[tuple[str, str, Any]] = field(default_factory=list)

    def pack(self, n: int = 1) -> str:
        return writing.pack(self.number * 1000 + n)

    def module(self, n: int = 1) -> str:
        return writing.module(self.number * 1000 + n)

    def cell(self, n: int = 1) -> str:
        return writing.cell(self.number * 1000 + n)

    def reuse(self, letter: str, n: int = 1) -> str:
        return writing.reuse(letter, self.number * 1000 + n)

    def vin(self, n: int = 1) -> str:
        return writing.vin(self.number * 1000 + n)

    def lot(self, n: int = 1) -> str:
        return f"L{self.number:03d}-{n}"

    def batch(self, n: int = 1) -> str:
        return f"B{self.number:03d}-{n}"

    def tell(self, by: str, *events: Any, **form: Any) -> None:
        """`by` submits one EPCIS document of these events."""
        self.submit(by, document(list(events), **form))

    def submit(self, by: str, value: Any, name: str = "json") -> None:
        """`by` submits any file."""
        self.documents.append((by, value, name))

    def expect(self, code: str, **answers: Any) -> None:
        """See `AXES` in `test_scenarios`: state, holder, inside, made_of, went_into, steps, metals, …"""
        self.expected += [(code, axis, value) for axis, value in answers.items()]
