"""What an event is to rights: who submitted it, whom it is about, to whom it comes, where its parties lie.

>>> row = {"party": "A", "giver": "A", "taker": "B", "place_to": "B/store"}
>>> thing = of_event(row, {"A": {"610502"}, "B": {"510100"}})
>>> sorted(thing.about), sorted(thing.to), sorted(thing.areas)
(['A'], ['B', 'B/store'], ['510100', '610502'])
"""

from collections.abc import Collection, Mapping
from typing import Any

from suyuan.rights.principal import Thing
from suyuan.rights.sight import ABOUT, ABOUT_PLACES, PARTIES, TO, TO_PLACES, USCC_LENGTH


def of_event(row: Mapping[str, Any], areas: Mapping[str, Collection[str]]) -> Thing:
    """The thing that a row of `views.columns.EVENT` is. `areas`: what master data say of parties."""
    parties = {str(row[column]) for column in PARTIES if row.get(column)}
    said = {area for party in parties for area in areas.get(party, ())}
    return Thing(
        tenant=str(row.get("party") or ""),
        about=frozenset(_named(row, ABOUT) | _holders(row, ABOUT_PLACES)),
        to=frozenset(_named(row, TO) | _holders(row, TO_PLACES)),
        areas=frozenset(said | {party[2:8] for party in parties if len(party) == USCC_LENGTH}),
    )


def _named(row: Mapping[str, Any], columns: Collection[str]) -> set[str]:
    return {str(row[column]) for column in columns if row.get(column)}


def _holders(row: Mapping[str, Any], columns: Collection[str]) -> set[str]:
    # `<credit code>/<site>`, or a name with slashes of its own, alone or in front of a site
    found: set[str] = set()
    for place in _named(row, columns):
        pieces = place.split("/")
        found |= {"/".join(pieces[:n]) for n in range(1, len(pieces) + 1)}
    return found
