"""What recyclers recovered and makers answer for, worked out from entries as docs/accounts do it by hand: dictionaries and loops.

Nothing of the product is read but entries and rows of standards. Figures stand under the words of the reports:

    (account, party, period, area, measure, key, unit) → Figure(value, uncertainty, least, row, verified)
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from math import sqrt
from typing import Any

from tests.reports.plain import Event, Plain, code, ends, kind, lots

from suyuan.standards.shapes import Composition, Limit, Material, Row
from suyuan.standards.tables import table

STAGES = {
    "sy:crushing": "crushing", "sy:sorting": "crushing", "sy:discharging": "crushing", "sy:smelting": "smelting", "sy:leaching": "smelting",
    "sy:recycling": "smelting",
}  # fmt: skip
RECOVERED = ("Li", "Ni", "Co", "Mn", "Cu", "Al")
MATERIALS = {
    "lithium": ("Li",), "nickel": ("Ni",), "cobalt": ("Co",), "manganese": ("Mn",), "copper": ("Cu",), "aluminium": ("Al",),
    "nickel-cobalt-manganese": ("Ni", "Co", "Mn"),
}  # fmt: skip
ANNEX_XII = {"Co": "cobalt", "Cu": "copper", "Li": "lithium", "Ni": "nickel"}
ARTICLE_8 = {"Co": "cobalt", "Li": "lithium", "Ni": "nickel", "Pb": "lead"}
WHOLE = ("copper", "aluminium", "steel", "plastic", "graphite")
STANDS = {row.key: row.stands for row in table("material", Material).rows}
Name = tuple[str, str, str, str, str, str, str]


@dataclass(frozen=True)
class Figure:
    """A number as a report tells it; `least` and `row` where a row of law asks for something."""

    value: float
    uncertainty: float | None = None
    least: float | None = None
    row: str = ""
    verified: bool = True


@dataclass
class Run:
    """All events of one batch."""

    party: str
    stage: str
    day: str = ""
    things: dict[str, tuple[str, float | None]] = field(default_factory=dict)
    """By thing fed: the moment, and its part of the mass that the feeding told for all."""
    fed: dict[str, tuple[str, float]] = field(default_factory=dict)
    """By lot fed: the moment, kilograms."""
    made: dict[str, tuple[str, float]] = field(default_factory=dict)


@dataclass
class Sum:
    """Kilograms, the variance of what is random, and the uncertainty that all parts share."""

    kg: float = 0.0
    random: float = 0.0
    common: float = 0.0
    assumed: bool = False

    def add(self, kg: float, random: float, common: float, assumed: bool = False) -> None:
        self.kg, self.random, self.common = self.kg + kg, self.random + random, self.common + common
        self.assumed |= assumed

    def join(self, other: "Sum") -> None:
        """Adds a whole stream: one stream and another share nothing."""
        self.kg, self.random = self.kg + other.kg, self.random + other.random + other.common**2


@dataclass(frozen=True)
class Flow:
    """What of a metal flowed between the stages of a firm."""

    metal: str
    what: str
    source: str
    target: str
    sum: Sum


def in_force(name: str, key: str, day: date) -> Row | None:
    found = [row for row in table(name).rows if row.key == key and row.in_force(day)]
    return found[-1] if found else None


def law(name: str, key: str, day: date) -> tuple[float | None, str, bool]:
    """The number that a row asks for on a day, the name of the row, and whether somebody has read it."""
    row = in_force(name, key, day)
    if row is None:
        return None, "", True
    least = float(row.value) if isinstance(row, Limit) else 1.0
    return least, f"{name}/{key}@{row.since}", row.verified


def _is(wanted: str, _lot: str, metal: str) -> bool:
    return wanted == metal


def sums() -> "defaultdict[Any, Sum]":
    return defaultdict(Sum)


class Books:
    """The books of all firms on a day, from entries."""

    def __init__(self, plain: Plain, day: date) -> None:
        self.day = day
        self.events = sorted(
            plain.events(range(len(plain.told))), key=lambda one: (one[1]["eventTime"], one[0])
        )
        self.masters = [told for told in plain.told.values() if told["kind"] == "master"]
        self.threshold = {row.key: float(row.value) for row in table("threshold").rows if row.in_force(day)}  # type: ignore[attr-defined]
        self.runs: dict[str, Run] = {}
        self.shares: dict[str, dict[str, tuple[float, float]]] = {}
        self.fated: set[str] = set()
        self.remade: list[tuple[list[str], list[str]]] = []
        self.made_by: dict[str, tuple[int, Event]] = {}
        self.ilmd: dict[str, dict[str, Any]] = {}
        self.weighed: dict[str, float] = {}
        for seq, event in self.events:
            self._read(seq, event)

    def _read(self, seq: int, event: Event) -> None:
        run = event.get("transformationID")
        if run and event["bizStep"] in STAGES:
            self._batch(run, event)
        for each in event.get("sy:assay", ()):
            for metal, share in each["sy:share"].items():
                told = each.get("sy:uncertainty")
                if told is None:
                    told, relative = self.threshold["assay-uncertainty"], True
                else:
                    relative = each.get("sy:relative", False)
                self.shares.setdefault(each["sy:lot"], {})[metal.removeprefix("sy:")] = (
                    share,
                    told * share if relative else told,
                )
        self.fated |= {each["sy:lot"] for each in event.get("sy:fate", ())}
        items = event.get("outputEPCList", event.get("epcList", ()))
        if event.get("bizStep") == "commissioning":
            for uri in items:
                self.made_by.setdefault(uri, (seq, event))
        if not run and event.get("inputEPCList"):
            self.remade.append((event["inputEPCList"], event["outputEPCList"]))
        for uri in items:
            self.ilmd.setdefault(uri, {}).update(event.get("ilmd", {}))
        mass = event.get("ilmd", {}).get("sy:mass_kg", event.get("sy:mass_kg") if len(items) == 1 else None)
        if mass is not None:
            self.weighed.update(dict.fromkeys(items, mass))

    def _batch(self, name: str, event: Event) -> None:
        run = self.runs.setdefault(
            name, Run(event["readPoint"]["id"].split("/")[-2], STAGES[event["bizStep"]])
        )
        at = event["eventTime"]
        run.day = max(run.day, at[:10])
        things = event.get("inputEPCList", ())
        for uri in things:
            mass = event.get("sy:mass_kg")
            run.things[uri] = (at, mass / len(things) if mass is not None else None)
        for kept, word in ((run.fed, "inputQuantityList"), (run.made, "outputQuantityList")):
            for lot, kg in lots({word: event.get(word, ())}).items():
                first, before = kept.get(lot, (at, 0.0))
                kept[lot] = (first, before + kg)

    # -- what is in things ---------------------------------------------------------------------------

    def mass(self, uri: str, told: float | None = None) -> float | None:
        return self.weighed.get(uri, told)

    def content(self, uri: str, mass: float | None) -> dict[str, tuple[float, float, bool]]:
        """Of each metal kilograms, their uncertainty, and whether they are presumed from the chemistry."""
        said = self.ilmd.get(uri, {})
        if "sy:composition" in said:
            loose = self.threshold["composition-declared"]
            return {
                metal.removeprefix("sy:"): (kg, kg * loose, False)
                for metal, kg in said["sy:composition"].items()
            }
        chemistry = said.get("sy:chemistry")
        rows = {row.key: row for row in table("composition", Composition).rows}
        letter = code(uri)[4]
        mix, guessed = (
            (chemistry, False)
            if chemistry in rows
            else ({"B": "LFP", "C": "LMO", "E": "NCM622"}.get(letter, ""), True)
        )
        if mix not in rows:
            return {}
        kwh, beside = said.get("sy:ratedEnergy_kWh"), 0.0
        if kwh is not None and kind(uri).startswith("reuse_"):
            kwh = kwh * 100 / said.get("sy:gradedStateOfHealth_percent", 100)
        if kwh is None:
            if mass is None:
                return {}
            kwh, beside = mass / self.threshold["kg-per-kwh"], self.threshold["kwh-from-mass"]
        found = {}
        for word, metal in (("lithium", "Li"), ("nickel", "Ni"), ("cobalt", "Co"), ("manganese", "Mn")):
            of = [float(getattr(row, word)) for row in rows.values() if row.letter == rows[mix].letter]
            per = float(getattr(rows[mix], word))
            if per:
                spread = (max(of) - min(of)) / 2 / per if guessed else 0.0
                found[metal] = (
                    kwh * per,
                    kwh * per * sqrt(self.threshold["composition-default"] ** 2 + spread**2 + beside**2),
                    True,
                )
        ranges = {row.key: row for row in table("material-range").rows}
        for metal, keys in (
            ("Cu", ("copper-cell-foil", "copper-pack")),
            ("Al", ("aluminium-cell", "aluminium-pack")),
        ):
            bounds = [(float(ranges[key].least), float(ranges[key].most)) for key in keys]  # type: ignore[attr-defined]
            middle = sum((low + high) / 2 for low, high in bounds)
            spread = sqrt(sum((high - low) ** 2 / 12 for low, high in bounds)) / middle
            found[metal] = (kwh * middle, kwh * middle * sqrt(spread**2 + beside**2), True)
        return found

    def stands(self, lot: str) -> str | None:
        return "residue" if lot in self.fated else STANDS.get(lot.split("/")[-2])

    # -- recovery rates ------------------------------------------------------------------------------

    def recovery(self) -> dict[Name, Figure]:
        """Of each stage what came out of what went in, by month and year; the whole line by year alone."""
        found: dict[Name, Figure] = {}
        complete = [run for run in self.runs.values() if run.made]
        for party in {run.party for run in complete}:
            mine = [run for run in complete if run.party == party]
            for period in {part for run in mine for part in (run.day[:4], run.day[:7])}:
                some = [run for run in mine if run.day.startswith(period)]
                last = date.fromisoformat(max(run.day for run in some))
                flows = self._flows(some)
                for stage in (
                    ("crushing", "smelting", "whole") if len(period) == 4 else ("crushing", "smelting")
                ):
                    for material, metals in {**MATERIALS, "black-mass": ("Li", "Ni", "Co", "Mn")}.items():
                        figure = self._rate(
                            [flow for flow in flows if flow.metal in metals], stage, material, last
                        )
                        if figure is not None and (material != "black-mass" or stage == "crushing"):
                            words = "the whole line" if stage == "whole" else stage
                            found[
                                "recovery", party, period, "", f"recovery of {words}", material, "kg/kg"
                            ] = figure
        return found

    @staticmethod
    def _rate(flows: "list[Flow]", stage: str, material: str, day: date) -> Figure | None:
        fed, out, less = Sum(), Sum(), Sum()
        near = [flow for flow in flows if stage in (flow.source, flow.target, "whole")]
        for flow in near:
            if flow.target == stage or (stage == "whole" and flow.source == "outside"):
                fed.join(flow.sum)
            elif (stage == "crushing" and flow.what in ("passed-on", "stock", "products")) or (
                stage != "crushing" and flow.what == "products"
            ):
                out.join(flow.sum)
            elif stage != "crushing" and flow.what == "stock":
                less.join(flow.sum)
        kg = fed.kg - less.kg
        if kg <= 0 or out.kg <= 0:
            return None
        least, row, read = law("recovery-minimum", f"{material}.{stage}", day)
        rate = out.kg / kg
        loose = rate * sqrt(out.random / out.kg**2 + (fed.random + less.random) / kg**2)
        return Figure(rate, loose, least, row, read and not any(flow.sum.assumed for flow in near))

    def _flows(self, runs: list[Run]) -> list[Flow]:
        """What flowed between the stages of a firm; a lot of its own that was fed is inside."""
        made: dict[tuple[str, str], tuple[str, Sum]] = {}
        fed: dict[tuple[str, str, str], Sum] = sums()
        found: dict[tuple[str, str, str, str], Sum] = sums()
        for run in runs:
            for uri, (_at, batch) in run.things.items():
                for metal, (kg, common, assumed) in self.content(uri, self.mass(uri, batch)).items():
                    found[metal, "batteries", "outside", run.stage].add(kg, 0.0, common, assumed)
            for lot, (_at, kg) in run.made.items():
                for metal in self.shares.get(lot, {}):
                    made.setdefault((lot, metal), (run.stage, Sum()))[1].add(*self._assayed(lot, metal, kg))
            for lot, (_at, kg) in run.fed.items():
                for metal in self.shares.get(lot, {}):
                    fed[lot, metal, run.stage].add(*self._assayed(lot, metal, kg))
        for (lot, metal, stage), part in fed.items():
            before = made.get((lot, metal))
            if before is None:
                found[metal, "lots-brought", "outside", stage].add(part.kg, part.random, part.common)
            elif before[0] != stage:
                found[metal, "passed-on", before[0], stage].add(part.kg, part.random, part.common)
        for (lot, metal), (stage, whole) in made.items():
            left = 1 - sum(part.kg for (of, m, _s), part in fed.items() if (of, m) == (lot, metal)) / whole.kg
            if abs(left) > 1e-12:
                what = {"product": "products", "residue": "residues"}.get(self.stands(lot) or "", "stock")
                found[metal, what, stage, "outside"].add(
                    whole.kg * left, whole.random * left**2, whole.common * left
                )
        return [Flow(*way, total) for way, total in found.items()]

    def _assayed(self, lot: str, metal: str, kg: float) -> tuple[float, float, float]:
        share, loose = self.shares[lot][metal]
        weighing, bias = self.threshold["weighing"], self.threshold["assay-bias"]
        return kg * share, (kg * loose) ** 2 + (kg * share * weighing) ** 2, kg * share * bias

    def made(self) -> dict[str, float]:
        """Kilograms of each lot that runs made."""
        found: dict[str, float] = defaultdict(float)
        for run in self.runs.values():
            for lot, (_at, kg) in run.made.items():
                found[lot] += kg
        return found

    # -- what became of things -----------------------------------------------------------------------

    def became(self, uri: str) -> dict[str, float]:
        """The share of each lot that a thing became, after what was fed on."""
        total = self.made()
        fed: dict[str, float] = defaultdict(float)
        for run in self.runs.values():
            for lot, (_at, kg) in run.fed.items():
                fed[lot] += kg
        found: dict[str, float] = defaultdict(float)

        def follow(name: str, share: float, deep: int = 5) -> None:
            run = self.runs[name]
            for lot, (_at, kg) in run.made.items():
                mine, ends_here = share * kg / total[lot], self.stands(lot) == "product"
                left = 1.0 if ends_here else max(0.0, 1 - fed[lot] / total[lot])
                if left > 0:
                    found[lot] += mine * left
                for onward, other in self.runs.items():
                    if lot in other.fed and not ends_here and deep > 1:
                        follow(onward, mine * self._part(other.things, other.fed, lot), deep - 1)

        for name, run in self.runs.items():
            if uri in run.things:
                follow(name, self._part(run.things, run.fed, uri))
        for old, new in self.remade:
            for other in new if uri in old else ():
                for lot, share in self.became(other).items():
                    found[lot] += share * self._part(dict.fromkeys(old, ("", None)), {}, uri)
        return found

    def _part(
        self,
        things: Mapping[str, tuple[str, float | None]],
        lots_fed: Mapping[str, tuple[str, float]],
        fed: str,
    ) -> float:
        """Of a run the share that is due to something fed: by mass where all of it is weighed, else by number."""
        masses = {uri: self.mass(uri, batch) for uri, (_at, batch) in things.items()}
        masses |= {lot: kg for lot, (_at, kg) in lots_fed.items()}
        known = [kg for kg in masses.values() if kg is not None]
        own = masses[fed]
        if own is None or len(known) < len(masses):
            return 1 / len(masses)
        return own / sum(known)

    def won(self, uri: str) -> Iterator[tuple[str, str, float, float]]:
        """lot, metal, kg, uncertainty of the metals in products that a thing became."""
        total = self.made()
        for lot, share in self.became(uri).items():
            if self.stands(lot) == "product":
                for metal, (part, loose) in self.shares.get(lot, {}).items():
                    yield lot, metal, share * total[lot] * part, share * total[lot] * loose

    def first_fed(self) -> dict[str, tuple[str, str, float | None]]:
        """By thing: who fed it first, when, and what it weighed."""
        found: dict[str, tuple[str, str, float | None]] = {}
        for run in self.runs.values():
            for uri, (at, batch) in run.things.items():
                if uri not in found or at < found[uri][1]:
                    found[uri] = (run.party, at, self.mass(uri, batch))
        return found

    # -- the figures of the European Union -----------------------------------------------------------

    def european(self) -> dict[Name, Figure]:
        fed: dict[tuple[str, str, str], dict[str, float | None]] = defaultdict(dict)
        for uri, (party, at, mass) in self.first_fed().items():
            fed[party, at[:4], "other" if code(uri)[4] == "A" else "lithium-based"][uri] = mass
        found: dict[Name, Figure] = {}
        for (party, year, group), things in fed.items():
            end = date(int(year), 12, 31)
            least, row, read = law("eu-recycling-efficiency", group, end)
            kg_in = sum(mass or 0.0 for mass in things.values())
            counted, loose = self._counted(things)
            found["eu-recycling", party, year, "", "recycling efficiency (EU)", group, "kg/kg"] = Figure(
                counted / kg_in, loose / kg_in, least, row, read and None not in things.values()
            )
            for metal, word in ANNEX_XII.items():
                inside = [
                    self.content(uri, mass)[metal]
                    for uri, mass in things.items()
                    if metal in self.content(uri, mass)
                ]
                if inside:
                    least, row, read = law("eu-recovery", word, end)
                    told = self._won(things, partial(_is, metal))
                    kg, common = sum(each[0] for each in inside), sum(each[1] for each in inside)
                    loose = sqrt((told[1] / kg) ** 2 + (told[0] * common / kg**2) ** 2)
                    name = (
                        "eu-recycling",
                        party,
                        year,
                        "",
                        "recovery of materials (EU)",
                        f"{group}/{metal}",
                        "kg/kg",
                    )
                    found[name] = Figure(
                        told[0] / kg, loose, least, row, read and not any(each[2] for each in inside)
                    )
        return found

    def _counted(self, things: Mapping[str, Any]) -> tuple[float, float]:
        """Output that counts: products of nothing but the battery whole, of salts the metals."""
        whole, total = 0.0, self.made()
        for uri in things:
            for lot, share in self.became(uri).items():
                if self.stands(lot) == "product" and lot.split("/")[-2] in WHOLE:
                    whole += share * total[lot]
        salts, loose = self._won(things, lambda lot, metal: lot.split("/")[-2] not in WHOLE)
        return whole + salts, loose

    def _won(self, things: Mapping[str, Any], wanted: Callable[[str, str], bool]) -> tuple[float, float]:
        """Kilograms of metals in products, and their uncertainty: assays of different lots share nothing."""
        total, by_lot = 0.0, dict[str, float]()
        for uri in things:
            for lot, metal, kg, loose in self.won(uri):
                if wanted(lot, metal):
                    total, by_lot[lot] = total + kg, by_lot.get(lot, 0.0) + loose
        return total, sqrt(sum(loose**2 for loose in by_lot.values()))

    # -- recycled content ----------------------------------------------------------------------------

    def recycled_content(self) -> dict[Name, Figure]:
        groups: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
        for uri, (_seq, event) in self.made_by.items():
            party, _, place = (
                event["readPoint"]["id"].removeprefix("https://w3id.org/suyuan/loc/").partition("/")
            )
            model = event.get("ilmd", {}).get("sy:model")
            if model and kind(uri) in ("pack", "reuse_pack"):
                groups[party, event["eventTime"][:4], f"{party}/{place}", model].append(uri)
        found: dict[Name, Figure] = {}
        claimed: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for (party, year, plant, model), uris in groups.items():
            for metal, word in ARTICLE_8.items():
                said = [self.ilmd[uri].get("sy:recycledContent", {}).get(f"sy:{metal}") for uri in uris]
                if not any(kg is not None for kg in said):
                    continue
                kg = sum(each or 0.0 for each in said)
                claimed[party, metal][year] += kg
                inside = [
                    told[metal]
                    for uri in uris
                    if metal in (told := self.content(uri, self.ilmd[uri].get("sy:mass_kg")))
                ]
                present = sum(each[0] for each in inside)
                if present:
                    least, row, read = law("eu-recycled-content", word, date(int(year), 12, 31))
                    loose = kg * sum(each[1] for each in inside) / present**2
                    name = (
                        "recycled-content",
                        party,
                        year,
                        plant,
                        "recycled content",
                        f"{model}/{metal}",
                        "kg/kg",
                    )
                    found[name] = Figure(
                        kg / present, loose, least, row, read and not any(each[2] for each in inside)
                    )
        for (party, metal), years in claimed.items():
            for year in years:
                so_far = sum(kg for other, kg in years.items() if other <= year)
                bought = [
                    tuple(kg * part for part in self.shares[lot][metal])
                    for lot, _giver, taker, kg, day in self.handed_over()
                    if taker == party
                    and day[:4] <= year
                    and STANDS.get(lot.split("/")[-2]) == "product"
                    and metal in self.shares.get(lot, {})
                ]
                if so_far > 0:
                    name = (
                        "recycled-content",
                        party,
                        year,
                        "",
                        "recycled content covered by lots taken over",
                        metal,
                        "kg/kg",
                    )
                    loose = sqrt(sum(each[1] ** 2 for each in bought))
                    found[name] = Figure(sum(each[0] for each in bought) / so_far, loose / so_far)
        return found

    # -- the store of a recycler ---------------------------------------------------------------------

    def handed_over(self) -> list[tuple[str, str, str, float, str]]:
        """lot, giver, taker, kg, day: both sides tell of it; the larger one counts, from the earlier day on."""
        sides: dict[tuple[str, str, str], dict[bool, float]] = {}
        first: dict[tuple[str, str, str], str] = {}
        for _seq, event in self.events:
            pair = ends(event)
            if pair is None or pair[0] == pair[1]:
                continue
            for lot, kg in lots({"quantityList": event.get("quantityList", ())}).items():
                inward = event["bizStep"] in ("receiving", "accepting", "collecting")
                both = sides.setdefault((lot, *pair), {})
                both[inward] = both.get(inward, 0.0) + kg
                first.setdefault((lot, *pair), event["eventTime"][:10])
        return [(*key, max(both.values()), first[key]) for key, both in sides.items()]

    def balance(self) -> dict[Name, Figure]:
        """Whole milligrams by firm, month and metal; a battery is weighed as its maker or whoever fed it says."""
        moved: dict[tuple[str, str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        gap: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        firms = {run.party for run in self.runs.values()}

        def put(party: str, at: str, what: str, inside: Mapping[str, int]) -> None:
            for metal, mg in inside.items():
                moved[party, at[:7], metal][what] += mg

        for name, run in self.runs.items():
            parts = [(at, "fed", self._of_thing(uri)) for uri, (at, _batch) in run.things.items()]
            parts += [(at, "fed", self._of_lot(lot, kg)) for lot, (at, kg) in run.fed.items()]
            for lot, (at, kg) in run.made.items():
                parts.append((at, "made", self._of_lot(lot, kg)))
                words = {"product": "products", "intermediate": "intermediates"}.get(
                    self.stands(lot) or "", "made"
                )
                put(run.party, at, "residues" if lot in self.fated else words, self._of_lot(lot, kg))
            for at, what, inside in parts:
                if what == "fed":
                    put(run.party, at, "fed", inside)
                for metal, mg in inside.items():
                    gap[name][metal] += mg if what == "fed" else -mg
            if run.made:
                put(run.party, run.day, "unexplained", gap[name])
        for lot, giver, taker, kg, day in self.handed_over():
            if giver in firms and lot not in self.fated:
                put(giver, day, "out", self._of_lot(lot, kg))
            if taker in firms:
                put(taker, day, "received", self._of_lot(lot, kg))
        for (uri, party), day in self._came(firms).items():
            put(party, day, "received", self._of_thing(uri))
        return self._months(moved)

    def _came(self, firms: set[str]) -> dict[tuple[str, str], str]:
        """By thing and recycler the first day on which it had it: when it was received, else when it was fed."""
        found: dict[tuple[str, str], str] = {}
        for _seq, event in self.events:
            pair = ends(event)
            if pair and pair[1] in firms and event["bizStep"] in ("receiving", "accepting", "collecting"):
                for uri in event.get("epcList", ()):
                    found.setdefault((uri, pair[1]), event["eventTime"][:10])
        for run in self.runs.values():
            for uri, (at, _batch) in run.things.items():
                found.setdefault((uri, run.party), at[:10])
        return found

    def _of_thing(self, uri: str) -> dict[str, int]:
        batch = next(
            (
                batch
                for run in self.runs.values()
                for thing, (_at, batch) in run.things.items()
                if thing == uri
            ),
            None,
        )
        mass = self.mass(uri, batch)
        inside = {
            metal: kg for metal, (kg, _u, _assumed) in self.content(uri, mass).items() if metal in RECOVERED
        }
        return {
            metal: round(kg * 1e6)
            for metal, kg in (inside | ({"mass": mass} if mass is not None else {})).items()
        }

    def _of_lot(self, lot: str, kg: float) -> dict[str, int]:
        inside = {
            metal: kg * share for metal, (share, _u) in self.shares.get(lot, {}).items() if metal in RECOVERED
        }
        return {metal: round(part * 1e6) for metal, part in (inside | {"mass": kg}).items()}

    @staticmethod
    def _months(moved: Mapping[tuple[str, str, str], Mapping[str, int]]) -> dict[Name, Figure]:
        found: dict[Name, Figure] = {}
        held: dict[tuple[str, str], int] = defaultdict(int)
        for (party, month, metal), told in sorted(moved.items()):
            opening = held[party, metal]
            of = defaultdict(int, told)
            held[party, metal] += of["received"] - of["out"] - of["residues"] - of["unexplained"]
            figures = {
                **{
                    word: of[word]
                    for word in (
                        "received",
                        "fed",
                        "products",
                        "intermediates",
                        "residues",
                        "out",
                        "unexplained",
                    )
                }
            }
            for word, mg in {**figures, "opening": opening, "closing": held[party, metal]}.items():
                if mg:
                    found["balance", party, month, "", word, metal, "kg"] = Figure(mg / 1e6)
        return found

    # -- producers -----------------------------------------------------------------------------------

    def metals(self, placed: Mapping[tuple[str, str, str, str], Mapping[str, str]]) -> dict[Name, Figure]:
        """Metal recovered of the packs that each producer placed, by the year in which the product was made."""
        found: dict[Name, list[float]] = defaultdict(lambda: [0.0, 0.0])
        made = {lot: at for run in self.runs.values() for lot, (at, _kg) in run.made.items()}
        for (account, party, area, _chemistry), packs in placed.items():
            for uri in packs:
                for lot, metal, kg, loose in self.won(uri):
                    told = found[account, party, made[lot][:4], area, "metal recovered", metal, "kg"]
                    told[0], told[1] = told[0] + kg, told[1] + loose
        return {name: Figure(kg, loose) for name, (kg, loose) in found.items()}

    def served(
        self, placed: Mapping[tuple[str, str, str, str], Mapping[str, str]], area_of: Mapping[str, str | None]
    ) -> dict[Name, Figure]:
        """Areas of sale with an outlet of the producer, its own or one that serves it, by areas of sale so far."""
        outlets = self._outlets(area_of)
        since: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for (account, party, area, _chemistry), packs in placed.items():
            if area:
                since[account, party][area] = min([*packs.values(), since[account, party].get(area, "9999")])
        found: dict[Name, Figure] = {}
        for (account, party), areas in since.items() if outlets else ():
            digits = {"responsibility.vehicle-maker": 4, "responsibility.battery-maker": 2}[account]
            for year in range(int(min(areas.values())[:4]), self.day.year + 1):
                some = [area for area, day in areas.items() if day[:4] <= str(year)]
                here = [
                    area
                    for area in some
                    if any(place[:digits] == area[:digits] for place in outlets.get(party, ()))
                ]
                least, row, read = law("outlet-duty", account.partition(".")[2], date(year, 12, 31))
                name = (account, party, str(year), "", "areas of sale with an outlet", "", "share")
                found[name] = Figure(len(here) / len(some), None, least, row, read)
        return found

    def _outlets(self, area_of: Mapping[str, str | None]) -> dict[str, set[str]]:
        """By maker the areas of its outlets."""
        told: dict[str, dict[str, str]] = defaultdict(dict)
        for master in self.masters:
            told[master["id"].removeprefix("https://w3id.org/suyuan/")].update(
                {word.rpartition("#")[2]: str(value) for word, value in master["attributes"].items()}
            )
        found: dict[str, set[str]] = defaultdict(set)
        for name, words in told.items():
            of, _, rest = name.partition("/")
            firm = rest.split("/")[0]
            outlet = (
                words.get("site_kind", "").startswith("outlet")
                if of == "loc"
                else "outlet" in words.get("role", "")
            )
            area = words.get("area") or area_of.get(firm)
            if outlet and area:
                serves = words.get("serves", "") + " " + told[f"party/{firm}"].get("serves", "")
                for maker in [*re.findall("[0-9A-Z]{18}", serves), *([firm] if of == "loc" else [])]:
                    found[maker].add(area)
        return found
