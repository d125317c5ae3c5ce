"""The firms of a made-up basin: makers, dealers, outlets, swap operators, dismantlers, echelon users, recyclers.

Nobody here exists: credit codes are lawful in form and say `TE…` as organisation, names count through.
Vehicle and battery makers stand anywhere; outlets, dismantlers and recyclers in the prefectures of the nine
provinces, more of them where more vehicles are (`province-share`, an assumption marked so).

>>> made_up = world(seed=1, packs=1000)
>>> uscc.is_valid(made_up.recyclers[0].uscc), made_up.recyclers[0].name_en
(True, 'Example recycler 01')
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil

import numpy as np

from suyuan.identifiers import uscc
from suyuan.simulate.figures import Archetype, maker_shares, prefectures, province_shares

LISTED_FROM = date(2018, 1, 1)
ECHELON_LIST_ENDS = date(2026, 7, 30)
"""Echelon users are listed until then (MIIT announcement 2026 No. 20)."""

# Assumptions of the generator, measured on worlds of 100,000 packs, so that nobody stores or takes more than is lawful.
PACKS_AN_OUTLET = 400
"""A collecting outlet serves so many packs of its area at most; what is beyond goes to central ones."""
PACKS_A_CENTRAL_OUTLET = 15_000
RECYCLED_T_A_PACK = 0.1
"""Tonnes that recyclers together take in a year, by pack of the world, in the busiest year, with room to spare."""
CAPACITY_T_LEAST = 5000


@dataclass(frozen=True, slots=True)
class Firm:
    """A made-up legal person with one main site."""

    uscc: str
    role: str
    number: int
    name_zh: str
    name_en: str
    area: str
    site: str
    site_kind: str
    vendor: str = ""
    wmi: str = ""
    capacity_t: int = 0
    sites: tuple[str, ...] = ()
    """Further sites, of the kind of the main one."""
    listed_to: date | None = None


@dataclass(frozen=True, slots=True)
class World:
    """All firms, by what they do. `outlets_of[area]` are those of a prefecture, at least one; `collecting[area]`: the share of its
    batteries that come to those of the collecting kind."""

    seed: int
    battery_makers: tuple[Firm, ...]
    vehicle_makers: tuple[Firm, ...]
    outlets_of: dict[str, tuple[Firm, ...]]
    swap_operators: tuple[Firm, ...]
    dismantlers_of: dict[str, tuple[Firm, ...]]
    echelon_users: tuple[Firm, ...]
    recyclers: tuple[Firm, ...]
    customers: tuple[Firm, ...]
    areas: tuple[str, ...]
    area_shares: tuple[float, ...]
    maker_shares: tuple[float, ...]
    collecting: Mapping[str, float] = field(default_factory=dict)
    packs: int = 0
    """About so many are made."""

    def outlet(self, area: str, kind: float, which: float) -> Firm:
        """An outlet of a prefecture, by two numbers from 0 to 1: is it of the collecting kind, and which one of them."""
        outlets = self.outlets_of[area]
        central = bisect_right(outlets, 0, key=lambda outlet: outlet.site_kind == "outlet-central")
        some = outlets[:central] if kind < self.collecting[area] else outlets[central:]
        return some[int(which * len(some))]

    def firms(self) -> list[Firm]:
        """Everybody, makers first."""
        outlets = [firm for area in self.areas for firm in self.outlets_of[area]]
        dismantlers = list(dict.fromkeys(firm for area in self.areas for firm in self.dismantlers_of[area]))
        return [
            *self.battery_makers, *self.vehicle_makers, *outlets, *self.swap_operators,
            *dismantlers, *self.echelon_users, *self.recyclers, *self.customers,
        ]  # fmt: skip


# role: (zh, en, word in credit code, kind of the main site)
ROLES = {
    "battery-maker": ("示例电池企业", "Example battery maker", "B", "plant"),
    "vehicle-maker": ("示例整车企业", "Example vehicle maker", "C", "plant"),
    "outlet": ("示例回收服务网点", "Example outlet", "D", "outlet-collecting"),
    "swap-operator": ("示例换电企业", "Example swap operator", "E", "station"),
    "dismantler": ("示例报废拆解企业", "Example dismantler", "F", "plant"),
    "echelon-user": ("示例梯次利用企业", "Example echelon user", "G", "plant"),
    "recycler": ("示例再生利用企业", "Example recycler", "H", "plant"),
    "customer": ("示例用户单位", "Example customer", "J", "site"),
}
STATIONS = ("S01", "S02", "S03")
_LETTERS = "ABCDEFGHJKLMNPRTUWXY"


def model_name(maker: Firm, archetype: Archetype) -> str:
    """A pack's model as its maker calls it; an echelon user re-makes packs for storing energy."""
    return (
        f"ESS{maker.number}-{archetype.model}"
        if maker.role == "echelon-user"
        else f"{maker.vendor}-{archetype.model}"
    )


def _vendor(role: str, number: int) -> str:
    """A code that nobody else has, for some hundred firms of a role."""
    if role == "battery-maker":
        return f"9{_LETTERS[number % 20]}{(number + number // 20) % 10}"
    return f"8{_LETTERS[4 + number // 10]}{number % 10}" if role == "echelon-user" else ""


def _wmi(number: int) -> str:
    return f"L{'TUWXYZRP'[number // 20]}{_LETTERS[number % 20]}"


def _firm(
    role: str,
    number: int,
    area: str,
    *,
    capacity_t: int = 0,
    site_kind: str = "",
    sites: tuple[str, ...] = (),
    listed_to: date | None = None,
) -> Firm:
    zh, en, letter, kind = ROLES[role]
    body = f"TE{letter}{number:05d}"
    first17 = f"91{area}{body}{uscc.organisation_check(body)}"
    code = first17 + uscc.check_character(first17)
    name_zh, name_en = f"{zh}{number:02d}", f"{en} {number:02d}"
    wmi = _wmi(number) if role == "vehicle-maker" else ""
    return Firm(
        code, role, number, name_zh, name_en, area, f"{site_kind or kind}-1", site_kind or kind, _vendor(role, number), wmi,
        capacity_t, sites, listed_to,
    )  # fmt: skip


def world(
    seed: int, packs: int, only_area: str | None = None, more: Mapping[str, int] | None = None
) -> World:
    """The firms of a world that makes about `packs` packs; `only_area`: vehicles are sold in that prefecture alone.

    `more` firms of a role make room for those that lie; makers then have equal shares of the market.
    """
    draw = np.random.default_rng([seed, 0])
    areas, shares = _areas(only_area)
    size = max(1, ceil(np.log10(max(packs, 10))))  # a hundred times the packs, a few more firms
    more = more or {}

    def where(count: int) -> Sequence[str]:
        return [areas[int(n)] for n in draw.choice(len(areas), size=count, p=shares)]

    def several(role: str, count: int, **further: int | tuple[str, ...] | date) -> tuple[Firm, ...]:
        areas_of_them = where(count + more.get(role, 0))
        return tuple(_firm(role, n, area, **further) for n, area in enumerate(areas_of_them, 1))  # type: ignore[arg-type]  # as `_firm` has them

    outlets, collecting = _outlets(areas, shares, packs, where(more.get("outlet", 0)))
    dismantlers = several("dismantler", 2 * size)
    nearest = {area: tuple(d for d in dismantlers if d.area[:2] == area[:2]) or dismantlers for area in areas}
    makers, recyclers = 2 + size + more.get("battery-maker", 0), 1 + size // 2 + more.get("recycler", 0)
    needed_t = packs * RECYCLED_T_A_PACK / (1 + size // 2)
    return World(
        seed=seed,
        battery_makers=several("battery-maker", 2 + size),
        vehicle_makers=several("vehicle-maker", 2 + size),
        outlets_of=outlets,
        swap_operators=several("swap-operator", 1 + size // 3, sites=STATIONS),
        dismantlers_of=nearest,
        echelon_users=several("echelon-user", 1 + size // 2, listed_to=ECHELON_LIST_ENDS),
        recyclers=tuple(
            _firm("recycler", n, area, capacity_t=CAPACITY_T_LEAST * max(1 + n % 4, ceil(needed_t / CAPACITY_T_LEAST)))
            for n, area in enumerate(where(recyclers), 1)
        ),
        customers=several("customer", 3 + size),
        areas=tuple(areas),
        area_shares=tuple(shares),
        maker_shares=(1 / makers,) * makers if more.get("battery-maker") else tuple(maker_shares(makers)),
        collecting=collecting,
        packs=packs,
    )  # fmt: skip


def _outlets(
    areas: Sequence[str], shares: Sequence[float], packs: int, more: Sequence[str]
) -> tuple[dict[str, tuple[Firm, ...]], dict[str, float]]:
    """Outlets by prefecture, those of the collecting kind first, and what share of the batteries comes to these."""
    outlets, collecting, numbered = {}, dict[str, float](), 0
    for area, share in zip(areas, shares, strict=True):
        count, here = 1 + int(share * 20) + more.count(area), packs * share
        collecting[area] = min(1.0, count * PACKS_AN_OUTLET / here) if here else 1.0
        central = ceil((1 - collecting[area]) * here / PACKS_A_CENTRAL_OUTLET)
        kinds = ["outlet-collecting"] * count + ["outlet-central"] * central
        outlets[area] = tuple(
            _firm("outlet", n, area, site_kind=kind) for n, kind in enumerate(kinds, numbered + 1)
        )
        numbered += len(kinds)
    return outlets, collecting


def _areas(only_area: str | None) -> tuple[list[str], list[float]]:
    if only_area:
        return [only_area], [1.0]
    areas: list[str] = []
    shares: list[float] = []
    for province, share in province_shares().items():
        own = prefectures(province)
        # the first prefecture of a list is the provincial capital: half of the vehicles, the rest evenly
        weights = [1.0] if len(own) == 1 else [0.5, *[0.5 / (len(own) - 1)] * (len(own) - 1)]
        areas += own
        shares += [share * weight for weight in weights]
    total = sum(shares)
    return areas, [share / total for share in shares]
