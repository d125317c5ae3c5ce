"""The tables of law and standards, loaded once from `standards/rows/*.toml`.

>>> from datetime import date
>>> table("battery-month").on(date(2026, 5, 1))["C"].number
12
>>> table("vendor", Vendor).latest("001").maker
'CATL'
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar, overload

from suyuan.standards.documents import register
from suyuan.standards.loader import Table, read_tables
from suyuan.standards.shapes import (
    AccountRole,
    Amount,
    Archetype,
    BatteryType,
    Bounds,
    CodeForm,
    Composition,
    Coverage,
    Duty,
    Holiday,
    Limit,
    Material,
    Number,
    Recovery,
    Regime,
    Right,
    Row,
    Step,
    Unit,
    Vendor,
    Word,
)
from suyuan.terms.errors import SuyuanError

R = TypeVar("R", bound=Row)

# A new table is its rows in a file and a line here.
TABLES: Mapping[str, tuple[str, type[Row]]] = {
    "battery-type": ("battery_code.toml", BatteryType),
    "battery-year": ("battery_code.toml", Number),
    "battery-month": ("battery_code.toml", Number),
    "battery-day": ("battery_code.toml", Number),
    "product-type": ("battery_code.toml", Word),
    "battery-code-form": ("battery_code.toml", CodeForm),
    "vendor": ("vendors.toml", Vendor),
    "area": ("areas.toml", Word),
    "model-year": ("vin.toml", Number),
    "wmi": ("vin.toml", Vendor),
    "uscc-department": ("uscc.toml", Word),
    "uscc-kind": ("uscc.toml", Word),
    "party-role": ("parties.toml", Word),
    "site-kind": ("parties.toml", Word),
    "regime": ("parties.toml", Regime),
    "lifecycle-step": ("lifecycle.toml", Step),
    "biz-step": ("cbv.toml", Word),
    "disposition": ("cbv.toml", Word),
    "biz-transaction": ("cbv.toml", Word),
    "source-dest": ("cbv.toml", Word),
    "error-reason": ("cbv.toml", Word),
    "sensor-alert": ("cbv.toml", Word),
    "unit": ("units.toml", Unit),
    "material": ("materials.toml", Material),
    "composition": ("materials.toml", Composition),
    "material-range": ("materials.toml", Bounds),
    "pure-compound": ("recycling.toml", Amount),
    "nev-sales": ("market.toml", Amount),
    "battery-installed": ("market.toml", Amount),
    "lfp-share": ("market.toml", Amount),
    "province-weight": ("market.toml", Amount),
    "pack-archetype": ("market.toml", Archetype),
    "prc-holiday": ("calendar.toml", Holiday),
    "prc-statutory-day": ("calendar.toml", Word),
    "duty": ("duties.toml", Duty),
    "recovery-minimum": ("conditions.toml", Recovery),
    "impurity-limit": ("conditions.toml", Limit),
    "industry-condition": ("conditions.toml", Limit),
    "outlet-limit": ("outlets.toml", Limit),
    "outlet-duty": ("outlets.toml", Coverage),
    "eu-recycling-efficiency": ("eu.toml", Limit),
    "eu-recovery": ("eu.toml", Limit),
    "eu-recycled-content": ("eu.toml", Limit),
    "threshold": ("thresholds.toml", Amount),
    "waste-taker": ("takers.toml", Word),
    "waste-route": ("takers.toml", Word),
    "hands-on": ("takers.toml", Word),
    "banned-use": ("takers.toml", Word),
    "integrated-scrapping": ("scrapping.toml", Word),
    "role": ("rights.toml", AccountRole),
    "right": ("rights.toml", Right),
    "public-field": ("rights.toml", Word),
    "public-kind": ("rights.toml", Word),
    "account-rule": ("rights.toml", Amount),
}


class UnknownTable(SuyuanError):
    """A table that the product does not have."""


@overload
def table(name: str) -> Table[Row]: ...
@overload
def table(name: str, shape: type[R]) -> Table[R]: ...
def table(name: str, shape: type[Row] = Row) -> Table[Any]:
    """The table `name`, with rows of `shape`. Raises UnknownTable."""
    if name not in TABLES:
        raise UnknownTable(
            f"no table {name!r}; the tables are {', '.join(TABLES)}",
            f"没有表 {name!r}；现有的表：{'、'.join(TABLES)}",
        )
    file, shape_of_table = TABLES[name]
    assert issubclass(shape_of_table, shape), f"{name} has rows of {shape_of_table.__name__}"
    return _tables_of(file)[name]


@cache
def _tables_of(file: str) -> dict[str, Table[Row]]:
    text = files("suyuan.standards").joinpath("rows", file).read_text("utf-8")
    shapes = {name: shape for name, (of_file, shape) in TABLES.items() if of_file == file}
    return read_tables(text, file, shapes, register().keys())
