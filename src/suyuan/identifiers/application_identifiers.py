"""GS1 Application Identifiers (AIs): what each may hold, and beside which others it may stand.

The table is application_identifiers.toml, read once when first asked for.

Source: GS1 General Specifications, section 3.

>>> lookup("01").zh
'全球贸易项目代码'
>>> lookup("01").problem("09520123456789")
'check-digit'
>>> lookup("10").problem("ABC-123") is None
True
>>> lookup("89") is None, lookup("89", permit_unknown=True).title
(True, 'UNKNOWN')
"""

import itertools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from suyuan.identifiers.ai_rules import Rule, rules_with

_CHARACTERS = {
    "N": re.compile(r"[0-9]*"),
    "X": re.compile(r"[!-\"%-?A-Z_a-z]*"),
    "Y": re.compile(r"[#\-/0-9A-Z]*"),
    "Z": re.compile(r"[-0-9A-Z_a-z]*={0,2}"),
}
# the first two digits tell the length of these values, whether or not the AI is in use
_FIXED_LENGTH = {
    "00": 18,
    "01": 14,
    "02": 14,
    "03": 14,
    "04": 16,
    "20": 2,
    "41": 13,
    **{str(prefix): 6 for prefix in range(11, 20)},
    **{str(prefix): 6 for prefix in range(31, 37)},
}
_LONGEST = 90


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a value: its characters, lengths and rules by name."""

    characters: str
    shortest: int
    longest: int
    optional: bool
    rules: tuple[tuple[str, Rule], ...]

    def problem(self, text: str) -> str | None:
        """The name of the first rule that `text` breaks; None where it keeps them all."""
        if not _CHARACTERS[self.characters].fullmatch(text):
            return f"characters-{self.characters}"
        if self.characters == "Z" and text.endswith("=") and len(text) % 3:
            return "padding"
        return next((name for name, rule in self.rules if not rule(text)), None)


@dataclass(frozen=True, slots=True)
class Ai:
    """One Application Identifier. `paths` is None where it is no primary key of a Digital Link."""

    ai: str
    parts: tuple[Part, ...]
    fixed: bool
    key: bool
    attribute: bool
    needs: tuple[str, ...]
    never_with: tuple[str, ...]
    paths: tuple[tuple[str, ...], ...] | None
    title: str
    zh: str
    known: bool = True

    def fits(self, value: str) -> bool:
        """Whether `value` has a length that this AI can have."""
        shortest = sum(part.shortest for part in self.parts if not part.optional)
        return shortest <= len(value) <= sum(part.longest for part in self.parts)

    def take(self, text: str) -> tuple[int, str | None]:
        """How many characters of `text` this AI takes, and the name of the rule they break, if any."""
        if not text:
            return 0, "empty"
        start = 0
        for part in self.parts:
            piece = text[start : start + part.longest]
            if not piece and part.optional:
                continue
            problem = "length" if len(piece) < part.shortest else part.problem(piece)
            if problem:
                return start, problem
            start += len(piece)
        return start, None

    def problem(self, value: str) -> str | None:
        """The name of the first rule that `value` breaks; None where it is valid."""
        if not self.fits(value):
            return "length"
        taken, problem = self.take(value)
        return problem or (None if taken == len(value) else "length")


@cache
def table() -> Mapping[str, Ai]:
    """All Application Identifiers by their number."""
    document = tomllib.loads(files(__package__).joinpath("application_identifiers.toml").read_text("utf-8"))
    rules = rules_with({name: frozenset(text.split()) for name, text in document["codes"].items()})
    return {ai: _read(ai, row, rules) for numbers, row in document["ai"].items() for ai in _numbers(numbers)}


def _numbers(text: str) -> list[str]:
    first, _, last = text.partition("-")
    return [str(number).zfill(len(first)) for number in range(int(first), int(last or first) + 1)]


def _read(ai: str, row: Mapping[str, Any], rules: Mapping[str, Rule]) -> Ai:
    return Ai(
        ai=ai,
        parts=tuple(_part(text, rules) for text in row["format"].split()),
        fixed=row.get("fixed", False),
        key=row.get("key", False),
        attribute=row.get("attribute", False),
        needs=tuple(row.get("needs", ())),
        never_with=tuple(row.get("never_with", ())),
        paths=tuple(tuple(filter(None, text.split(","))) for text in row["path"]) if "path" in row else None,
        title=row["en"],
        zh=row["zh"],
    )


def _part(text: str, rules: Mapping[str, Rule]) -> Part:
    shape, *names = text.strip("[]").split(":")
    longest = int(shape[1:].lstrip("."))
    return Part(
        characters=shape[0],
        shortest=1 if "." in shape else longest,
        longest=longest,
        optional=text.startswith("["),
        rules=tuple((name, rules[name]) for name in names),
    )


@cache
def ai_lengths() -> Mapping[str, int]:
    """How long the AIs are that begin with two given digits."""
    return {ai[:2]: len(ai) for ai in table()}


def lookup(ai: str, permit_unknown: bool = False) -> Ai | None:
    """The AI of this number; with `permit_unknown` also one that GS1 could still give out."""
    known = table().get(ai)
    if known or not permit_unknown or not (2 <= len(ai) <= 4 and ai.isascii() and ai.isdigit()):
        return known
    if any(ai.startswith(other) or other.startswith(ai) for other in _same_prefix(ai)):
        return None
    if ai_lengths().get(ai[:2], len(ai)) != len(ai):
        return None
    return _unknown(ai)


def lookup_prefix(text: str, permit_unknown: bool = False) -> Ai | None:
    """The AI that `text` begins with; unknown ones only where the first two digits tell their length."""
    length = ai_lengths().get(text[:2])
    return lookup(text[:length], permit_unknown) if length and len(text) >= length else None


def _same_prefix(ai: str) -> list[str]:
    return [other for other in table() if other[:2] == ai[:2]]


def _unknown(ai: str) -> Ai:
    exactly = _FIXED_LENGTH.get(ai[:2])
    part = Part("X", exactly or 1, exactly or _LONGEST, optional=False, rules=())
    return Ai(
        ai, (part,), exactly is not None, False, False, (), (), None, "UNKNOWN", "未知标识符", known=False
    )


@cache
def key_paths() -> frozenset[tuple[str, ...]]:
    """Every sequence of AIs that may stand in the path of a Digital Link, primary key first."""
    return frozenset(
        (ai, *chosen)
        for ai, entry in table().items()
        for qualifiers in entry.paths or ()
        for count in range(len(qualifiers) + 1)
        for chosen in itertools.combinations(qualifiers, count)
    )
