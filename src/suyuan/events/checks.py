"""A check of a JSON value: a quick yes or no, and the explanation of a no.

    check = record({"id": uri}, required=("id",), others=ANY)
    check.ok({"id": "urn:x:1"})  →  True                 on the way of every event
    check.explain({}, "/readPoint")  →  Finding …        only where something is wrong

`ok` and `explain` of one check are made from the same parts, so they cannot disagree: `explain` yields
findings exactly where `ok` is False. Findings come in the order of the document, then what is missing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from suyuan.events import faults
from suyuan.events.formats import is_uri
from suyuan.events.pointer import step
from suyuan.events.strict_json import Json
from suyuan.terms.finding import Finding

Say = Callable[[Json, str], Finding]


@dataclass(frozen=True, slots=True)
class Check:
    """`ok(value)`; `explain(value, pointer)` yields findings if and only if it is not ok."""

    ok: Callable[[Json], bool]
    explain: Callable[[Json, str], Iterator[Finding]]


class Others(Enum):
    """Which keys a record may have beyond those that it names."""

    ANY = "any"
    URIS = "prefixed names and URIs"
    NONE = "none"


def leaf(ok: Callable[[Json], bool], say: Say) -> Check:
    """A check of one value that is told in one sentence."""

    def explain(value: Json, pointer: str) -> Iterator[Finding]:
        if not ok(value):
            yield say(value, pointer)

    return Check(ok, explain)


def text(ok: Callable[[str], Json], say: Say, plain: Callable[[str], Json] = lambda value: None) -> Check:
    """A string of a form; `plain` knows the usual ones of them without ado."""

    def is_ok(value: Json) -> bool:
        return isinstance(value, str) and bool(plain(value) or ok(value))

    return Check(is_ok, _explain_text(is_ok, say))


_REMEMBERED_MAX = 4096
_REMEMBERED_LENGTH = 200


def recurring(ok: Callable[[str], Json], say: Say) -> Check:
    """A string of a form, in a field where few values recur (words, places, parties): they are remembered."""
    seen: set[str] = set()

    def is_ok(value: Json) -> bool:
        if not isinstance(value, str):
            return False
        if value in seen:
            return True
        if not ok(value):
            return False
        if len(seen) < _REMEMBERED_MAX and len(value) <= _REMEMBERED_LENGTH:
            seen.add(value)
        return True

    return Check(is_ok, _explain_text(is_ok, say))


def _explain_text(ok: Callable[[Json], bool], say: Say) -> Callable[[Json, str], Iterator[Finding]]:
    def explain(value: Json, pointer: str) -> Iterator[Finding]:
        if not isinstance(value, str):
            yield faults.wrong_type(value, pointer, "string")
        elif not ok(value):
            yield say(value, pointer)

    return explain


def typed(kind: faults.Kind) -> Check:
    """A value of a JSON type."""
    of_type = faults.TYPES[kind]

    def is_ok(value: Json) -> bool:
        # True is an int for Python and no number for JSON
        return isinstance(value, of_type) and (kind == "boolean" or not isinstance(value, bool))

    return leaf(is_ok, lambda value, pointer: faults.wrong_type(value, pointer, kind))


def list_of(member: Check, *, least: int = 0, unique: bool = False) -> Check:
    """A list of at least so many members; `unique` members must be strings."""
    member_ok = member.ok

    def is_ok(value: Json) -> bool:
        if not isinstance(value, list) or len(value) < least:
            return False
        for each in value:
            if not member_ok(each):
                return False
        return not unique or len(value) < 2 or len(set(value)) == len(value)

    def explain(value: Json, pointer: str) -> Iterator[Finding]:
        if not isinstance(value, list):
            yield faults.wrong_type(value, pointer, "array")
            return
        if len(value) < least:
            yield faults.empty_list(pointer)
        seen: set[str] = set()
        for index, each in enumerate(value):
            yield from member.explain(each, step(pointer, index))
            if unique and isinstance(each, str):
                if each in seen:
                    yield faults.twice(each, step(pointer, index))
                seen.add(each)

    return Check(is_ok, explain)


def record(
    fields: Mapping[str, Check],
    required: tuple[str, ...] = (),
    others: Others = Others.URIS,
    *,
    where: str = "",
) -> Check:
    """An object: `fields` are checked where they stand, `required` must stand, `others` may.

    `where` names the record to people (`ObjectEvent`) where a field does not belong there.
    """
    quick = {name: check.ok for name, check in fields.items()}
    check_of, name_ok = quick.get, _NAME_OK[others]

    def is_ok(value: Json) -> bool:
        if not isinstance(value, dict):
            return False
        for key, member in value.items():
            check = check_of(key)
            if not (name_ok(key) if check is None else check(member)):
                return False
        for name in required:  # noqa: SIM110  # a generator costs more than the loop
            if name not in value:
                return False
        return True

    def explain(value: Json, pointer: str) -> Iterator[Finding]:
        if not isinstance(value, dict):
            yield faults.wrong_type(value, pointer, "object")
            return
        for key, member in value.items():
            if key in fields:
                yield from fields[key].explain(member, step(pointer, key))
            elif not name_ok(key):
                yield faults.unknown_field(
                    key, step(pointer, key), tuple(fields), others is Others.URIS, where
                )
        for name in required:
            if name not in value:
                yield faults.missing(step(pointer, name), name, where)

    return Check(is_ok, explain)


_NAME_OK: dict[Others, Callable[[str], bool]] = {
    Others.ANY: lambda key: True,
    Others.URIS: recurring(is_uri, faults.not_a_uri).ok,
    Others.NONE: lambda key: False,
}


def either(first: Check, second: Check, chooses: Callable[[Json], bool]) -> Check:
    """One check or another; where neither holds, `chooses(value)` says that the first was meant."""

    def is_ok(value: Json) -> bool:
        return first.ok(value) or second.ok(value)

    def explain(value: Json, pointer: str) -> Iterator[Finding]:
        if not is_ok(value):
            yield from (first if chooses(value) else second).explain(value, pointer)

    return Check(is_ok, explain)


def tolerating(check: Check, tolerates: Callable[[Json, Finding], bool]) -> Check:
    """The same check, some of whose findings are warnings: refused by the schema, let in by others' interfaces."""

    def explain(value: Json, pointer: str) -> Iterator[Finding]:
        for finding in check.explain(value, pointer):
            yield faults.tolerable(finding) if tolerates(value, finding) else finding

    return Check(check.ok, explain)
