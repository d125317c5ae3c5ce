"""The rows of many lines of one form, column by column (`extract_forms`): the same as `extract` makes of each.

What the lines share is worked out once, and a value that many have (a party, a place, a unit) is read once and remembered.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from itertools import compress, repeat
from typing import Any, NamedTuple

from msgspec import MsgspecError
from msgspec.json import decode

from suyuan.events.hash_values import Texts, scalar
from suyuan.events.names import Names
from suyuan.identifiers.battery_form import is_code
from suyuan.identifiers.epc_urn import canonical
from suyuan.identifiers.item_keys import item_key, item_kind, lot_material, party_key, place_key
from suyuan.views.columns import TABLES
from suyuan.views.extract_beyond import GS1, QUANTITY, foreign, is_code_under_gs1, joined
from suyuan.views.extract_facts import SHAPE
from suyuan.views.extract_forms import EPCS, QUANTITIES, TYPED, Form, Slot, number_in
from suyuan.views.extract_master import model_key
from suyuan.views.extract_moments import DAY, moment, offset_seconds
from suyuan.views.reading_words import OWN, as_json, bare, number, text, truth

Column = Sequence[Any]
ROLES = ("epc", "child", "input", "output")
SINGLE = frozenset(["pack", "module", "cell", "reuse_pack", "reuse_module", "reuse_cell", "vehicle"])
_OWN_THING = "https://w3id.org/suyuan/obj/"
_KEPT_MAX = 100_000
_MICROSECOND = 1_000_000


class Unusual(Exception):
    """A value that is read one by one after all (an empty text, a time that is none)."""


class Columns:
    """The columns of all tables, filled a group of lines at a time."""

    def __init__(self) -> None:
        self.of: dict[str, list[list[Any]]] = {name: [[] for _ in schema] for name, schema in TABLES.items()}

    def put(self, table: str, count: int, *columns: Any) -> None:
        """Add `count` rows: a column is a list of values, or one value for all."""
        for held, column in zip(self.of[table], columns, strict=True):
            held.extend(column if isinstance(column, list | tuple) else repeat(column, count))


class _Item(NamedTuple):
    """What a URI names: key, kind and material; and its text in the event hash (own namespace aside)."""

    key: str
    kind: str
    material: str | None
    under_gs1: bool


_items: dict[str, _Item] = {}


def _item(uri: str) -> _Item:
    found = _items.get(uri)
    if found is None:
        if len(_items) >= _KEPT_MAX:
            _items.clear()
        key = item_key(uri)
        kind = item_kind(key)
        material = lot_material(key) if kind == "lot" else None
        found = _items[uri] = _Item(
            key, kind, material, not uri.startswith(_OWN_THING) and is_code_under_gs1(uri)
        )
    return found


class _Number(NamedTuple):
    """A number as it is counted, written as JSON, and in the event hash."""

    value: float | None
    json: str
    hashed: str


@lru_cache(_KEPT_MAX)
def _number(piece: str) -> _Number:
    try:
        value = decode(number_in(piece))
    except MsgspecError as wrong:
        raise Unusual from wrong
    return _Number(number(value), as_json(value), scalar(value, Texts(Names.of(None))))


@lru_cache(4_096)
def _instant(text: str) -> int:
    at = moment(text)
    if at is None:
        raise Unusual
    return at[0]


_party = lru_cache(4_096)(party_key)
_place = lru_cache(4_096)(place_key)
_model = lru_cache(4_096)(model_key)


def _amount(text: str) -> float | None:
    """The number that a text writes (`number`); most texts begin like none."""
    return None if text[:1].isalpha() and text.isascii() else number(text)


class Group:
    """Lines of one form and what they say."""

    def __init__(self, form: Form, seqs: list[int], values: list[tuple[str, ...]]) -> None:
        self._form, self._event, self._names = form, form.event, form.names
        self.seqs, self._count = seqs, len(seqs)
        self._of = dict(zip(form.slots, zip(*values, strict=True), strict=True))
        if any("" in column for column in self._of.values()):
            raise Unusual
        texts = _texts(form.names)
        self._hashed = texts.__getitem__
        told = [moment(text) for text in self._of[form.event["eventTime"].at]]
        self._moments = [one for one in told if one is not None]
        if len(self._moments) < self._count:
            raise Unusual

    def into(self, columns: Columns) -> None:
        """Add the rows of all tables."""
        words = self._own({name: value for name, value in self._event.items() if name not in SHAPE})
        inside = self._own(self._event.get("ilmd") or {})
        statements = self._statements()
        given = self._event.get("eventID")
        ids = statements if given is None else self._texts(given)
        rows = self._event_columns(ids, statements, words, inside)
        places: list[tuple[str, list[Any]]] = []
        self._items(places)
        self._documents(places)
        for holder, found in (("event", words), ("ilmd", inside)):
            for name, value in found.items():
                self._word(places, holder, name, value)
        # only now, when nothing can be unusual any more
        columns.put("event", self._count, *rows)
        for table, found_rows in places:
            count = len(found_rows[0])
            columns.put(table, count, *found_rows)

    # -- columns of single values -----------------------------------------------------------------

    def _texts(self, value: Any) -> Any:
        """Texts as they stand; of a value that all share, that one."""
        if isinstance(value, Slot):
            column = self._of[value.at]
            return [_number(piece).json for piece in column] if value.number else column
        return text(value)

    def _each(self, value: Any, reading: Callable[[str], Any]) -> Any:
        column = self._texts(value)
        if isinstance(column, list | tuple):
            return list(map(reading, column))
        return None if column is None else reading(column)

    def _own(self, holder: Mapping[str, Any]) -> dict[str, Any]:
        named = ((self._names.word(name), value) for name, value in holder.items())
        return {word: value for word, value in named if word.startswith(OWN)}

    def _word_of(self, name: str) -> str | None:
        term = self._event.get(name)
        return bare(self._names.word(term)) if isinstance(term, str) else None

    def _plain(self, value: Any) -> Any:
        """The text of an own word; a list stands as JSON."""
        return self._json(value) if isinstance(value, list) else self._texts(value)

    def _event_columns(
        self, ids: Any, statements: Any, words: dict[str, Any], inside: dict[str, Any]
    ) -> list[Any]:
        event, envelope = self._event, self._form.envelope
        ahead = offset_seconds(event.get("eventTimeZoneOffset"))
        instants = [at for at, _ in self._moments]
        sources = self._parties("sourceList", "source")
        destinations = self._parties("destinationList", "destination")
        reporter = self._plain(words.get("sy:reporter"))
        model = self._plain(inside.get("sy:model", words.get("sy:model")))
        return [
            self.seqs,
            self._texts(envelope["party"]),
            list(map(_instant, self._of[envelope["recorded_at"].at])),
            self._texts(envelope["document"]),
            self._texts(envelope["place"]),
            ids,
            statements,
            bare(event["type"]),
            event.get("action"),
            self._word_of("bizStep"),
            self._word_of("disposition"),
            instants,
            [(at // _MICROSECOND + ahead) // DAY for at in instants],
            self._place("readPoint"),
            self._place("bizLocation"),
            sources.get("possessing_party"),
            destinations.get("possessing_party"),
            sources.get("owning_party"),
            destinations.get("owning_party"),
            sources.get("location"),
            destinations.get("location"),
            _mapped(reporter, _party),
            self._run(ids),
            self._plain(words.get("sy:position")),
            self._plain(words.get("sy:repairOrder")),
            self._truth(words.get("sy:swap")),
            _mapped(model, _model),
            self._plain(words.get("sy:buyerKind")),
            False,
            None,
            None if "recordTime" not in event else self._each(event["recordTime"], _instant),
            self._beyond(),
        ]

    def _beyond(self) -> Any:
        """Foreign names are the form's; marks of codes hang on the values, and few have one."""
        shared = tuple(foreign(self._event, self._names))
        same, marked = joined(shared), self._marks()
        if not marked:
            return same
        return [joined((*shared, *marked[at])) if at in marked else same for at in range(self._count)]

    def _marks(self) -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        singles = [self._event["parentID"]] if "parentID" in self._event else []
        singles += [slot for field in EPCS for slot in self._event.get(field) or ()]
        amounts = [element["epcClass"] for field in QUANTITIES for element in self._event.get(field) or ()]
        for slot in (*singles, *amounts):
            for at, uri in enumerate(self._of[slot.at]):
                if _item(uri).under_gs1:
                    found.setdefault(at, set()).add(GS1)
        for slot in amounts:
            for at, uri in enumerate(self._of[slot.at]):
                if _item(uri).kind in SINGLE:
                    found.setdefault(at, set()).add(QUANTITY)
        return found

    def _place(self, name: str) -> Any:
        place = self._event.get(name)
        return None if place is None else self._each(place["id"], _place)

    def _parties(self, name: str, side: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for element in self._event.get(name) or ():
            kind = bare(self._names.word(element["type"]))
            if kind not in found:
                found[kind] = self._each(element[side], _place if kind == "location" else _party)
        return found

    def _run(self, ids: Any) -> Any:
        if "transformationID" in self._event:
            return self._each(self._event["transformationID"], canonical)
        return (
            [f"run:{event_id}" for event_id in ids] if self._event["type"] == "TransformationEvent" else None
        )

    def _truth(self, value: Any) -> Any:
        if isinstance(value, Slot):
            return [truth(said) for said in self._texts(value)]
        return truth(self._json(value)) if isinstance(value, bool) else _mapped(self._plain(value), truth)

    # -- the event hash ---------------------------------------------------------------------------

    def _statements(self) -> list[str]:
        pieces = [
            repeat(piece) if isinstance(piece, str) else self._in_hash(piece) for piece in self._form.image
        ]
        digest = sha256
        return [
            f"ni:///sha-256;{digest(image.encode()).hexdigest()}?ver=CBV2.0"
            for image in map("".join, zip(*pieces, strict=False))
        ]

    def _in_hash(self, slot: Slot) -> Iterable[str]:
        if slot.at in self._form.several:
            between, slots = self._form.several[slot.at]
            columns = [self._canonical(each) for each in slots]
            return map(between.join, map(sorted, zip(*columns, strict=True)))
        return self._canonical(slot)

    def _canonical(self, slot: Slot) -> Iterable[str]:
        if slot == self._event["eventTime"]:
            return [written for _, written in self._moments]
        column = self._of[slot.at]
        if slot.number:
            return [_number(piece).hashed for piece in column]
        # our own things need no looking up
        found = [
            one if one.startswith(_OWN_THING) and is_code(one[28:]) else self._hashed(one) for one in column
        ]
        if "" in found:
            raise Unusual
        return found

    # -- rows beside ------------------------------------------------------------------------------

    def _items(self, places: list[tuple[str, list[Any]]]) -> None:
        if parent := self._event.get("parentID"):
            self._singles(places, "parent", [parent])
        for role, field, listing in zip(ROLES, EPCS, QUANTITIES, strict=True):
            if field in self._event:
                self._singles(places, role, self._event[field])
            for element in self._event.get(listing) or ():
                self._lot(places, role, element)

    def _singles(self, places: list[tuple[str, list[Any]]], role: str, slots: Sequence[Slot]) -> None:
        if len(slots) == 1:
            seqs: Column = self.seqs
            items = [_item(uri) for uri in self._of[slots[0].at]]
        else:
            lists = zip(*(self._of[slot.at] for slot in slots), strict=True)
            each = [list({item.key: item for item in map(_item, uris)}.values()) for uris in lists]
            seqs = [seq for seq, found in zip(self.seqs, each, strict=True) for _ in found]
            items = [item for found in each for item in found]
        keys, kinds, materials, _ = map(list, zip(*items, strict=True))
        places.append(
            (
                "event_item",
                [seqs, [role] * len(keys), keys, kinds, materials, *_none(len(keys), 2), [False] * len(keys)],
            )
        )

    def _lot(self, places: list[tuple[str, list[Any]]], role: str, element: Mapping[str, Any]) -> None:
        items = [_item(uri) for uri in self._of[element["epcClass"].at]]
        keys, kinds, materials, _ = map(list, zip(*items, strict=True))
        listed = [kind not in SINGLE for kind in kinds]
        quantity, uom = element.get("quantity"), element.get("uom")
        amounts = [None] * self._count if quantity is None else self._numbers(quantity)
        places.append(
            (
                "event_item",
                [
                    self.seqs,
                    [role] * self._count,
                    keys,
                    kinds,
                    materials,
                    [amount if is_lot else None for amount, is_lot in zip(amounts, listed, strict=True)],
                    [uom if is_lot else None for is_lot in listed],
                    listed,
                ],
            )
        )

    def _numbers(self, slot: Slot) -> list[float | None]:
        if slot.number:
            return [_number(piece).value for piece in self._of[slot.at]]
        return [_amount(text) for text in self._of[slot.at]]

    def _documents(self, places: list[tuple[str, list[Any]]]) -> None:
        name = TYPED["bizTransactionList"]
        for element in self._event.get("bizTransactionList") or ():
            kind = bare(self._names.word(element["type"]))
            places.append(("event_document", [self.seqs, [kind] * self._count, self._texts(element[name])]))

    def _json(self, value: Any) -> Any:
        """An own word as JSON."""
        if isinstance(value, list):
            inner = [[f'"{one}"' for one in self._of[slot.at]] for slot in value]
            return [f"[{','.join(each)}]" for each in zip(*inner, strict=True)]
        if not isinstance(value, Slot):
            return as_json(value)
        if value.number:
            return [_number(piece).json for piece in self._of[value.at]]
        return [f'"{one}"' for one in self._of[value.at]]

    def _word(self, places: list[tuple[str, list[Any]]], holder: str, word: str, value: Any) -> None:
        written = self._json(value)
        if isinstance(written, str):
            written = [written] * self._count
        places.append(("event_word", [self.seqs, [holder] * self._count, [word] * self._count, written]))
        if not isinstance(value, Slot):
            return
        amounts = self._numbers(value)
        told = [amount is not None for amount in amounts]
        seqs, found = list(compress(self.seqs, told)), list(compress(amounts, told))
        if found:
            count = len(found)
            name = [word[len(OWN) :]] * count
            places.append(("event_measure", [seqs, [holder] * count, name, [None] * count, found]))


def _none(count: int, columns: int) -> list[list[None]]:
    return [[None] * count for _ in range(columns)]


def _mapped(column: Any, reading: Callable[[str], Any]) -> Any:
    if isinstance(column, list | tuple):
        return [one and reading(one) for one in column]
    return column and reading(column)


@lru_cache(8)
def _texts(names: Names) -> Texts:
    return Texts(names)
