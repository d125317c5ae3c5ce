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


def marked(sentence: Sentence, verified: bool) -> Sentence:
    """The sentence, with the remark that nobody has looked it up where that is so.

    >>> marked(Sentence(zh="宁德时代", en="CATL"), verified=False).en
    'CATL (not verified)'
    """
    if verified:
        return sentence
    return Sentence(zh=f"{sentence.zh}（{NOT_VERIFIED.zh}）", en=f"{sentence.en} ({NOT_VERIFIED.en})")


@dataclass(frozen=True, slots=True)
class Citation:
    """A document of the register (`standards/documents.toml`) and a clause in it."""

    document: str
    clause: str

    def show(self) -> str:
        """`document#clause`, the form used in tables."""
        return f"{self.document}#{self.clause}" if self.clause else self.document
