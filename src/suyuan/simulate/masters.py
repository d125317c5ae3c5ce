"""Master data of a world as rows of the tables that an operator takes in: firms, their sites, models.

A firm is one row; each of its sites a further one. An outlet works for all vehicle and battery makers of the world.
"""

from collections.abc import Iterator, Mapping

from suyuan.simulate.figures import archetypes
from suyuan.simulate.lies.lie import FirmTold
from suyuan.simulate.lives import REUSE_KWH_MIN, REUSED_KWH_SHARE, REUSED_MASS_SHARE
from suyuan.simulate.world import LISTED_FROM, Firm, World, model_name

PARTY_COLUMNS = (
    "uscc", "name", "role", "area", "vendor_codes", "wmi", "site", "site_kind", "capacity_t_per_year", "listed_from",
    "listed_to", "serves",
)  # fmt: skip
MODEL_COLUMNS = ("model", "uscc", "name", "chemistry", "ratedEnergy_kWh", "mass_kg")

Row = dict[str, object]


def party_rows(world: World, shown: Mapping[str, FirmTold]) -> Iterator[Row]:
    """Rows of firms and sites; `shown`: firms (by USCC) that do not show themselves as they are."""
    serves = "、".join(firm.uscc for firm in (*world.battery_makers, *world.vehicle_makers))
    for firm in world.firms():
        told = shown.get(firm.uscc)
        if told is None or not told.drop_master:
            changed = dict(told.master or {}) if told else {}
            yield from ({**row, **changed} for row in _firm(firm, serves if firm.role == "outlet" else ""))


def _firm(firm: Firm, serves: str) -> Iterator[Row]:
    own: Row = {
        "uscc": firm.uscc, "name": firm.name_zh, "role": firm.role, "area": firm.area, "listed_from": LISTED_FROM,
        "listed_to": firm.listed_to or "", "capacity_t_per_year": firm.capacity_t or "",
    }  # fmt: skip
    yield {**own, "vendor_codes": firm.vendor, "wmi": firm.wmi, "serves": serves}
    for site in (firm.site, *firm.sites):
        yield {**own, "site": site, "site_kind": firm.site_kind, "serves": serves}


def model_rows(world: World) -> Iterator[Row]:
    """What each battery maker makes, and what echelon users make of it."""
    for maker in (*world.battery_makers, *world.echelon_users):
        reused = maker.role == "echelon-user"
        for each in archetypes():
            if reused and each.kwh < REUSE_KWH_MIN:
                continue
            yield {
                "model": model_name(maker, each), "uscc": maker.uscc, "name": model_name(maker, each), "chemistry": each.chemistry,
                "ratedEnergy_kWh": round(each.kwh * (REUSED_KWH_SHARE if reused else 1), 1),
                "mass_kg": round(each.mass_kg * (REUSED_MASS_SHARE if reused else 1), 1),
            }  # fmt: skip
