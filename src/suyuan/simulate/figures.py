"""What the generator draws from: rows of `standards/rows/market.toml`, `areas.toml`, `materials.toml`.

Every figure here is marked there: most are assumptions, none is a fact about a firm.

>>> sum(province_shares().values()) > 0.99, prefectures("61")[0]
(True, '610100')
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from suyuan.standards.shapes import Amount, Composition, Word
from suyuan.standards.shapes import Archetype as ArchetypeRow
from suyuan.standards.tables import table

# How often a pack is of an archetype (assumption of the generator).
POPULARITY: Mapping[str, float] = {
    "micro-car": 0.14, "small-car": 0.22, "mid-car-lfp": 0.24, "large-sedan-blade": 0.09, "large-sedan-cylindrical": 0.10,
    "swap-pack": 0.03, "phev": 0.10, "erev": 0.04, "light-van": 0.02, "city-bus": 0.01, "swap-truck": 0.01,
}  # fmt: skip
TERNARY = ("NCM523", "NCM622", "NCM811")
"""Mixes behind the word NCM; the middle one stands for it where the mix is not told."""


@dataclass(frozen=True, slots=True)
class Archetype:
    """One kind of pack: middle values of its row."""

    key: str
    chemistry: str
    letter: str
    kwh: float
    cells: int
    modules: int
    mass_kg: float
    swap: bool
    packs: int
    popularity: float

    @property
    def model(self) -> str:
        """The pack's model as its maker calls it."""
        return f"{self.chemistry}-{self.kwh:.0f}-{self.key.upper()}"

    @property
    def vehicle(self) -> str:
        """The vehicle's model."""
        return f"EX{sum(map(ord, self.key)) % 9000 + 1000}BEV"

    @property
    def spec(self) -> str:
        """Two characters of the battery code."""
        return f"{int(self.kwh) % 90 + 10:02d}"


@cache
def chances(year: int) -> tuple[float, ...]:
    """How likely each archetype is made in a year, in the order of `archetypes`: popularity, with LFP's share of that year's GWh.

    >>> round(sum(chances(2025)), 9), chances(2019)[0] < chances(2025)[0]
    (1.0, True)
    """
    lfp = _lfp_share(year)
    gwh = {"LFP": 0.0, "NCM": 0.0}
    for each in archetypes():
        gwh[each.chemistry] += each.popularity * each.kwh
    weights = [
        each.popularity * (lfp if each.chemistry == "LFP" else 1 - lfp) / gwh[each.chemistry]
        for each in archetypes()
    ]
    return tuple(weight / sum(weights) for weight in weights)


@cache
def sales(year: int) -> float:
    """Vehicles sold in a year (10 000); beyond the table as in its first or last year."""
    rows = table("nev-sales", Amount).newest
    return float(rows[min(max(str(year), min(rows)), max(rows))].value)


# Shares of battery makers in what was installed, Jan-Sep 2025: top 2, 5, 10, all 51 (press, second-hand).
MAKERS_TOP = ((2, 0.65), (5, 0.82), (10, 0.94), (51, 1.0))


def maker_shares(count: int) -> list[float]:
    """What share each of `count` battery makers has, the largest first.

    >>> [round(share, 2) for share in maker_shares(5)]
    [0.4, 0.4, 0.07, 0.07, 0.07]
    """
    shares: list[float] = []
    for (last, total), (before, less) in zip(MAKERS_TOP, ((0, 0.0), *MAKERS_TOP), strict=False):
        shares += [(total - less) / (last - before)] * (last - before)
    shares = shares[:count] + [shares[-1]] * (count - len(shares))
    return [share / sum(shares) for share in shares]


@cache
def archetypes() -> tuple[Archetype, ...]:
    """All archetypes of packs."""
    return tuple(_archetype(row) for row in table("pack-archetype", ArchetypeRow).rows)


def _archetype(row: ArchetypeRow) -> Archetype:
    packs = sum(row.packs) / 2  # figures of a bus are those of all its packs together
    modules = sum(row.modules) // 2 if row.modules else 8
    return Archetype(
        key=row.key, chemistry=row.chemistry, letter=_letter(row.chemistry), kwh=round(float(sum(row.kwh)) / 2 / packs, 1),
        cells=int(sum(row.cells) / 2 / packs), modules=modules, mass_kg=round(float(sum(row.mass_kg)) / 2 / packs, 1),
        swap=row.key.startswith("swap"), packs=int(packs), popularity=POPULARITY[row.key] / int(packs),
    )  # fmt: skip


def _letter(chemistry: str) -> str:
    return next(row.letter for row in _compositions() if row.key.startswith(chemistry))


@cache
def _compositions() -> tuple[Composition, ...]:
    return table("composition", Composition).rows


@cache
def composition_kg_per_kwh(chemistry: str) -> Mapping[str, float]:
    """Kilograms of metal in a kilowatt hour."""
    key = TERNARY[1] if chemistry == "NCM" else chemistry
    row = next(row for row in _compositions() if row.key == key)
    named = {"Li": row.lithium, "Ni": row.nickel, "Co": row.cobalt, "Mn": row.manganese}
    return {metal: float(share) for metal, share in named.items() if share}


@cache
def _lfp_share(year: int) -> float:
    rows = table("lfp-share", Amount).newest
    known = min(max(str(year), min(rows)), max(rows))
    return float(rows[known].value)


@cache
def province_shares() -> Mapping[str, float]:
    """Share of the nine provinces' vehicles, by the two digits of the province (an assumption)."""
    return {key[:2]: float(row.value) for key, row in table("province-weight", Amount).newest.items()}


@cache
def prefectures(province: str) -> tuple[str, ...]:
    """Codes of a province's prefectures in force today, the capital first."""
    rows = [row for row in table("area", Word).rows if row.until is None]
    return tuple(
        row.key
        for row in rows
        if row.key.startswith(province) and row.key[2:4] != "00" and row.key[4:] == "00"
    )
