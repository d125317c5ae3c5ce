"""What is said about one cell while it is read; with its place it becomes a finding."""

from typing import Any, NamedTuple

from suyuan.identifiers.diagnosis import Diagnosis
from suyuan.terms.finding import Severity
from suyuan.terms.sentence import Sentence


class Remark(NamedTuple):
    """Rule, reason, how far it reaches, what would be accepted. `silent`: what was found is not to be repeated."""

    rule: str
    reason: Sentence
    severity: Severity = Severity.BLOCK
    suggestion: str | None = None
    silent: bool = False


class Read(NamedTuple):
    """A cell as a value (None where it has none that counts), and what is to be said about it."""

    value: Any
    remarks: tuple[Remark, ...] = ()


def block(rule: str, en: str, zh: str, suggestion: str | None = None) -> Remark:
    """A remark that keeps the row out."""
    return Remark(rule, Sentence(zh=zh, en=en), Severity.BLOCK, suggestion)


def warn(rule: str, en: str, zh: str, suggestion: str | None = None) -> Remark:
    """A remark on what is hardly right; the row goes on."""
    return Remark(rule, Sentence(zh=zh, en=en), Severity.WARN, suggestion)


def hint(rule: str, en: str, zh: str, suggestion: str | None = None) -> Remark:
    """A remark on how something was understood."""
    return Remark(rule, Sentence(zh=zh, en=en), Severity.HINT, suggestion)


def refused(rule: str, en: str, zh: str, suggestion: str | None = None) -> Read:
    """A cell without a value that counts."""
    return Read(None, (block(rule, en, zh, suggestion),))


def diagnosed(found: Diagnosis, severity: Severity = Severity.BLOCK) -> Remark:
    """The diagnosis of an identifier as a remark."""
    return Remark(found.id, found.reason, severity, found.suggestion)
