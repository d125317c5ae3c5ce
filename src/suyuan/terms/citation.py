"""Where a figure comes from, and how sure we are of it."""

from dataclasses import dataclass
from enum import StrEnum

from suyuan.terms.sentence import Sentence


class Mark(StrEnum):
    """How a row of law or standard was obtained; S and M are shown as not verified wherever they decide."""

    CONFIRMED = "C"
    SECOND_HAND = "S"
    MEMORY = "M"
    DERIVED = "D"

    @property
    def verified(self) -> bool:
        """False where a person still has to look the text up."""
        return self in (Mark.CONFIRMED, Mark.DERIVED)


NOT_VERIFIED = Sentence(zh="未核实", en="not verified")


@dataclass(frozen=True, slots=True)
class Citation:
    """A document of the register (`standards/documents.toml`) and a clause in it."""

    document: str
    clause: str

    def show(self) -> str:
        """`document#clause`, the form used in tables."""
        return f"{self.document}#{self.clause}" if self.clause else self.document
