"""The firms of a made-up basin: makers, dealers, outlets, swap operators, dismantlers, echelon users, recyclers.

Nobody here exists: credit codes are lawful in form and say `TE…` as organisation, names count through.
Vehicle and battery makers stand anywhere; outlets, dismantlers and recyclers in the prefectures of the nine
provinces, more of them where more vehicles are (`province-share`, an assumption marked so).

>>> made_up = world(seed=1, packs=1000)
>>> uscc.is_valid(made_up.recyclers[0].uscc), made_up.recyclers[0].name_en
(True, 'Example recycler 01')
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from suyuan.identifiers import uscc
from suyuan.simulate.figures import maker_shares, prefectures, province_shares


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


@dataclass(frozen=True, slots=True)
class World:
    """All firms, by what they do. `outlets_of[area]` are those of a prefecture, at least one."""

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
_LETTERS = "ABCDEFGHJKLMNPRTUWXY"


def _firm(role: str, number: int, area: str, *, vendor: str = "", wmi: str = "", capacity_t: int = 0) -> Firm:
    zh, en, letter, kind = ROLES[role]
    body = f"TE{letter}{number:05d}"
    first17 = f"91{area}{body}{uscc.organisation_check(body)}"
    code = first17 + uscc.check_character(first17)
    name_zh, name_en = f"{zh}{number:02d}", f"{en} {number:02d}"
    return Firm(code, role, number, name_zh, name_en, area, f"{kind}-1", kind, vendor, wmi, capacity_t)


def world(seed: int, packs: int, only_area: str | None = None) -> World:
    """The firms of a world that makes about `packs` packs; `only_area`: vehicles are sold in that prefecture alone."""
    draw = np.random.default_rng([seed, 0])
    areas, shares = _areas(only_area)
    size = max(1, ceil(np.log10(max(packs, 10))))  # a hundred times the packs, a few more firms

    def where(count: int) -> Sequence[str]:
        return [areas[int(n)] for n in draw.choice(len(areas), size=count, p=shares)]

    outlets, numbered = {}, 0
    for area, share in zip(areas, shares, strict=True):
        count = 1 + int(share * 20)
        outlets[area] = tuple(_firm("outlet", numbered + n, area) for n in range(1, count + 1))
        numbered += count
    dismantlers = [_firm("dismantler", n, area) for n, area in enumerate(where(2 * size), 1)]
    nearest = {
        area: tuple(d for d in dismantlers if d.area[:2] == area[:2]) or tuple(dismantlers) for area in areas
    }
    return World(
        seed=seed,
        battery_makers=tuple(
            _firm("battery-maker", n, area, vendor=f"9{_LETTERS[n % 20]}{n % 10}")
            for n, area in enumerate(where(2 + size), 1)
        ),
        vehicle_makers=tuple(
            _firm("vehicle-maker", n, area, wmi=f"LT{_LETTERS[n % 20]}")
            for n, area in enumerate(where(2 + size), 1)
        ),
        outlets_of=outlets,
        swap_operators=tuple(
            _firm("swap-operator", n, area) for n, area in enumerate(where(1 + size // 3), 1)
        ),
        dismantlers_of=nearest,
        echelon_users=tuple(_firm("echelon-user", n, area) for n, area in enumerate(where(1 + size // 2), 1)),
        recyclers=tuple(
            _firm("recycler", n, area, capacity_t=5000 * (1 + n % 4))
            for n, area in enumerate(where(1 + size // 2), 1)
        ),
        customers=tuple(_firm("customer", n, area) for n, area in enumerate(where(3 + size), 1)),
        areas=tuple(areas),
        area_shares=tuple(shares),
        maker_shares=tuple(maker_shares(2 + size)),
    )


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
