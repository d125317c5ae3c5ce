"""What the generator draws from: rows of `standards/rows/market.toml`, `areas.toml`, `materials.toml`.

Every figure here is marked there: most are assumptions, none is a fact about a firm.

>>> sum(province_shares().values()) > 0.99, prefectures("61")[0]
(True, '610100')
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from suyuan.standards.shapes import Amount, Composition, Word
from suyuan.standards.shapes import Archetype as ArchetypeRow
from suyuan.standards.tables import table

# How often an archetype is bought (assumption of the generator), and its spelling in codes and names.
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

    def share_on(self, since: date, until: date) -> float:
        """How often it is made in a period: popularity, shifted by the share of LFP in those years."""
        years = range(since.year, until.year + 1)
        lfp = sum(_lfp_share(year) for year in years) / len(years)
        return self.popularity * (lfp if self.chemistry == "LFP" else 1 - lfp)


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
        swap=row.key.startswith("swap"), popularity=POPULARITY[row.key],
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
