"""What is wrong with a code, why, and what was probably meant: a value, and the error that carries it."""

from dataclasses import dataclass

from suyuan.terms.errors import SuyuanError
from suyuan.terms.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing wrong with a code.

    `id` is stable (`code-too-short`); `suggestion` is a valid code that was probably meant, where one can
    be named; `candidates` are all that were found, the likeliest first.
    """

    id: str
    reason: Sentence
    suggestion: str | None = None
    candidates: tuple[str, ...] = ()


class NotAnIdentifier(SuyuanError):
    """A text that is not the identifier asked for; `diagnosis` says what is wrong with it."""

    def __init__(self, diagnosis: Diagnosis) -> None:
        super().__init__(diagnosis.reason.en, diagnosis.reason.zh)
        self.diagnosis = diagnosis


def diagnosis(id: str, en: str, zh: str, *candidates: str) -> Diagnosis:  # noqa: A002  # the field's own name
    """A diagnosis whose first candidate, if any, is its suggestion; sentences name it."""
    if candidates:
        en, zh = f"{en}; perhaps {candidates[0]} was meant", f"{zh}；可能应为 {candidates[0]}"
    return Diagnosis(id, Sentence(zh=zh, en=en), candidates[0] if candidates else None, candidates)
