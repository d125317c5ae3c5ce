"""Every figure of every report opens to entries, and follows from them: worked out again by a plain reader of JSON."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from math import isclose, sqrt
from typing import Any

import pytest
from tests.reports.conftest import Judged
from tests.reports.plain import INWARD, Plain, code, ends, kind, lots, made_as, things
from tests.reports.plain_accounts import Books, Figure, Name

from suyuan.reports.accounts import ACCOUNTS as ACCOUNT_TITLES
from suyuan.reports.accounts import KINDS as ACCOUNT_KINDS
from suyuan.reports.report import Cell, Column, Kind, Report, Section, Table, shown
from suyuan.rules.duties import standing
from suyuan.usecases import report as reports
from suyuan.usecases.judge import judged
from suyuan.usecases.trace import trace
from suyuan.usecases.workspace import Workspace

Row = dict[str, Any]
ROLES = ("battery-maker", "vehicle-maker", "after-sales", "swap-operator", "outlet", "dismantler", "echelon-user", "recycler")  # fmt: skip


@dataclass
class Known:
    """What a plain reader may look at: the entries, and the rows that judging found."""

    plain: Plain
    told: list[Row]
    case: list[Row]
    duty: list[Row]
    area: Mapping[str, str | None]
    roles: Mapping[str, set[str]]
    holder: Callable[[str], str | None]
    day: date
    books: Books
    about: str = ""
    everywhere: bool = True
    in_period: Callable[[Row], bool] = lambda duty: True
    makings: dict[str, list[Any]] = field(default_factory=dict)
    placed: dict[tuple[str, str, str, str], dict[str, str]] = field(default_factory=dict)

    def status(self, duty: Row) -> str:
        return standing(duty["due"], duty["fulfilled_on"], self.day).status

    def duties(self, **where: Any) -> list[Row]:
        return [duty for duty in self.duty if duty["trigger_day"] <= self.day and all(duty[k] == v for k, v in where.items())]  # fmt: skip


@pytest.fixture(scope="module")
def space(world: Judged) -> Iterator[Workspace]:
    with world.opened() as opened:
        yield opened


@pytest.fixture(scope="module")
def known(space: Workspace, world: Judged) -> Known:
    with judged(space, day=world.day) as found:
        tables = {
            name: found.table(name).to_pylist() for name in ("told", "case", "duty", "party", "party_role")
        }
    roles: dict[str, set[str]] = {}
    for row in tables["party_role"]:
        roles.setdefault(row["role"], set()).add(row["party"])

    def holder(item: str) -> str | None:
        held = trace(space, item)["holder"]
        return str(held["holder"]) if held else None

    plain = Plain(space.ledger.entries())
    return Known(
        plain, tables["told"], tables["case"], tables["duty"],
        {row["party"]: row["area"] for row in tables["party"]}, roles, holder, world.day, Books(plain, world.day),
    )  # fmt: skip


# -- how each figure is worked out again -----------------------------------------------------------

Work = Callable[["Known", Row, Cell], Any]
"""Works a figure out again, from its row and the entries behind it."""


def batteries(known: Known, cell: Cell, *kinds: str) -> set[str]:
    """Batteries of these kinds that changed hands in the entries behind a figure."""
    return {
        uri
        for _seq, event in known.plain.events(cell.entries)
        if ends(event)
        for uri in things(event)
        if kind(uri) in kinds
    }


BATTERIES = ("pack", "module", "cell", "reuse_pack", "reuse_module", "reuse_cell")


def moved(*kinds: str) -> Work:
    return lambda known, row, cell: len(batteries(known, cell, *kinds))


def declared(word: str) -> Work:
    def work(known: Known, row: Row, cell: Cell) -> Any:
        events = known.plain.events(cell.entries)
        values = made_as(events, word)
        return sum(values[uri] for uri in batteries(known, cell, *BATTERIES) if uri in values)

    return work


def unweighed(known: Known, row: Row, cell: Cell) -> Any:
    weighed = made_as(known.plain.events(range(len(known.plain.told))), "mass_kg")
    return len([uri for uri in batteries(known, cell, *BATTERIES) if uri not in weighed])


def lots_moved(known: Known, row: Row, cell: Cell) -> Any:
    """Of each lot and pair what the side that told more of it told; inside one area the larger of its ways."""
    sides: dict[tuple[str, tuple[str, str], bool], float] = {}
    for _seq, event in known.plain.events(cell.entries):
        pair = ends(event)
        assert pair is not None
        for lot, kg in lots(event).items():
            key = (lot, pair, event["bizStep"] in INWARD)
            sides[key] = sides.get(key, 0.0) + kg
    most: dict[str, float] = {}
    for (lot, _pair, _side), kg in sides.items():
        most[lot] = max(most.get(lot, 0.0), kg)
    return sum(most.values())


FLOWS: dict[str, Work] = {
    "packs": moved("pack", "reuse_pack"), "modules": moved("module", "reuse_module"), "cells": moved("cell", "reuse_cell"),
    "kwh": declared("ratedEnergy_kWh"), "kg": declared("mass_kg"), "unweighed": unweighed, "lots_kg": lots_moved,
}  # fmt: skip


def named(row: Row) -> str:
    """The kind of thing that a row is about, as its heading says."""
    words = {"packs": "pack", "modules": "module", "cells": "cell", "vehicles": "vehicle", "lots": "lot"}
    text = str(row["kind"].en)
    return ("reuse_" if text.startswith("reuse") else "") + words[text.removeprefix("reuse ")]


PLACES: Mapping[str, tuple[str, ...]] = {
    "installed": ("childEPCs",), "replaced": ("childEPCs",), "swapped": ("childEPCs",), "re-made": ("outputEPCList",),
}  # fmt: skip


def filed(known: Known, row: Row, cell: Cell) -> set[str]:
    """The things (or lots) of a filing's row in the entries behind one of its figures, makings apart."""
    wanted, found = named(row), set()
    places: tuple[str, ...] = PLACES.get(row["step"].en, ())
    if row["step"].en == "process run":
        places = (
            ("inputEPCList", "inputQuantityList") if row["sheet"].en == "Inputs" else ("outputQuantityList",)
        )
    for _seq, event in known.plain.events(cell.entries):
        making = event.get("bizStep") == "commissioning"
        if making and row["step"].en != "made":
            continue
        if wanted == "lot":
            found |= {
                each["epcClass"] for name in places or ("quantityList",) for each in event.get(name, ())
            }
        else:
            found |= {uri for uri in things(event, *places) if kind(uri) == wanted}
    return found


def filed_count(known: Known, row: Row, cell: Cell) -> Any:
    return len(filed(known, row, cell))


def filed_sum(word: str) -> Work:
    def work(known: Known, row: Row, cell: Cell) -> Any:
        events = known.plain.events(cell.entries)
        if named(row) == "lot":
            wanted = filed(known, row, cell)
            return sum(kg for _seq, event in events for lot, kg in lots(event).items() if lot in wanted)
        values = made_as(events, word)
        return sum(values[uri] for uri in filed(known, row, cell) if uri in values)

    return work


def filed_unweighed(known: Known, row: Row, cell: Cell) -> Any:
    everything = known.plain.events(range(len(known.plain.told)))
    weighed = made_as(everything, "mass_kg")
    return len([uri for uri in filed(known, row, cell) if uri not in weighed])


REPORTED: dict[str, Work] = {
    "n": filed_count, "kwh": filed_sum("ratedEnergy_kWh"), "kg": filed_sum("mass_kg"), "unweighed": filed_unweighed,
}  # fmt: skip


def owed(*statuses: str, key: str = "party") -> Work:
    """Duties of a row of law that stand so; those behind the figure are those that it counts."""

    def work(known: Known, row: Row, cell: Cell) -> Any:
        some = [d for d in known.duties(row=row["row"]) if not statuses or known.status(d) in statuses]
        party = row.get("party") or known.about
        some = [d for d in some if d["party"] == party and known.in_period(d)]
        assert set(cell.entries) == {
            s for d in some for s in (d["trigger_seq"], d["fulfilled_seq"]) if s is not None
        }
        return len(some)

    return work


def complete(known: Known, row: Row, cell: Cell) -> Any:
    due = [d for d in known.duties(row=row["row"], party=known.about) if known.status(d) != "due-in"]
    return 100 * len([d for d in due if known.status(d) in ("on-time", "late")]) / len(due)


DUTIES: dict[str, Work] = {
    "duties": owed(), "due": owed("due-in"), "due_in": owed("due-in"), "on_time": owed("on-time"), "late": owed("late"),
    "overdue": owed("overdue"), "complete": complete,
}  # fmt: skip


def waited(known: Known, row: Row, cell: Cell) -> Any:
    """Days since or until a duty is due, of the duties founded by the entry."""
    words = {"overdue": "overdue", "not due yet": "due-in", "late": "late", "on time": "on-time"}
    some = [d for d in known.duties() if d["trigger_seq"] in cell.entries and d["due"] == row["due"]]
    (days,) = {
        standing(d["due"], d["fulfilled_on"], known.day).days
        for d in some
        if known.status(d) == words[row["status"].en]
    }
    return days


def severity_of(row: Row) -> str:
    return {"serious": "serious", "warning": "warning", "note": "note"}[row["severity"].en]


STANDING = ("open", "explained", "confirmed")


def open_cases(known: Known, party: str, severity: str) -> list[Row]:
    return [
        c for c in known.case if c["party"] == party and c["severity"] == severity and c["state"] in STANDING
    ]


def behind(known: Known, cases: list[Row]) -> set[int]:
    ids = {case["case_id"] for case in cases}
    return {seq for row in known.told if row["case_id"] in ids for seq in row["entries"]}


def cases_of(severity: str) -> Work:
    def work(known: Known, row: Row, cell: Cell) -> Any:
        some = open_cases(known, row["party"], severity)
        assert set(cell.entries) == behind(known, some)
        return len(some)

    return work


def fallen_due(*statuses: str) -> Work:
    def work(known: Known, row: Row, cell: Cell) -> Any:
        some = [d for d in known.duties(party=row["party"]) if d["due"] < known.day and (not statuses or known.status(d) in statuses)]  # fmt: skip
        assert set(cell.entries) == {d["trigger_seq"] for d in some}
        return len(some)

    return work


def points(known: Known, row: Row, cell: Cell) -> Any:
    """By the weights as the report itself tells them to its reader."""
    w = {"serious": 100.0, "warning": 10.0, "note": 1.0}
    part = {name: sum(1.0 if c["verified"] else 0.5 for c in open_cases(known, row["party"], name)) * w[name] for name in w}  # fmt: skip
    n, k, z = fallen_due()(known, row, Cell(0, row_entries(known, row))), row["overdue"], 1.96
    least = 0.0
    if n and k:
        p = k / n
        least = (p + z * z / (2 * n) - z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)
    return part["serious"] + min(part["warning"], 60.0) + min(part["note"], 9.0) + 30.0 * max(least, 0.0)


def row_entries(known: Known, row: Row) -> tuple[int, ...]:
    return tuple({d["trigger_seq"] for d in known.duties(party=row["party"]) if d["due"] < known.day})


def place(known: Known, row: Row, cell: Cell) -> Any:
    return 1 + sum(each["points"] > row["points"] for each in row["all"])


def reason(known: Known, row: Row, cell: Cell) -> Any:
    """Cases of a rule, or overdue duties of a row of law, of the firm."""
    if row["severity"].en == "overdue":
        some = [d for d in known.duties(party=row["party"], row=row["row"]) if known.status(d) == "overdue"]
        return len(some) if {d["trigger_seq"] for d in some} == set(cell.entries) else -1
    ids = {c["case_id"] for c in known.case if c["state"] in STANDING}
    some = [
        f
        for f in known.told
        if f["party"] == row["party"] and f["case_id"] in ids and set(f["entries"]) <= set(cell.entries)
    ]
    from suyuan.rules.catalogue import RULES

    some = [f for f in some if RULES[f["rule"]].title == row["what"] and f["severity"] == severity_of(row)]
    return len({f["case_id"] for f in some})


def found_of(column: str) -> Work:
    """Findings of a family or prefecture, by severity, by party, or those whose clause nobody has looked up."""

    def work(known: Known, row: Row, cell: Cell) -> Any:
        from suyuan.reports.province import FAMILY_NAMES

        def mine(finding: Row) -> Any:
            area = known.area.get(finding["party"] or "") or ""
            if not known.everywhere and not area.startswith("61"):
                return False
            if "family" in row:
                return FAMILY_NAMES[finding["family"]] == row["family"]
            return (area[:4] + "00" if area else "") == row["code"]

        some = [f for f in known.told if mine(f)]
        if column in ("serious", "warning", "note"):
            some = [f for f in some if f["severity"] == column]
        if column == "unread":
            some = [f for f in some if not f["verified"]]
        assert set(cell.entries) == {seq for f in some for seq in f["entries"]}
        return len({f["party"] for f in some if f["party"]}) if column == "firms" else len(some)

    return work


def weight(known: Known, row: Row, cell: Cell) -> Any:
    from suyuan.standards.shapes import Amount
    from suyuan.standards.tables import table

    return table("threshold", Amount).newest[row["key"]].value


def changed(column: str) -> Work:
    def work(known: Known, row: Row, cell: Cell) -> Any:
        inside = [
            party for party, area in known.area.items() if known.everywhere or (area or "").startswith("61")
        ]
        if row["what"].en == "cases first seen":
            since = known.day - timedelta(days=30)
            some = [c for c in known.case if (c["party"] in inside or known.everywhere) and c["first_seen"] and (c["first_seen"] + timedelta(hours=8)).date() >= since]  # fmt: skip
            parties = {c["party"] for c in some if c["party"]}
        elif row["what"].en == "duties fallen overdue":
            some = [d for d in known.duties() if known.status(d) == "overdue" and (known.day - d["due"]).days <= 30 and d["party"] in inside]  # fmt: skip
            parties = {d["party"] for d in some}
        else:
            some, parties = [], set()
        return len(parties) if column == "firms" else len(some)

    return work


def findings_of_case(known: Known, row: Row, cell: Cell) -> Any:
    some = [f for f in known.told if f["case_id"] == row["case"]]
    assert set(cell.entries) == {seq for f in some for seq in f["entries"]}
    return len(some)


def evidence(known: Known, row: Row, cell: Cell) -> Any:
    return len(cell.entries)


def to_do(known: Known, row: Row, cell: Cell) -> Any:
    if row["severity"].en == "overdue":
        return len([d for d in known.duties(party=known.about) if known.status(d) == "overdue"])
    mine = [f for f in known.told if f["party"] == known.about and f["severity"] == severity_of(row)]
    by_rule: dict[str, list[Row]] = {}
    for finding in mine:
        by_rule.setdefault(finding["rule"], []).append(finding)
    told = [rows for rows in by_rule.values() if {s for f in rows for s in f["entries"]} == set(cell.entries)]
    return cell.value if cell.value in [*map(len, told)] else -1


def held(column: str) -> Work:
    def work(known: Known, row: Row, cell: Cell) -> Any:
        wanted = named(row)
        events = [(s, e) for s, e in known.plain.events(cell.entries)]
        if wanted == "lot":
            amounts: dict[str, float] = {}
            for _seq, event in events:
                for lot, kg in lots(event).items():
                    amounts[lot] = max(amounts.get(lot, 0.0), kg)
            mine = {lot for lot in amounts if known.holder(lot) == known.about}
            return {"items": len(mine), "kg": sum(amounts[lot] for lot in mine)}.get(column, 0)
        mine = {
            uri
            for _s, e in events
            for uri in things(e)
            if kind(uri) == wanted and known.holder(code(uri)) == known.about
        }
        if column == "items":
            return len(mine)
        values = made_as(known.plain.events(range(len(known.plain.told))) if column == "unweighed" else events, "ratedEnergy_kWh" if column == "kwh" else "mass_kg")  # fmt: skip
        if column == "unweighed":
            return len([uri for uri in mine if uri not in values])
        return sum(values[uri] for uri in mine if uri in values)

    return work


def in_batch(column: str) -> Work:
    def work(known: Known, row: Row, cell: Cell) -> Any:
        events = [e for _s, e in known.plain.events(cell.entries) if e.get("transformationID") == row["run"]]
        if column == "things":
            return len({uri for e in events for uri in things(e, "inputEPCList")})
        if column == "kg":
            things_kg = sum(e.get("sy:mass_kg", 0.0) for e in events if e.get("inputEPCList"))
            return things_kg + sum(
                each["quantity"] for e in events for each in e.get("inputQuantityList", ())
            )
        fates = {each["sy:lot"] for e in events for each in e.get("sy:fate", ())}
        wanted = {"product": PRODUCTS, "intermediate": _materials("intermediate"), "residue": RESIDUES}[
            column
        ]
        made = [each for e in events for each in e.get("outputQuantityList", ())]
        return sum(
            each["quantity"] for each in made
            if each["epcClass"].split("/")[-2] in wanted or (column == "residue" and each["epcClass"] in fates)
        )  # fmt: skip

    return work


def _materials(stands: str) -> tuple[str, ...]:
    from suyuan.standards.shapes import Material
    from suyuan.standards.tables import table

    return tuple(row.key for row in table("material", Material).rows if row.stands == stands)


PRODUCTS, RESIDUES = _materials("product"), _materials("residue")


def submitted(known: Known, row: Row, cell: Cell) -> Any:
    events = known.plain.events(cell.entries)
    assert all(event["document"] == row["document"] for _seq, event in events)
    return len(events)


# -- accounts --------------------------------------------------------------------------------------

CHEMISTRIES = {"A": "NiMH", "B": "LFP", "C": "LMO", "D": "LCO", "E": "NCM", "G": "LTO"}
COLLECTORS = ("outlet", "dismantler", "recycler", "echelon-user", "re-maker")
TAKING = ("collected", "taken in", "removed")


def chemistry(known: Known, uri: str) -> str:
    for _seq, event in known.makings.get(uri, ()):
        if "sy:chemistry" in (event.get("ilmd") or {}):
            return str(event["ilmd"]["sy:chemistry"])
    return CHEMISTRIES.get(code(uri)[4], "other")


def placements(known: Known) -> dict[tuple[str, str, str, str], dict[str, str]]:
    """Of each account, party, area and chemistry the packs that were placed on the market, with the day, by reading all events once."""
    events = sorted(
        known.plain.events(range(len(known.plain.told))), key=lambda one: (one[1]["eventTime"], one[0])
    )
    makings: dict[str, list[Any]] = {}
    sold: dict[str, tuple[str, str, str]] = {}
    inside: dict[str, str] = {}
    in_vehicle: dict[str, tuple[str, str, str]] = {}
    for seq, event in events:
        step = event.get("bizStep")
        if step == "commissioning":
            for uri in things(event, "epcList"):
                makings.setdefault(uri, []).append((seq, event))
        if (
            event["type"] in ("AssociationEvent", "AggregationEvent")
            and kind(event.get("parentID", "")) == "vehicle"
        ):
            for uri in things(event, "childEPCs"):
                if event["action"] == "ADD":
                    inside[uri] = event["parentID"]
                elif event["action"] == "DELETE":
                    inside.pop(uri, None)
        if step == "retail_selling":
            for vehicle in things(event, "epcList"):
                if vehicle not in sold and kind(vehicle) == "vehicle":
                    pair = ends(event)
                    seller = pair[0] if pair else code(event["sourceList"][0]["source"])
                    sold[vehicle] = (seller, event.get("sy:saleArea", ""), event["eventTime"][:10])
                    for uri in [uri for uri, whole in inside.items() if whole == vehicle]:
                        in_vehicle.setdefault(uri, sold[vehicle])
    known.makings = makings
    found: dict[tuple[str, str, str, str], dict[str, str]] = {}
    for uri, (seller, area, day) in in_vehicle.items():
        if kind(uri) in ("pack", "reuse_pack"):
            key = ("responsibility.vehicle-maker", seller, area[:4] + "00", chemistry(known, uri))
            found.setdefault(key, {})[uri] = day
    for uri, made in makings.items():
        if kind(uri) in ("pack", "reuse_pack"):
            maker = made[0][1]["readPoint"]["id"].split("/")[-2]
            area = in_vehicle[uri][1][:2] + "0000" if uri in in_vehicle else ""
            key = ("responsibility.battery-maker", maker, area, chemistry(known, uri))
            found.setdefault(key, {})[uri] = made[0][1]["eventTime"][:10]
    return found


HAPPENED = {"placed on the market", "collected", "came to entitled firms", "re-made", "recycled"}
ACCOUNT_OF = {
    "Vehicle makers": "responsibility.vehicle-maker",
    "Battery makers": "responsibility.battery-maker",
}


def accounted(known: Known, row: Row, cell: Cell) -> Any:
    measure = row["measure"].en
    if measure in HAPPENED:
        return happened(known, row, cell)
    if measure in ("reports made of those due", "reports made in time"):
        role = ACCOUNT_OF[row["section"]].partition(".")[2]
        some = [d for d in known.duties(party=row["party"], role=role, duty=row["key"]) if d["due"].year == int(row["period"]) and d["due"] <= known.day]  # fmt: skip
        done = [d for d in some if d["fulfilled_on"] and d["fulfilled_on"] <= known.day]
        timely = [d for d in done if d["fulfilled_on"] <= d["due"]]
        return len(timely if measure.endswith("in time") else done) / len(some)
    if measure == "expected to return (estimate)":
        return expected(known, row)
    raise AssertionError(f"nobody works out {measure}")


def happened(known: Known, row: Row, cell: Cell) -> Any:
    """Packs of that producer, area and chemistry that the entries name; with what their making declares."""
    mine = known.placed.get((ACCOUNT_OF[row["section"]], row["party"], row["area_code"], row["key"]), {})
    named_here = {uri for _seq, event in known.plain.events(cell.entries) for uri in things(event)}
    if row["measure"].en == "placed on the market":
        mine = {uri: day for uri, day in mine.items() if day[:4] == row["period"]}
    packs = named_here & set(mine)
    return summed(known, packs, row["unit"])


def summed(known: Known, packs: set[str], unit: str) -> Any:
    if unit == "codes":
        return len(packs)
    word = "ratedEnergy_kWh" if unit == "kWh" else "mass_kg"
    values = made_as([one for uri in packs for one in known.makings.get(uri, ())], word)
    return sum(values.get(uri, 0.0) for uri in packs)


def expected(known: Known, row: Row) -> Any:
    """Of what was placed in each year the share that a Weibull law of lives (7.3 years, shape 3) ends in the year."""
    from math import exp

    def gone(years: float) -> Any:
        return 1 - exp(-((max(years, 0.0) / 7.3) ** 3))

    mine = known.placed[ACCOUNT_OF[row["section"]], row["party"], row["area_code"], row["key"]]
    total = 0.0
    for year in {day[:4] for day in mine.values()}:
        age = int(row["period"]) - int(year)
        if age >= 0:
            packs = {uri for uri, day in mine.items() if day[:4] == year}
            total += summed(known, packs, row["unit"]) * (gone(age + 0.5) - gone(age - 0.5))
    return total


def in_books(known: Known) -> dict[Name, Figure]:
    """All figures of recovery, recycled content, balance, metals and coverage, from all entries."""
    books = known.books
    parts = (
        books.recovery(), books.european(), books.recycled_content(), books.balance(), books.metals(known.placed),
        books.served(known.placed, known.area),
    )  # fmt: skip
    return {name: figure for part in parts for name, figure in part.items()}


BOOKED = {
    "metal recovered", "areas of sale with an outlet", "recovery of crushing", "recovery of smelting", "recovery of the whole line",
    "recycling efficiency (EU)", "recovery of materials (EU)", "recycled content", "recycled content covered by lots taken over", "opening",
    "received", "fed", "products", "intermediates", "residues", "out", "unexplained", "closing",
}  # fmt: skip
"""Measures that `plain_accounts` works out."""
ACCOUNTS_BY_TITLE = {title.en: account for account, title in ACCOUNT_TITLES.items()}


def name_of(row: Row) -> Name:
    account = ACCOUNTS_BY_TITLE[row["section"]]
    return (
        account,
        row["party"],
        row["period"],
        row["area_code"],
        row["measure"].en,
        row["key"],
        row["unit"],
    )


def verdict(figure: Figure) -> str:
    if figure.least is None or figure.value >= figure.least:
        return "" if figure.least is None else "met"
    return (
        "within the uncertainty"
        if figure.value + 2 * (figure.uncertainty or 0.0) >= figure.least
        else "missed"
    )


def agrees(figure: Figure, row: Row, cells: Mapping[str, tuple[Cell, Column]]) -> None:
    """Each column of a row of accounts shows the very digits that were worked out again."""
    again = {"value": figure.value, "uncertainty": figure.uncertainty, "least": figure.least}
    for key, value in again.items():
        cell, column = cells[key]
        read = figure.verified or key == "uncertainty" or value is None
        assert shown(cell, column, "en") == shown(Cell(value, verified=read), column, "en"), (key, row)
    told = row["meets"].en if row["meets"] else ""
    assert (told, row["row"]) == (verdict(figure), figure.row), row


# -- the walk --------------------------------------------------------------------------------------

FINDINGS = {"entries": evidence}
CASES = {"findings": findings_of_case}
BY_SEVERITY = {name: found_of(name) for name in ("serious", "warning", "note", "firms", "unread")}
HELD = {name: held(name) for name in ("items", "kwh", "kg", "unweighed")}
BATCHES = {name: in_batch(name) for name in ("things", "kg", "product", "intermediate", "residue")}
WORKS: dict[str, Mapping[str, Work]] = {
    "Firms to look at": {
        "place": place, "points": points, **{name: cases_of(name) for name in ("serious", "warning", "note")},
        "overdue": fallen_due("overdue"), "due": fallen_due(),
    },
    "Why, and by which clause": {"cases": reason}, "How the points come about": {"value": weight},
    "By family": BY_SEVERITY, "By prefecture": BY_SEVERITY, "What changed": {"count": changed("count"), "firms": changed("firms")},
    "Flows": FLOWS, "Reported": REPORTED, "Missing": DUTIES, "Duties to report": {**DUTIES, "days": waited},
    "Overdue, and due next": {"days": waited}, "Findings": FINDINGS, "Cases": CASES, "What to do next": {"count": to_do},
    "Held now": HELD, "Batches": BATCHES, "Documents submitted": {"n": submitted},
}  # fmt: skip
ROWS_WITHOUT_ENTRIES = {"place", "value", "uncertainty", "least"}
"""Places in a list, and numbers of law: these rest on rows, not on entries."""


def cells(table: Table, section: str) -> Iterator[tuple[Row, str, Cell]]:
    lines = [
        {column.key: cell.value for column, cell in zip(table.columns, row, strict=True)}
        for row in table.rows
    ]
    for line, row in zip(lines, table.rows, strict=True):
        told = {**line, "section": section, "all": lines}
        for column, cell in zip(table.columns, row, strict=True):
            if column.kind is Kind.NUMBER and cell.value is not None:
                yield told, column.key, cell


def number(value: Any) -> float:
    return float(value or 0)


def walk(report: Report, known: Known) -> int:
    """Every figure worked out again; how many there were."""
    walked = 0
    for section in report.sections:
        title = section.title.en
        for row, key, cell in cells(section.table, title) if section.table else ():
            walked += 1
            if title in ACCOUNTS_BY_TITLE:
                if key != "value":
                    continue
                assert cell.entries, (title, row)
                if row["measure"].en in BOOKED:
                    continue
                again = accounted(known, row, cell)
            else:
                again = WORKS[title][key](known, row, cell)
            assert cell.value == 0 or cell.entries or key in ROWS_WITHOUT_ENTRIES, (title, key, row)
            assert again is None or isclose(again, number(cell.value), rel_tol=1e-6, abs_tol=1e-5), (
                title,
                key,
                again,
                cell,
                row,
            )
    return walked


@contextmanager
def about(known: Known, party: str = "", period: str = "", everywhere: bool = True) -> Iterator[None]:
    """What a report is about, for those who work its figures out again."""
    from suyuan.reports.period import period as period_of

    span = period_of(period) if period else None
    known.about, known.everywhere = party, everywhere
    known.in_period = lambda d: span is None or span.first <= d["trigger_day"] <= span.last
    yield


@pytest.mark.parametrize("area", [None, "61"])
def test_every_figure_of_where_to_look(space: Workspace, known: Known, area: str | None) -> None:
    with about(known, everywhere=area is None):
        told = reports.of_province(space, area=area, day=known.day, firms=50)
        assert walk(told, known) > 100
        assert len(told.tables[0].rows) > 3


def firms_with_most(known: Known) -> list[str]:
    """Of each role the firm about which most was found, and a recycler."""
    found = {p: sum(f["party"] == p for f in known.told) for p in known.area}
    return [
        max(known.roles[role], key=lambda p: (found.get(p, 0), p)) for role in ROLES if role in known.roles
    ]


def test_every_figure_of_what_the_authority_sees_about_firms(space: Workspace, known: Known) -> None:
    walked = 0
    for party in firms_with_most(known):
        with about(known, party):
            walked += walk(reports.of_party(space, party, day=known.day), known)
            walked += walk(reports.dossier_of_party(space, party, day=known.day), known)
    assert walked > 200


def test_every_figure_of_dossiers_of_items(space: Workspace, known: Known) -> None:
    subjects = sorted({f["subject"] for f in known.told if len(f["subject"]) in (17, 24)})[:6]
    with about(known):
        assert (
            sum(
                walk(of_item, known)
                for of_item in (
                    without_metal(reports.dossier_of_item(space, s, day=known.day)) for s in subjects
                )
            )
            > 10
        )


def without_metal(report: Report) -> Report:
    """Metals allocated to one item are worked by hand in docs/accounts."""
    return replace(
        report, sections=tuple(s for s in report.sections if s.title.en != "Metal recovered from it")
    )


@pytest.mark.parametrize("period", ["2025", "2026-Q1", "2025-06"])
def test_every_figure_of_filings(space: Workspace, known: Known, period: str) -> None:
    walked = 0
    with about(known, period=period):
        for role in ROLES:
            walked += walk(reports.of_filing(space, role=role, period=period, day=known.day), known)
    assert walked > 50


@pytest.mark.parametrize("by", ["party", "area"])
def test_every_figure_of_flows(space: Workspace, known: Known, by: Any) -> None:
    with about(known):
        assert walk(reports.of_flows(space, period="2025", by=by, day=known.day), known) > 5
        told = reports.of_flows(space, period="2025", by=by, chemistry=True, day=known.day)
        whole = reports.of_flows(space, period="2025", by=by, day=known.day)
    keys = [column.key for column in whole.tables[0].columns]
    for key in ("packs", "kwh", "kg", "lots_kg"):
        place = keys.index(key)
        parts = sum(number(row[place + 1].value) for row in told.tables[0].rows)
        assert isclose(parts, sum(number(row[place].value) for row in whole.tables[0].rows), rel_tol=1e-9)


@pytest.mark.parametrize("kind_of", ["responsibility", "recovery", "balance"])
def test_every_figure_of_accounts(space: Workspace, known: Known, kind_of: Any) -> None:
    known.placed = placements(known)
    with about(known):
        told = reports.of_account(space, kind_of, day=known.day)
        assert walk(told, known) > 50
    booked = in_books(known)
    found: set[Name] = set()
    for section in told.sections:
        found |= agreeing(section, booked)
    assert found == {name for name in booked if name[0] in ACCOUNT_KINDS[kind_of].accounts}


def agreeing(section: Section, booked: Mapping[Name, Figure]) -> set[Name]:
    """The rows of a section of accounts that are worked out again, each of which agrees."""
    found: set[Name] = set()
    if section.table is None:
        return found
    for line in section.table.rows:
        both = {column.key: (cell, column) for cell, column in zip(line, section.table.columns, strict=True)}
        row: Row = {"section": section.title.en, **{key: cell.value for key, (cell, _column) in both.items()}}
        if row["measure"].en in BOOKED:
            found.add(name_of(row))
            agrees(booked[name_of(row)], row, both)
    return found
