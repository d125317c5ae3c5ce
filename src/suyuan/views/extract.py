"""Entries as columns: each entry of the log becomes its rows of `columns.TABLES`.

Everything that needs the text of an event is done here, once an entry, so that views are joins and windows
over plain columns: codes are told from URIs of any domain, words from any prefix, numbers from any spelling.
Nothing is judged: what cannot be told is null.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import pyarrow as pa
from msgspec.json import decode

from suyuan.events.check_events import readable
from suyuan.events.event_hash import event_hash
from suyuan.events.items import run_key
from suyuan.events.names import Names
from suyuan.identifiers.recognise import item_key, item_kind, lot_material, party_key, place_key
from suyuan.ledger.entry import Entry
from suyuan.views.columns import TABLES
from suyuan.views.extract_beyond import beyond
from suyuan.views.extract_facts import Words, assays, fates, measures, own_words, readings
from suyuan.views.extract_master import master_rows, model_key
from suyuan.views.reading_times import instant, local_day
from suyuan.views.reading_words import bare, text, truth

Rows = dict[str, list[tuple[Any, ...]]]

LISTS = (
    ("epc", "epcList", "quantityList"),
    ("child", "childEPCs", "childQuantityList"),
    ("input", "inputEPCList", "inputQuantityList"),
    ("output", "outputEPCList", "outputQuantityList"),
)
SINGLE = frozenset(["pack", "module", "cell", "reuse_pack", "reuse_module", "reuse_cell", "vehicle"])

_party_key = lru_cache(4_096)(party_key)
_place_key = lru_cache(4_096)(place_key)


def extract(entries: Iterable[tuple[int, Entry]]) -> dict[str, pa.Table]:
    """The rows of all tables for these entries (sequence number, entry), their bodies in place."""
    rows: Rows = {name: [] for name in TABLES}
    for seq, entry in entries:
        body = decode(entry.body)
        if entry.kind == "master":
            rows["master"].extend(master_rows(seq, body))
        else:
            _event_rows(rows, seq, entry, body)
    return {name: _table(rows[name], schema) for name, schema in TABLES.items()}


def _table(rows: list[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _event_rows(rows: Rows, seq: int, entry: Entry, event: Mapping[str, Any]) -> None:
    names = Names.of(event.get("@context"))
    statement, event = event_hash(event, names), readable(event)
    words = own_words(event, names)
    rows["event"].append(_event_row(seq, entry, event, statement, names, words))
    rows["event_item"].extend((seq, *item) for item in _items(event))
    for transaction in event.get("bizTransactionList") or ():
        kind = transaction.get("type")
        rows["event_document"].append((seq, kind and word(names, kind), transaction.get("bizTransaction")))
    rows["event_reading"].extend((seq, n, *reading) for n, reading in enumerate(readings(event, names)))
    rows["event_word"].extend((seq, *found) for found in words.rows())
    rows["event_measure"].extend((seq, *found) for found in measures(words, names))
    rows["event_assay"].extend((seq, *found) for found in assays(words, names))
    rows["event_fate"].extend((seq, *found) for found in fates(words, names))


def word(names: Names, term: str) -> str:
    """A word in short form: CBV bare, own as `sy:…`, any other as URI."""
    return bare(names.word(term))


def _event_row(
    seq: int, entry: Entry, event: Mapping[str, Any], statement: str, names: Names, words: Words
) -> tuple[Any, ...]:
    event_id = event.get("eventID") or statement
    occurred_at = instant(event.get("eventTime")) or entry.recorded_at
    sources = _parties(event.get("sourceList"), "source", names)
    destinations = _parties(event.get("destinationList"), "destination", names)
    declaration = event.get("errorDeclaration")
    reporter = text(words.event.get("sy:reporter"))
    model = text(words.ilmd.get("sy:model", words.event.get("sy:model")))
    return (
        seq,
        entry.party,
        entry.recorded_at,
        entry.document,
        entry.place,
        event_id,
        statement,
        bare(event.get("type", "")),
        event.get("action"),
        _maybe_word(event.get("bizStep"), names),
        _maybe_word(event.get("disposition"), names),
        occurred_at,
        local_day(occurred_at, event.get("eventTimeZoneOffset")),
        _place(event.get("readPoint")),
        _place(event.get("bizLocation")),
        sources.get("possessing_party"),
        destinations.get("possessing_party"),
        sources.get("owning_party"),
        destinations.get("owning_party"),
        sources.get("location"),
        destinations.get("location"),
        reporter and _party_key(reporter),
        run_key(event, event_id) if _is_run(event) else None,
        text(words.event.get("sy:position")),
        text(words.event.get("sy:repairOrder")),
        truth(words.event.get("sy:swap")),
        model and model_key(model),
        text(words.event.get("sy:buyerKind")),
        declaration is not None,
        _maybe_word(declaration.get("reason"), names) if isinstance(declaration, Mapping) else None,
        instant(event.get("recordTime")),
        beyond(event, names),
    )


def _is_run(event: Mapping[str, Any]) -> bool:
    return event.get("type") == "TransformationEvent" or "transformationID" in event


def _maybe_word(term: Any, names: Names) -> str | None:
    return word(names, term) if isinstance(term, str) else None


def _place(given: Any) -> str | None:
    uri = given.get("id") if isinstance(given, Mapping) else given
    return _place_key(uri) if isinstance(uri, str) and uri else None


def _parties(listed: Any, side: str, names: Names) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in listed or ():
        kind, uri = element.get("type"), element.get(side)
        if isinstance(kind, str) and isinstance(uri, str):
            kind = word(names, kind)
            found.setdefault(kind, _place_key(uri) if kind == "location" else _party_key(uri))
    return found


def _items(event: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    parent = event.get("parentID")
    if isinstance(parent, str):
        yield ("parent", *_named(parent), None, None, False)
    for role, field, listing in LISTS:
        singles, lots = event.get(field), event.get(listing)
        if singles:
            for named in dict.fromkeys([_named(uri) for uri in singles]):
                yield (role, *named, None, None, False)
        for element in lots or ():
            named = _named(element["epcClass"])
            quantity = element.get("quantity")
            amount = float(quantity) if quantity is not None else None
            # a code names one thing, wherever it is listed
            listed = named[1] not in SINGLE
            yield (role, *named, amount if listed else None, element.get("uom") if listed else None, listed)


@lru_cache(65_536)
def _named(uri: str) -> tuple[str, str, str | None]:
    """Key, kind and material of what a URI names."""
    key = item_key(uri)
    kind = item_kind(key)
    return key, kind, lot_material(key) if kind == "lot" else None
