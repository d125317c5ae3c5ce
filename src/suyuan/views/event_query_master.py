"""What master data say for a query: which places are below others, and what has an attribute.

    WD_bizLocation=…/loc/9135…/plant        the place, the parts that its master data name, their parts, …
    HASATTR_bizLocation=name                places of which master data have a name
    EQ_ATTR_bizLocation_area=350981         … have this area

Of an attribute told several times the value counts that is valid last (`effective.latest_master`).
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import ibis
from ibis import _

from suyuan.events.names import Names
from suyuan.events.query_criteria import Below, Criterion, Described
from suyuan.identifiers.epc_urn import canonical
from suyuan.identifiers.item_keys import place_key
from suyuan.views.effective import latest_master
from suyuan.views.extract_master import attribute_word

Told = Mapping[Criterion, frozenset[str]]
Ask = Callable[[ibis.Table], Iterable[tuple[str, ...]]]
"""Puts a question to the engine; rows of texts come back."""


def told(criteria: Iterable[Criterion], master: ibis.Table, ask: Ask) -> Told:
    """For each criterion of master data what meets it: places, or `<kind>:<id>` (`query_matching.described_as`)."""
    found: dict[Criterion, frozenset[str]] = {}
    for one in criteria:
        if isinstance(one, Below):
            found[one] = below(one.places, children(ask(_children(master))))
        elif isinstance(one, Described):
            rows = ask(_described(master, one).select("type", "id"))
            found[one] = frozenset(key for kind, name in rows for key in _keys(kind, name))
    return found


def _keys(kind: str, name: str) -> tuple[str, ...]:
    if kind != "other":
        return (f"{kind}:{name}",)
    names = Names.of(None)
    return f"other:{names.word(name)}", f"other:{canonical(name)}"


def described_places(master: ibis.Table, criterion: Described) -> ibis.Table:
    """(id): places of which master data say so."""
    return _described(master, criterion).filter(_.type == "location").select("id")


def _described(master: ibis.Table, criterion: Described) -> ibis.Table:
    words = sorted(map(attribute_word, criterion.attributes))
    # a row without a day is inferred (of a site's parts), not said
    rows = latest_master(master.filter(_.valid_from.notnull()))
    rows = rows.filter(_.attribute.isin(words) & (_.attribute != "children"))
    if criterion.values is not None:
        rows = rows.filter(_.value.isin(sorted(criterion.values)))
    return rows.select("type", "id").distinct()


def _children(master: ibis.Table) -> ibis.Table:
    rows = latest_master(master).filter((_.type == "location") & (_.attribute == "children"))
    return rows.select("id", "value")


def children(rows: Iterable[tuple[str, ...]]) -> Mapping[str, frozenset[str]]:
    """Places and the places right below them, from (id, children as JSON)."""
    found: dict[str, set[str]] = defaultdict(set)
    for place, listed in rows:
        parts = json.loads(listed)
        found[place].update(place_key(str(part)) for part in (parts if isinstance(parts, list) else [parts]))
    return {place: frozenset(parts) for place, parts in found.items()}


def below(places: Iterable[str], parts: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The places and all that are below them, however deep; circles do no harm.

    >>> sorted(below({"A"}, {"A": frozenset({"B"}), "B": frozenset({"C", "A"})}))
    ['A', 'B', 'C']
    """
    found, new = set[str](), set(places)
    while new:
        found |= new
        new = {part for place in new for part in parts.get(place, ())} - found
    return frozenset(found)
