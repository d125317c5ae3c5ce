"""Forms: entries that differ in their values alone, so that what they are is worked out once.

    {"document":"…","event":{…,"action":"ADD",…,"epcList":["…"],…},"party":"…","place":"…","recorded_at":"…"}
     0          1 2    …       (cut at each quotation mark: even pieces are punctuation, odd ones are texts)

Two lines are of one form where the punctuation agrees (numbers left out), the names, and the words that say
what the event means: context, type, action, step, disposition, offset, kinds of documents and parties, units. What is
left are slots: the pieces with the values. Canonical JSON makes forms few; whatever is not plain (an escaped character, a
sensor, a field of a shape of its own) has the form None and is read value by value (`extract.extract`).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any

from msgspec import MsgspecError
from msgspec.json import decode

from suyuan.events.check_events import EVENTS
from suyuan.events.event_hash import pre_image
from suyuan.events.names import Names
from suyuan.views.extract_facts import SHAPE

Pieces = Sequence[str]
FORMS_MAX = 4_096

_DIGITS = str.maketrans("", "", "0123456789.-+")
_NUMBER = re.compile(r"-?[0-9][0-9.]*(?:[eE][+-]?[0-9]+)?")
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")

EPCS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
QUANTITIES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
TYPED = {"bizTransactionList": "bizTransaction", "sourceList": "source", "destinationList": "destination"}
_TEXTS = frozenset(
    ("type", "action", "bizStep", "disposition", "eventTime", "eventTimeZoneOffset", "eventID", "recordTime")
)
_WORDS = frozenset(("type", "action", "bizStep", "disposition", "eventTimeZoneOffset"))
_OWN_ROWS = frozenset(("sy:assay", "sy:fate"))
"""Own words whose values have rows of their own: read value by value."""
_OF_ENVELOPE = ("document", "event", "party", "place", "recorded_at")


@dataclass(frozen=True, slots=True)
class Slot:
    """A value that differs from line to line: where among the pieces, and whether it is written as a number."""

    at: int
    number: bool


@dataclass(frozen=True, slots=True)
class Form:
    """What lines of one form share. `event` holds a `Slot` wherever a value differs.

    `image` is the pre-image of the event hash, texts and the slots between them; where a list of several stands, its slot
    is that of the first and `several` has them all, sorted before they are joined by the text there.
    """

    envelope: Mapping[str, Slot]
    event: Mapping[str, Any]
    names: Names
    image: tuple[str | Slot, ...]
    several: Mapping[int, tuple[str, tuple[Slot, ...]]]
    slots: tuple[int, ...]
    values: Callable[[Pieces], tuple[str, ...]]


_Layout = tuple[Callable[[Pieces], tuple[str, ...]], dict[str, Form | None]]


class Forms:
    """The forms met so far; so many are remembered that memory stays small."""

    def __init__(self) -> None:
        self._layouts: dict[str, list[_Layout]] = {}
        self._count = 0

    def of(self, pieces: Pieces) -> Form | None:
        """The form of a line that was cut at its quotation marks (and has no escaped character)."""
        punctuation = '"'.join(pieces[::2]).translate(_DIGITS)
        for told, forms in self._layouts.get(punctuation, ()):
            try:
                return forms['"'.join(told(pieces))]
            except KeyError:
                continue
        return self._learn(punctuation, pieces)

    def _learn(self, punctuation: str, pieces: Pieces) -> Form | None:
        if self._count >= FORMS_MAX:
            self._layouts.clear()
            self._count = 0
        self._count += 1
        told, form = _made(pieces)
        layouts = self._layouts.setdefault(punctuation, [])
        positions = itemgetter(*told)
        key = '"'.join(positions(pieces))
        for known, forms in layouts:
            if known == positions:
                forms[key] = form
                return form
        layouts.append((positions, {key: form}))
        return form


class _Unusual(Exception):
    """Not of the plain shape that forms are made for."""


def _made(pieces: Pieces) -> tuple[tuple[int, ...], Form | None]:
    """The pieces that tell the form (names and words), and the form; None where values are read one by one."""
    names_at = [at for at in range(1, len(pieces), 2) if pieces[at + 1].lstrip().startswith(":")]
    every = tuple(range(1, len(pieces), 2))
    try:
        marked = _marked(pieces, set(names_at))
        entry = decode(marked)
        if any(_OPEN in piece for piece in pieces) or tuple(entry) != _OF_ENVELOPE:
            return tuple(names_at), None
        words: set[int] = set()
        event = _shaped(entry["event"], pieces, words)
    except (_Unusual, MsgspecError, TypeError, AttributeError, LookupError, ValueError):
        # one that cannot be read in general: decided for the names that it has
        return tuple(names_at), None
    told = tuple(sorted({*names_at, *words}))
    assert set(told) <= set(every), "texts stand at odd places"
    try:
        return told, _form(entry, event)
    except (_Unusual, TypeError, AttributeError, LookupError, ValueError, OverflowError):
        return told, None


def _marked(pieces: Pieces, names_at: set[int]) -> str:
    """The line with a mark in place of every value."""
    found = []
    for at, piece in enumerate(pieces):
        if at % 2:
            found.append(piece if at in names_at else f"{_OPEN}{at}{_CLOSE}")
            continue
        if "[]" in piece.translate(_DIGITS).replace(" ", ""):
            raise _Unusual  # an empty list and one of a number look alike
        numbers = _NUMBER.findall(piece)
        if len(numbers) > 1:
            raise _Unusual
        found.append(_NUMBER.sub(f'"{_OPEN}{at}{_CLOSE}"', piece) if numbers else piece)
    return '"'.join(found)


def plain(line: str) -> bool:
    """Whether a line can be cut at its quotation marks."""
    return "\\" not in line and _OPEN not in line


def number_in(piece: str) -> str:
    """The number in a piece of punctuation."""
    return piece.strip(":,{}[] \t\r\n")


def _shaped(event: Any, pieces: Pieces, words: set[int]) -> dict[str, Any]:
    """The event with slots; words that tell the form are put back, their places noted."""

    def word(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: word(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [word(inner) for inner in value]
        slot = _slot(value)
        if isinstance(slot, Slot):
            if slot.number:
                raise _Unusual
            words.add(slot.at)
            return pieces[slot.at]
        return slot

    shaped: dict[str, Any] = {}
    for name, value in event.items():
        if name == "@context" or name in _WORDS:
            shaped[name] = word(value)
        elif name in TYPED:
            shaped[name] = [_with_words(element, ("type",), word) for element in value]
        elif name in QUANTITIES:
            shaped[name] = [_with_words(element, ("uom",), word) for element in value]
        else:
            shaped[name] = _slots(value)
    return shaped


def _with_words(
    element: dict[str, Any], names: tuple[str, ...], word: Callable[[Any], Any]
) -> dict[str, Any]:
    return {name: word(value) if name in names else _slots(value) for name, value in element.items()}


def _slot(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    found = _MARK.fullmatch(value)
    if not found:
        raise _Unusual
    at = int(found[1])
    return Slot(at, at % 2 == 0)


def _slots(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _slots(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_slots(inner) for inner in value]
    return _slot(value)


# -- the form -------------------------------------------------------------------------------------


def _form(entry: Mapping[str, Any], event: dict[str, Any]) -> Form:
    envelope = {name: _slot(entry[name]) for name in _OF_ENVELOPE if name != "event"}
    if not all(_is_text(slot) for slot in envelope.values()):
        raise _Unusual
    names = Names.of(event.get("@context"))
    _check(event, names)
    several: dict[int, tuple[str, tuple[Slot, ...]]] = {}
    image = _image(event, names, several)
    slots = sorted({slot.at for slot in chain(envelope.values(), _all_slots(event))})
    return Form(envelope, event, names, image, several, tuple(slots), itemgetter(*slots))


def _is_text(value: Any) -> bool:
    return isinstance(value, Slot) and not value.number


def _check(event: Mapping[str, Any], names: Names) -> None:
    """Refuse what is not of the shape that `extract_columns` reads."""
    plain = (
        isinstance(event.get("type"), str) and event["type"] in EVENTS and _is_text(event.get("eventTime"))
    )
    for name, value in event.items():
        plain = plain and _is_plain(name, value)
    if not plain:
        raise _Unusual
    own: set[str] = set()
    top = [name for name in event if name not in SHAPE]
    for others in (top, list(event.get("ilmd") or {})):
        own.update(map(names.word, others))
        # a word twice under two spellings; a name that leaves open how the hash sorts it
        for spelling in (names.word, names.key):
            written = {spelling(name) for name in others}
            if len(written) < len(others) or any("=" in name for name in written):
                raise _Unusual
    for name, of in TYPED.items():
        # of one kind twice the order in the hash hangs on the values
        listed = [{"type": element["type"], of: "-"} for element in event.get(name) or ()]
        if len({pre_image({name: [element]}, names) for element in listed}) < len(listed):
            raise _Unusual
    if _OWN_ROWS.intersection(own):
        raise _Unusual


def _is_plain(name: str, value: Any) -> bool:
    if name == "@context":
        return True
    if name in _TEXTS:
        return isinstance(value, str) or _is_text(value)
    if name in ("parentID", "transformationID"):
        return _is_text(value)
    if name in ("readPoint", "bizLocation"):
        return isinstance(value, dict) and list(value) == ["id"] and _is_text(value["id"])
    if name in EPCS:
        return isinstance(value, list) and len(value) > 0 and all(map(_is_text, value))
    if name in TYPED:
        return _is_typed(value, TYPED[name])
    if name in QUANTITIES:
        return isinstance(value, list) and len(value) == 1 and _is_quantity(value[0])
    if name == "ilmd":
        return isinstance(value, dict) and all(_is_word(name, inner) for name, inner in value.items())
    return name not in SHAPE and _is_word(name, value)


def _is_typed(value: Any, name: str) -> bool:
    return isinstance(value, list) and all(
        isinstance(element, dict)
        and element.keys() == {"type", name}
        and isinstance(element["type"], str)
        and element["type"] != ""
        and _is_text(element[name])
        for element in value
    )


def _is_quantity(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() - {"epcClass", "quantity", "uom"}:
        return False
    quantity, uom = value.get("quantity"), value.get("uom", "")
    return (
        _is_text(value.get("epcClass"))
        and ("quantity" not in value or (isinstance(quantity, Slot) and quantity.number))
        and isinstance(uom, str)
    )


def _is_word(name: str, value: Any) -> bool:
    if name.startswith("@"):
        return False
    if isinstance(value, list):
        return len(value) > 0 and all(map(_is_text, value))
    return value is None or isinstance(value, bool | Slot)


def _image(
    event: Mapping[str, Any], names: Names, several: dict[int, tuple[str, tuple[Slot, ...]]]
) -> tuple[str | Slot, ...]:
    """The pre-image with slots: of the event with marks in their place, which no form of writing changes."""
    found: dict[int, Slot] = {}

    def marked(value: Any, between: str = "") -> Any:
        if isinstance(value, dict):
            return {name: marked(inner, names.key(name) + "=") for name, inner in value.items()}
        if isinstance(value, list):
            if len(value) > 1 and all(isinstance(inner, Slot) for inner in value):
                several[value[0].at] = (between, tuple(value))
                value = value[:1]
            return [marked(inner) for inner in value]
        if not isinstance(value, Slot):
            return value
        found[value.at] = value
        return f"{_OPEN}{value.at}{_CLOSE}"

    marks = {
        name: value
        if name == "@context"
        else marked(value, "epc=" if name in EPCS else names.key(name) + "=")
        for name, value in event.items()
    }
    pieces = _MARK.split(pre_image(marks, names))
    return tuple(found[int(piece)] if n % 2 else piece for n, piece in enumerate(pieces))


def _all_slots(value: Any) -> list[Slot]:
    if isinstance(value, Slot):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [slot for inner in value for slot in _all_slots(inner)] if isinstance(value, list) else []
