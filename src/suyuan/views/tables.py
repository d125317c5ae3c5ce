"""The tables that views read, and the moment that they speak of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

import ibis

from suyuan.views.moment import NOW, AsOf

__all__ = ["NOW", "AsOf", "Keep", "Tables", "as_it_is"]


@dataclass(frozen=True)
class Tables:
    """The tables of `columns.TABLES` as expressions, of any engine."""

    event: ibis.Table
    event_item: ibis.Table
    event_document: ibis.Table
    event_reading: ibis.Table
    event_word: ibis.Table
    event_measure: ibis.Table
    event_assay: ibis.Table
    event_fate: ibis.Table
    master: ibis.Table

    @classmethod
    def of(cls, named: Mapping[str, ibis.Table]) -> "Tables":
        """From a mapping by name, such as the tables of a connection."""
        return cls(**{field.name: named[field.name] for field in fields(cls)})


Keep = Callable[[str, ibis.Table], ibis.Table]
"""Given a stage's name and expression, what later stages read in its place: the expression, or a table of it."""


def as_it_is(name: str, expression: ibis.Table) -> ibis.Table:
    """Keep nothing: later stages read the expression itself."""
    return expression


def never(moment: ibis.Value) -> ibis.Value:
    """No instant, of the very type of `moment`: engines differ in how finely they count."""
    return ibis.null(moment.type())
