"""A SimpleEventQuery over the columns: which entries it asks for, and of which of them the text must be looked at.

    rows     seq, n, at (what it is ordered by), sure
    rest     the criteria to be decided from the event itself where a row is not `sure`

Every criterion becomes two conditions: what may be asked for (never less than is), and what is for sure. Columns tell most
things for sure; of the rest they tell where to look: an extension field by its name (`event.beyond`), a sensor by its readings.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from typing import Any

import ibis
import ibis.expr.datatypes as dt
from ibis import _

from suyuan.events import query_units
from suyuan.events.cbv import URI_OF
from suyuan.events.query import Order
from suyuan.events.query_criteria import (
    Amount,
    Below,
    Criterion,
    Described,
    Exists,
    Matches,
    Measured,
    OneOf,
    Op,
    Related,
    Said,
    Sensed,
    When,
)
from suyuan.events.query_parameters import EVENT_TYPES
from suyuan.events.uris import NAMESPACE
from suyuan.identifiers.canonical_link import CANONICAL_STEM
from suyuan.views.columns import TABLES
from suyuan.views.event_query_master import Told, described_places
from suyuan.views.extract_beyond import GS1, QUANTITY
from suyuan.views.reading_words import OWN, as_json, bare
from suyuan.views.tables import Tables

COMPARE: Mapping[Op, Callable[[Any, Any], ibis.Value]] = {
    "EQ": lambda column, value: column == value,
    "GT": lambda column, value: column > value,
    "GE": lambda column, value: column >= value,
    "LT": lambda column, value: column < value,
    "LE": lambda column, value: column <= value,
}
_NO, _YES = ibis.literal(False), ibis.literal(True)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The rows that may be asked for, and what is left to decide of those that are not `sure`."""

    rows: ibis.Table
    rest: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class _Met:
    """A criterion as conditions; `sure` None: as `may`."""

    may: ibis.Value
    sure: ibis.Value | None = None


def named() -> Tables:
    """The tables of `columns.TABLES` by name alone."""
    return Tables.of(
        {name: ibis.table(ibis.Schema.from_pyarrow(schema), name=name) for name, schema in TABLES.items()}
    )


def narrowed(criteria: tuple[Criterion, ...], order: Order | None, tables: Tables, told: Told) -> Narrowed:
    """What the criteria ask for of `tables`, whose `event` has a column `n`: the number under which rows are told apart."""
    met = [(one, _MET[type(one)](one, tables, told)) for one in criteria]
    rest = tuple(one for one, conditions in met if conditions.sure is not None)
    may = reduce(and_, [conditions.may.fill_null(False) for _one, conditions in met], _YES)
    sure = reduce(
        and_,
        [conditions.sure.fill_null(False) for _one, conditions in met if conditions.sure is not None],
        _YES,
    )
    event = tables.event.filter(may)
    return Narrowed(event.select("seq", "n", at=_ordered_by(order, event), sure=sure), rest)


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]  # ibis tells no types of it
def epoch_us(moment: dt.Timestamp(timezone="UTC")) -> int:  # type: ignore[empty-body, valid-type]  # the engine's own: its body is nowhere, and ibis reads the annotation
    """Microseconds since 1970, as the engine counts them."""


def _ordered_by(order: Order | None, event: ibis.Table) -> ibis.Value:
    if order is not None and order.by == "eventTime":
        return epoch_us(event.occurred_at)
    if order is not None and order.by == "recordTime":
        return epoch_us(event.recorded_at)
    return event.n


def cut(
    rows: ibis.Table, order: Order | None, after: tuple[int, int] | None, between: tuple[int, int], upto: int
) -> ibis.Table:
    """The rows behind `after` (at, n) in their order, of entries `between` two sequence numbers, and of the first `upto`."""
    rows = rows.filter((_.seq >= between[0]) & (_.seq < between[1]) & (_.n < upto))
    ascending = order is None or order.ascending
    if after is not None:
        at, n = after
        further = (
            (_.at > at) | ((_.at == at) & (_.n > n))
            if ascending
            else (_.at < at) | ((_.at == at) & (_.n < n))
        )
        rows = rows.filter(further)
    way = ibis.asc if ascending else ibis.desc
    return rows.order_by(way("at"), way("n"))


def with_numbers(tables: Tables, numbers: ibis.Table | None) -> Tables:
    """The tables with a column `n` in `event`: from (seq, n) where a caller sees but some, else `seq` itself."""
    if numbers is None:
        return replace(tables, event=tables.event.mutate(n=_.seq))
    return replace(tables, event=tables.event.inner_join(numbers, "seq"))


# -- columns of the event -------------------------------------------------------------------------


def _one_of(criterion: OneOf, tables: Tables, told: Told) -> _Met:
    event, values = tables.event, sorted(criterion.values)
    match criterion.field:
        case "type":
            own = [value for value in values if value not in EVENT_TYPES]
            kept = event.type.isin(values)
            # types of one's own may be written with any prefix
            return _Met(kept | ~event.type.isin(EVENT_TYPES), kept if not own else _NO) if own else _Met(kept)
        case "action":
            return _Met(event.action.isin(values))
        case "eventID":
            return _Met(event.event_id.isin(values))
        case "readPoint":
            return _Met(event.read_point.isin(values))
        case "bizLocation":
            return _Met(event.biz_location.isin(values))
        case "transformationID":
            kept = event.run.isin(values)
            # a run without an id of its own is named after its event
            return _Met(kept, _NO) if any(value.startswith("run:") for value in values) else _Met(kept)
        case "bizStep":
            return _word(event.biz_step, values)
        case "disposition":
            return _word(event.disposition, values)
        case "errorReason":
            return _word(event.error_reason, values)
        case "set" | "unset":
            return _Met(
                reduce(or_, [_marked(event, f"~{criterion.field}:{bare(one)}") for one in values]), _NO
            )
        case _:
            assert criterion.field == "correctiveEventID", criterion.field
            return _Met(event.declares_error, _NO)


def _word(column: ibis.Value, values: list[str]) -> _Met:
    kept = column.isin(sorted(set(map(bare, values))))
    # columns write some words of others' vocabularies short; whether it is the very same, the event tells
    plain = all(value in URI_OF or value.startswith(OWN) or bare(value) == value for value in values)
    return _Met(kept) if plain else _Met(kept, _NO)


def _when(criterion: When, tables: Tables, told: Told) -> _Met:
    event, at = tables.event, ibis.literal(criterion.at, type="timestamp('UTC', 6)")
    if criterion.field == "eventTime":
        return _Met(COMPARE[criterion.op](event.occurred_at, at))
    if criterion.field == "recordTime":
        return _Met(COMPARE[criterion.op](event.recorded_at, at))
    if criterion.field == "errorDeclarationTime":
        return _Met(event.declares_error, _NO)
    return _Met(_has(event, tables.event_reading), _NO)


def _exists(criterion: Exists, tables: Tables, told: Told) -> _Met:
    if criterion.field == "errorDeclaration":
        return _Met(tables.event.declares_error)
    return _Met(_has(tables.event, tables.event_reading))


def _has(event: ibis.Table, rows: ibis.Table) -> ibis.Value:
    """Whether the event has one of these rows of a table beside it."""
    return event.seq.isin(rows.seq)


def _marked(event: ibis.Table, mark: str) -> ibis.Value:
    """Whether `beyond` holds the mark."""
    return event.beyond.contains(f" {mark} ").fill_null(False)


# -- things, amounts, parties ---------------------------------------------------------------------

_ROLES = {
    "epcList": "epc",
    "childEPCs": "child",
    "parentID": "parent",
    "inputEPCList": "input",
    "outputEPCList": "output",
    "quantityList": "epc",
    "childQuantityList": "child",
    "inputQuantityList": "input",
    "outputQuantityList": "output",
}


def _matches(criterion: Matches, tables: Tables, told: Told) -> _Met:
    event, amounts = tables.event, criterion.fields[0].endswith("uantityList")
    item = tables.event_item.filter(_.role.isin([_ROLES[field] for field in criterion.fields]))
    in_quantities = _marked(event, QUANTITY)
    here = item.filter(_.item.isin(sorted(criterion.keys)))
    listed, single = _has(event, here.filter(_.listed)), _has(event, here.filter(~_.listed))
    # a single code stands in the columns without the list that named it
    may = listed | (single & in_quantities) if amounts else single
    sure = listed if amounts else single & ~in_quantities
    if criterion.patterns:
        like = [item.item.like(pattern.like) for pattern in criterion.patterns]
        # a URN that is no GS1 key stands as it is
        others = item.item.lower().startswith("urn:epc:")
        may = may | _has(event, item.filter(reduce(or_, like, others))) | _marked(event, GS1)
    return _Met(may, sure)


def _amount(criterion: Amount, tables: Tables, told: Told) -> _Met:
    item = tables.event_item.filter(_.listed & _any(criterion.op, _.quantity, criterion.values))
    if criterion.uom is not None:
        item = item.filter(_.uom == criterion.uom)
    here = _has(tables.event, item)
    return _Met(here | _marked(tables.event, QUANTITY), here)


def _any(op: Op, column: ibis.Value, values: tuple[float, ...]) -> ibis.Value:
    return reduce(or_, [COMPARE[op](column, value) for value in values])


_SIDES = {
    ("source", "possessing_party"): "giver",
    ("source", "owning_party"): "owner_from",
    ("source", "location"): "place_from",
    ("destination", "possessing_party"): "taker",
    ("destination", "owning_party"): "owner_to",
    ("destination", "location"): "place_to",
}


def _related(criterion: Related, tables: Tables, told: Told) -> _Met:
    event, values = tables.event, sorted(criterion.values)
    if criterion.field == "bizTransaction":
        rows = tables.event_document.filter(_.type == bare(criterion.type))
        if not any(value.startswith(CANONICAL_STEM) for value in values):
            rows = rows.filter(
                _.document.isin(values)
            )  # else it may be written as a URN or under another domain
        return _Met(_has(event, rows), _NO)
    column = _SIDES.get((criterion.field, criterion.type))
    if column is None:
        return _Met(_YES, _NO)
    first = event[column].isin(values)
    return _Met(first | _marked(event, f"~{criterion.field}"), first)


# -- sensors --------------------------------------------------------------------------------------


def _measured(criterion: Measured, tables: Tables, told: Told) -> _Met:
    reading = tables.event_reading
    if criterion.uom is not None:
        units = query_units.alike(criterion.uom)
        reading = reading.filter(_.uom.isin(units))
        if criterion.name == "value":
            asked = _any(criterion.op, reading.value, criterion.values)
            reading = reading.filter((_.uom != criterion.uom) | asked)
    return _Met(_has(tables.event, reading), _NO)


def _sensed(criterion: Sensed, tables: Tables, told: Told) -> _Met:
    reading = tables.event_reading
    if criterion.name == "type":
        words = sorted(bare(str(value)) for value in criterion.values)
        return _Met(_has(tables.event, reading.filter(_.type.isin(words))), _NO)
    return _Met(_has(tables.event, reading), _NO)


# -- extensions and master data -------------------------------------------------------------------

_HOLDERS = {"event": "event", "ilmd": "ilmd", "error": "error"}


def _said(criterion: Said, tables: Tables, told: Told) -> _Met:
    event = tables.event
    holder = _HOLDERS.get(criterion.area)
    if holder is None or criterion.inner or not criterion.name.startswith(NAMESPACE):
        return _Met(_marked(event, criterion.name), _NO)
    word = OWN + criterion.name[len(NAMESPACE) :]
    rows = tables.event_word.filter((_.holder == holder) & (_.word == word))
    if criterion.op == "EQ" and all(isinstance(one, str) and ":" not in one for one in criterion.values):
        # a plain text is its JSON; a list or object may hold it
        written = [as_json(one) for one in criterion.values] + [
            one for one in map(str, criterion.values) if one in ("true", "false")
        ]
        rows = rows.filter(_.value.isin(written) | _.value.startswith("[") | _.value.startswith("{"))
    return _Met(_has(event, rows), _NO)


def _below(criterion: Below, tables: Tables, told: Told) -> _Met:
    column = "read_point" if criterion.field == "readPoint" else "biz_location"
    return _Met(tables.event[column].isin(sorted(told[criterion])))


def _described(criterion: Described, tables: Tables, told: Told) -> _Met:
    event = tables.event
    match criterion.field:
        case "readPoint" | "bizLocation":
            column = event.read_point if criterion.field == "readPoint" else event.biz_location
            return _Met(column.isin(described_places(tables.master, criterion).id))
        case "bizStep" | "disposition":
            column = event.biz_step if criterion.field == "bizStep" else event.disposition
            words = sorted({bare(one.removeprefix("other:")) for one in told[criterion]})
            return _Met(column.isin(words), _NO)
        case "epcClass":
            return _Met(_has(event, tables.event_item.filter(_.listed)) | _marked(event, QUANTITY), _NO)
        case "source" | "destination":
            return _Met(_YES, _NO)
        case _:
            return _said(Said("event", False, criterion.field, None), tables, told)


_MET: Mapping[type, Callable[[Any, Tables, Told], _Met]] = {
    OneOf: _one_of,
    When: _when,
    Exists: _exists,
    Matches: _matches,
    Related: _related,
    Amount: _amount,
    Measured: _measured,
    Sensed: _sensed,
    Said: _said,
    Below: _below,
    Described: _described,
}
