"""Producer responsibility: what makers placed on the market, what may come back, and what became of it; every figure opens to its entries.

    accounts   responsibility.vehicle-maker   batteries in vehicles that it sold; areas are prefectures
               responsibility.battery-maker   batteries that it made; areas are provinces (of the vehicle's sale; empty where unknown)
    measures   placed, collected, entitled, reused, recycled (codes, kWh, kg, by chemistry); metal (kg by metal); expected (estimate);
               areas-served (share, against duty); complete, timely (shares, by duty)

A figure's area is that in which the battery was placed on the market, whoever collected it where; its year that of the happening.

Expected to return: of a battery placed in year a, the share F(t − a + ½) − F(t − a − ½) in year t, F Weibull with scale and shape of
`threshold` (assumptions): nobody's measured figure, shown as an estimate. Its entries are those of what was placed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
from ibis import _

from suyuan.accounts.figures import Account, by_unit, figures, opened, together
from suyuan.accounts.sources import Sources, threshold
from suyuan.views.days import FOREVER, local_day

DIGITS = {"vehicle-maker": 4, "battery-maker": 2}
"""How many digits of an area code name the area that a producer answers in, where the law's own row is not in force."""
COLLECTORS = ("outlet", "dismantler", "recycler", "echelon-user", "re-maker")
ENTITLED = ("recycler", "echelon-user", "re-maker")
"""Roles that take waste batteries in; roles that may use them."""
TAKING = ("collected", "received", "removed", "stored", "fed", "remade", "taken_apart")
"""Steps by which somebody has a waste battery."""
UNITS = {"codes": "codes", "kWh": "kwh", "kg": "kg"}
YEARS = 25
"""Beyond so many years after it was placed nothing is expected to return."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What the rules make and accounts only read."""

    duty: ibis.Table
    """party, role, duty, row, item, trigger_seq, trigger_day, due, fulfilled_seq, fulfilled_on."""
    serving: ibis.Table
    """maker, area, outlet, site: outlets by the makers that they serve."""
    served: ibis.Table
    """One row where master data name for some outlet whom it serves, else none."""
    sale: ibis.Table
    """item (vehicle), maker, area, day, seq: the first sale of each vehicle."""


def responsibility(sources: Sources, beside: Beside) -> Account:
    """All figures of both kinds of producers."""
    placed = sources.keep("placed", _placed(sources, beside.sale))
    fates = _fates(sources, placed)
    return together(
        [
            _happened(placed.mutate(measure=ibis.literal("placed"), period=_.day.strftime("%Y"))),
            *(_happened(fate) for fate in fates),
            _metals(sources, placed),
            _expected(sources, placed),
            _served(sources, placed, beside),
            _reports(sources, beside.duty),
        ]
    )


# placed on the market


def _placed(sources: Sources, sale: ibis.Table) -> ibis.Table:
    """account, party, area, item, key (chemistry), day, kwh, kg, codes, entries: each battery once a producer."""
    packs = sources.thing.filter(_.kind.isin(["pack", "reuse_pack"]))
    packs = packs.select(
        "item", "chemistry", "letter", "kwh", "kg", "made_by", "coded_by", "made_seq", "made_on"
    )
    words = {"B": "LFP", "C": "LMO", "D": "LCO", "E": "NCM", "G": "LTO", "A": "NiMH"}
    by_letter = ibis.cases(*((packs.letter == letter, word) for letter, word in words.items()), else_="other")
    packs = packs.mutate(key=ibis.coalesce(packs.chemistry, by_letter)).drop("chemistry", "letter")
    sold = _in_vehicles(sources, sale)
    met = packs.left_join(sold, [packs.item == sold.pack]).drop("pack")
    met = met.mutate(codes=1.0)
    cars = met.filter(_.seller.notnull()).mutate(
        account=ibis.literal("responsibility.vehicle-maker"), party=_.seller, area=_.sold_area.substr(0, 4) + "00", day=_.sold_on,
        entries=ibis.array([_.sold_seq, _.put_seq]),
    )  # fmt: skip
    made = met.filter(_.made_seq.notnull()).mutate(
        account=ibis.literal("responsibility.battery-maker"), party=ibis.coalesce(_.made_by, _.coded_by), day=_.made_on,
        area=ibis.ifelse(_.sold_area.isnull(), "", _.sold_area.substr(0, 2) + "0000"),
        entries=ibis.array([_.made_seq, _.sold_seq]),
    )  # fmt: skip
    columns = ("account", "party", "area", "item", "key", "day", "kwh", "kg", "codes", "entries")
    return cars.select(*columns).union(made.filter(_.party.notnull()).select(*columns))


def _in_vehicles(sources: Sources, sale: ibis.Table) -> ibis.Table:
    """pack, seller (the vehicle's maker), sold_area, sold_on, sold_seq, put_seq: what was in a vehicle when it was first sold."""
    parts = sources.views["assembly"].filter(
        _.child_kind.isin(["pack", "reuse_pack"]) & (_.parent_kind == "vehicle")
    )
    sold = sale.select(vehicle="item", seller="maker", sold_area="area", sold_on="day", sold_seq="seq")
    at = sources.counted.event.select(of_seq="seq", sold_at="occurred_at")
    sold = sold.inner_join(at, sold.sold_seq == at.of_seq).drop("of_seq")
    inside = parts.inner_join(sold, parts.parent == sold.vehicle)
    inside = inside.filter(
        (_.since.isnull() | (_.since <= _.sold_at)) & (_.until.isnull() | (_.until > _.sold_at))
    )
    first = ibis.window(group_by="child", order_by=["sold_at", "vehicle"])
    inside = inside.mutate(n=ibis.row_number().over(first)).filter(_.n == 0)
    return inside.select("seller", "sold_area", "sold_on", "sold_seq", pack="child", put_seq="start")


def _happened(each: ibis.Table) -> Account:
    """Codes, kWh and kg of what happened: account, party, period, area, measure, key, kwh, kg, codes, entries."""
    of = ["account", "party", "period", "area", "measure", "key"]
    sums = each.group_by(of).agg(codes=_.codes.sum(), kwh=_.kwh.sum(), kg=_.kg.sum())
    return Account(figures(by_unit(sums, UNITS)), opened(each))


# what became of it


def _fates(sources: Sources, placed: ibis.Table) -> Sequence[ibis.Table]:
    """What is collected, comes to entitled firms, is reused and recycled: the first such step of each battery."""
    roles = sources.party_role
    told = sources.moment.filter(
        _.step.isin(TAKING) & (_.role != "output") & _.kind.isin(["pack", "reuse_pack"])
    )
    told = told.select("item", "step", "seq", "day", "actor")

    def by(names: Sequence[str]) -> ibis.Table:
        having = roles.filter(_.role.isin(names)).select("party").distinct()
        return told.semi_join(having, told.actor == having.party)

    collected, entitled = by(COLLECTORS), by(ENTITLED)
    happened: Mapping[str, ibis.Table] = {
        "collected": collected,
        "entitled": entitled.filter(_.step != "removed"),
        "reused": told.filter(_.step == "remade"),
        "recycled": told.filter(_.step == "fed"),
    }
    return [_first(placed, rows, measure) for measure, rows in happened.items()]


def _first(placed: ibis.Table, happened: ibis.Table, measure: str) -> ibis.Table:
    first = happened.group_by(of="item").agg(on=_.day.argmin(_.seq), seq=_.seq.min())
    met = placed.drop("day", "entries").inner_join(first, [placed.item == first.of])
    return met.mutate(
        measure=ibis.literal(measure), period=met.on.strftime("%Y"), entries=ibis.array([met.seq])
    ).drop("of", "on", "seq")


def _metals(sources: Sources, placed: ibis.Table) -> Account:
    """Kilograms of each metal in products, by the year in which they were made."""
    won = sources.views["recovered"].filter(_.stands == "product")
    fed = sources.views["run_input"].group_by(of="item").agg(fed=_.entries.arbitrary())
    made = sources.views["run_output"].group_by(made="item").agg(
        period=local_day(_.occurred_at.min()).strftime("%Y"), out=_.entries.collect().flatten().unique()
    )  # fmt: skip
    told = won.inner_join(placed.select("account", "party", "area", "item"), "item")
    told = told.inner_join(fed, [told.item == fed.of]).drop("of")
    told = told.inner_join(made, [told.lot == made.made]).drop("made")
    told = told.mutate(measure=ibis.literal("metal"), key=told.metal, entries=told.fed.concat(told.out))
    of = ["account", "party", "period", "area", "measure", "key"]
    sums = told.group_by(of).agg(value=_.kg.sum(), uncertainty=_.kg_uncertainty.sum())
    return Account(figures(sums, unit="kg"), opened(told))


def _expected(sources: Sources, placed: ibis.Table) -> Account:
    """What may come back in each year up to the one asked for, by cohort; the entries are those of what was placed."""
    life = threshold(sources, "return-life-years", "scale").cross_join(
        threshold(sources, "return-life-shape", "shape")
    )
    of = ["account", "party", "area", "key"]
    cohorts = placed.mutate(cohort=_.day.year()).group_by([*of, "cohort"]).agg(
        codes=_.codes.sum(), kwh=_.kwh.sum(), kg=_.kg.sum()
    )  # fmt: skip
    ages = ibis.range(0, YEARS).unnest().name("age").as_table()
    each = cohorts.cross_join(ages).cross_join(life).cross_join(sources.asked.select(asked_year=_.day.year()))
    each = each.mutate(year=_.cohort + _.age).filter(_.year <= _.asked_year)

    def gone(years: ibis.Value) -> ibis.Value:
        return 1 - (-((ibis.greatest(years, 0.0) / each.scale) ** each["shape"])).exp()

    share = gone(each.age + 0.5) - gone(each.age - 0.5)
    sums = each.mutate(share=share).group_by([*of, "year"]).agg(
        codes=(_.codes * _.share).sum(), kwh=(_.kwh * _.share).sum(), kg=(_.kg * _.share).sum()
    )  # fmt: skip
    sums = sums.mutate(period=_.year.cast("string"), measure=ibis.literal("expected")).drop("year")
    told = figures(by_unit(sums, UNITS), verified=ibis.literal(False), estimate=ibis.literal(True))
    years = sums.select(*of, "period", "measure").distinct()
    behind = placed.select(*of, "entries", until=_.day.strftime("%Y"))
    behind = years.inner_join(behind, [*of]).filter(_.until <= _.period)
    return Account(told, opened(behind))


# duties


def _served(sources: Sources, placed: ibis.Table, beside: Beside) -> Account:
    """Areas with an outlet by areas of sale up to each year: share, against 1 where a row of `outlet-duty` is in force at its end."""
    rows = sources.law.filter((_.table == "outlet-duty") & (_.field == "digits"))
    rows = rows.select(
        "since", "row", "verified", until=_.until.fill_null(FOREVER), account=_account(rows.key)
    )
    first = placed.filter(_.area != "").group_by("account", "party", "area").agg(
        since=_.day.min(), entry=_.entries.arbitrary()
    )  # fmt: skip
    digits = ibis.cases(
        *((first.account == f"responsibility.{role}", n) for role, n in DIGITS.items()), else_=6
    )
    outlets = beside.serving.filter(_.area.notnull()).select("maker", "site", outlet_area="area").distinct()
    sites = sources.site.select(site="site", master_seq="master_seq")
    outlets = outlets.left_join(sites, "site").drop("site_right")
    # where master data name for no outlet whom it serves, nothing can be said of anybody
    told_at_all = beside.served.select(known=ibis.literal(True))
    met = (
        first.mutate(digits=digits).cross_join(told_at_all).left_join(outlets, [first.party == outlets.maker])
    )
    here = (met.outlet_area.substr(0, met.digits) == met.area.substr(0, met.digits)).fill_null(False)
    met = met.mutate(here=here)
    areas = met.group_by("account", "party", "area").agg(
        since=_.since.min(),
        served=_.here.any(),
        entry=_.entry.arbitrary(),
        seqs=_.master_seq.collect(where=_.here),
    )
    years = sources.asked.select(asked="day")
    ages = ibis.range(0, YEARS).unnest().name("age").as_table()
    each = (
        areas.cross_join(years)
        .cross_join(ages)
        .mutate(year=_.since.year() + _.age)
        .filter(_.year <= _.asked.year())
    )
    each = each.mutate(
        period=_.year.cast("string"), measure=ibis.literal("areas-served"),
        entries=ibis.ifelse(_.seqs.isnull(), _.entry, _.entry.concat(_.seqs)),
    ).drop("area")  # fmt: skip
    sums = each.group_by("account", "party", "period", "measure").agg(
        value=_.served.mean(), year_end=ibis.date(_.year.max(), 12, 31)
    )
    told = sums.left_join(
        rows, [sums.account == rows.account, sums.year_end >= rows.since, sums.year_end <= rows.until]
    )
    told = told.drop(*(name for name in told.columns if name.endswith("_right")))
    told = told.mutate(
        least=ibis.ifelse(_.row.notnull(), 1.0, ibis.null("float64")), verified=_.verified.fill_null(True)
    )
    return Account(figures(told, unit="share"), opened(each))


def _reports(sources: Sources, duty: ibis.Table) -> Account:
    """Of duties that fell due in a year: the share fulfilled at all (`complete`) and in time (`timely`), by duty; of producers alone."""
    asked = sources.asked.select(asked="day")
    told = duty.filter(_.role.isin([*DIGITS])).cross_join(asked).filter(_.due <= _.asked)
    rows = sources.law.filter(_.table == "duty").select("verified", law_row="row").distinct()
    told = told.left_join(rows, [told.row == rows.law_row])
    told = told.mutate(
        account=_account(told.role), period=told.due.strftime("%Y"), key=told.duty,
        done=(told.fulfilled_on.notnull() & (told.fulfilled_on <= told.asked)), timely=(told.fulfilled_on <= told.due).fill_null(False),
        entries=ibis.array([told.trigger_seq, told.fulfilled_seq]),
    )  # fmt: skip
    of = ["account", "party", "period", "key"]
    sums = told.group_by(of).agg(
        complete=_.done.mean(),
        timely=_.timely.mean(),
        row=_.row.max(),
        verified=_.verified.all().fill_null(True),
    )
    both = [
        (
            sums.mutate(value=sums[measure], measure=ibis.literal(measure)),
            told.mutate(measure=ibis.literal(measure)),
        )
        for measure in ("complete", "timely")
    ]
    return together([Account(figures(some, unit="share"), opened(each)) for some, each in both])


def _account(role: ibis.Value) -> ibis.Value:
    return ibis.cases(*((role == name, f"responsibility.{name}") for name in DIGITS), else_="responsibility")
