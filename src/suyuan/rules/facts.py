"""What rules read: views, and the few tables that most rules share, each made once.

    views     timeline, lifecycle, custody, holder_now, inside, assembly, lineage, run_input, run_output, run_metal, …
    counted   the effective tables (`views.effective`): event with actor and received_at, event_item, event_word, master, …
    moment    one row a statement of a single item, a vehicle or a lot: who did what when, and when it was reported
    thing     one row an item: what its code says, what its maker said, what is known of it now
    party     one row a party, of master data;  party_role: its roles;  site: its sites;  model: models as declared
    law       rows of the tables of law in force, as of the user's replacements
    asked     one row: `day`, the day judged on
    adjusted  streams of recyclers after reconciliation (`accounts.reconciling`)

Everything is an expression or a table of the engine (`keep`), so ten rows in a test and a province run the same line.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import pyarrow as pa
from ibis import _

from suyuan.accounts.reconciling import ADJUSTED
from suyuan.views.columns import columns
from suyuan.views.days import FOREVER, local_day
from suyuan.views.effective import latest_master
from suyuan.views.tables import Keep, Tables

LAW = columns(
    ("table", pa.string()),  # storage-limit, recovery-minimum, …
    ("key", pa.string()),
    ("since", pa.date32()),
    ("until", pa.date32()),  # last day in force, null where no end is known
    ("value", pa.float64()),  # the row's number, null where it has none (or several: see `field`)
    ("field", pa.string()),  # which column of the row the value is: `value`, `least`, `days`, …
    ("text", pa.string()),  # a column that is a word
    ("unit", pa.string()),
    ("row", pa.string()),  # names the row: table/key@since, with `!` behind it where a user replaced it
    ("cites", pa.string()),  # document#clause
    ("verified", pa.bool_()),
)
"""The tables of law as one table: one row a column that decides."""
CALENDAR = columns(
    ("day", pa.date32()),
    ("working", pa.bool_()),  # a working day in the PRC, make-up days included
    ("nth", pa.int32()),  # working days up to and with this day since the calendar begins
    ("estimated", pa.bool_()),  # no notice for that year is on record
)
ASKED = columns(("day", pa.date32()), ("operator", pa.string()))
BESIDES: Mapping[str, pa.Schema] = {"law": LAW, "calendar": CALENDAR, "asked": ASKED, "adjusted": ADJUSTED}
"""Tables beside those of the ledger."""

BATTERIES = ("pack", "module", "cell", "reuse_pack", "reuse_module", "reuse_cell")
_YEARS, _DAYS = "123456789ABCDEFGHJKLMNPRSTVWXY", "123456789ABCDEFGHJKLMNPRSTVWXY0"


@dataclass(frozen=True)
class Facts:
    """The tables that rules read."""

    views: Mapping[str, ibis.Table]
    counted: Tables
    moment: ibis.Table
    thing: ibis.Table
    party: ibis.Table
    party_role: ibis.Table
    site: ibis.Table
    model: ibis.Table
    law: ibis.Table
    calendar: ibis.Table
    asked: ibis.Table
    adjusted: ibis.Table
    keep: Keep

    def in_force(
        self,
        table: ibis.Table,
        name: str,
        *,
        as_: str,
        day: str = "day",
        key: str = "",
        of: str = "",
        field: str = "value",
        row: str = "row",
    ) -> ibis.Table:
        """`table` with the value (column `as_`) and the id (column `row`) of the row of law `name` in force on its column `day`.

        Which row, where the table of law has several: `key`, a column that says it, or `of`, the one key that is meant.
        `day` "": the day judged on. Rows without law drop out. A `row` that there is gives way: what was asked last decides;
        `row` "": it stays.
        """
        rows = self.law.filter((_.table == name) & (_.field == field))
        rows = rows.filter(_.key == of) if of else rows
        rows = rows.select(
            law_key="key", law_since="since", law_until=_.until.fill_null(FOREVER), **{as_: "value"}, **({row: "row"} if row else {})
        )  # fmt: skip
        table = table.drop(row) if row in table.columns else table
        if day:
            wanted = [table[day] >= rows.law_since, table[day] <= rows.law_until]
        else:
            now = rows.cross_join(self.day())
            rows, wanted = (
                now.filter(now.asked_day.between(now.law_since, now.law_until)).drop("asked_day"),
                [],
            )
        wanted += [table[key] == rows.law_key] if key else []
        joined = table.inner_join(rows, wanted) if wanted else table.cross_join(rows)
        return joined.drop("law_key", "law_since", "law_until")

    def day(self) -> ibis.Table:
        """One row: `asked_day`, the day judged on; to be cross joined."""
        return self.asked.select(asked_day="day")


def facts(
    counted: Tables,
    views: Mapping[str, ibis.Table],
    statement: ibis.Table,
    besides: Mapping[str, ibis.Table],
    keep: Keep,
) -> Facts:
    """The shared facts, from effective tables, views, `statements.statements` and the tables of `BESIDES`."""
    known = keep("known_master", latest_master(counted.master))
    party = keep("party", _parties(known))
    moment = keep("moment", _moments(statement))
    return Facts(
        views=views,
        counted=counted,
        moment=moment,
        thing=keep("thing", _things(moment, counted, party)),
        party=party,
        party_role=keep("party_role", _listed(known, "role", "role")),
        site=keep("site", _sites(known)),
        model=keep("model", _models(known)),
        law=besides["law"],
        calendar=besides["calendar"],
        asked=besides["asked"],
        adjusted=besides["adjusted"],
        keep=keep,
    )


def _moments(statement: ibis.Table) -> ibis.Table:
    """item, kind, seq, role, act, step, state, rank, occurred_at, day, received_at, received_day, document, party, …

    `received_day` is the day in Shanghai on which it was reported. `step` as in `views.meaning`; implied statements are left out.
    """
    said = statement.filter(~_.implied)
    return said.select(
        "item",
        "kind",
        "seq",
        "role",
        "act",
        "step",
        "state",
        "rank",
        "occurred_at",
        day=_.local_day,
        received_at=_.received_at,
        received_day=local_day(said.received_at),
        document=_.document,
        submitter=_.submitter,
        reporter=_.reporter,
        actor=_.actor,
        giver=_.from_party,
        taker=_.to_party,
        where=_.where,
        place_from=_.place_from,
        place_to=_.place_to,
        parent=_.parent,
        parent_kind=_.parent_kind,
        run=_.run,
        repair_order=_.repair_order,
        swap=_.swap,
        model=_.model,
        buyer_kind=_.buyer_kind,
        biz_step=_.biz_step,
        disposition=_.disposition,
        event_id=_.event_id,
    )


def code_day(code: ibis.Value) -> ibis.Value:
    """The day of making that a battery code of 24 (or 26) or 19 characters tells; null where it tells none.

    Year, month and day are letters of GB/T 34014 (tables `battery-year`, `-month`, `-day`).
    """
    at = ibis.ifelse(code.length() == 19, 7, 14)
    year = ibis.literal(_YEARS).find(code.substr(at, 1)) + 2011
    month = ibis.literal("123456789ABC").find(code.substr(at + 1, 1)) + 1
    day = ibis.literal(_DAYS).find(code.substr(at + 2, 1)) + 1
    text = (
        year.cast("string") + "-" + month.cast("string").lpad(2, "0") + "-" + day.cast("string").lpad(2, "0")
    )
    return text.try_cast("date")


def _things(moment: ibis.Table, counted: Tables, party: ibis.Table) -> ibis.Table:
    """One row an item (lots too) that is named: its code read, its making as reported.

    item, kind, vendor, letter, code_day, serial (of the code, null for others); made_by, made_seq, made_on, made_times, model,
    chemistry, kwh, kg (as declared at making); coded_by (USCC of the party to whom master data tie the vendor code, or for a vehicle
    the WMI). Nothing that changes when it moves.
    """
    code = moment.group_by("item").agg(
        kind=_.kind.min(), first_seq=_.seq.min(), first_by=_.actor.argmin(_.seq), first_on=_.day.min()
    )
    coded = code.kind.isin(BATTERIES) & code.item.length().isin([19, 24, 26])
    long = coded & (code.item.length() != 19)
    none = ibis.null("string")
    things = code.mutate(
        vendor=ibis.ifelse(coded, code.item.substr(0, 3), ibis.ifelse(code.kind == "vehicle", code.item.substr(0, 3), none)),
        letter=ibis.ifelse(coded, code.item.substr(4, 1), none),
        code_day=ibis.ifelse(coded, code_day(code.item), ibis.null("date")),
        serial=ibis.ifelse(coded, code.item.substr(ibis.ifelse(long, 17, 10), 7), none).try_cast("int64"),
    )  # fmt: skip
    things = _with(things, _made(moment, counted), "item")
    makers = party.select("vendor_codes", "wmi", coded_by="party")
    makers = makers.select("coded_by", vendor=(makers.vendor_codes.fill_null("") + " " + makers.wmi.fill_null("")).re_replace(r"[^0-9A-Z]+", " ").strip().split(" ")).unnest("vendor")  # fmt: skip
    makers = makers.filter(_.vendor != "").group_by("vendor").agg(coded_by=_.coded_by.min())
    return _with(things, makers, "vendor")


def _with(left: ibis.Table, right: ibis.Table, key: str) -> ibis.Table:
    """`left` with the columns of `right`, whose `key` stands once; nulls where there is none."""
    return left.left_join(right.rename(other=key), left[key] == right[key]).drop("other")


def _made(moment: ibis.Table, counted: Tables) -> ibis.Table:
    """item, made_by, made_seq, made_on, made_received_on, made_times, model, chemistry, kwh, kg: the first making on record."""
    made = moment.filter(_.step == "made")
    first = ibis.window(group_by="item", order_by=["occurred_at", "seq"])
    times = made.group_by("item").agg(made_times=_.seq.nunique())
    made = made.mutate(n=ibis.row_number().over(first)).filter(_.n == 0)
    made = made.select(
        "item", "model", made_by="actor", made_seq="seq", made_on="day", made_received_on="received_day"
    )
    seqs = made.select("made_seq").distinct()
    words = counted.event_word.filter((_.holder == "ilmd") & (_.word == "sy:chemistry"))
    words = words.semi_join(seqs, [words.seq == seqs.made_seq])
    words = words.group_by("seq").agg(chemistry=_.value.min().re_replace('"', ""))
    measures = counted.event_measure.filter((_.holder == "ilmd") & _.part.isnull())
    measures = measures.semi_join(seqs, [measures.seq == seqs.made_seq])
    measures = measures.group_by("seq").agg(
        kwh=ibis.ifelse(_.word == "ratedEnergy_kWh", _.value, ibis.null("float64")).max(),
        kg=ibis.ifelse(_.word == "mass_kg", _.value, ibis.null("float64")).max(),
    )
    made = _with(made, words.rename(made_seq="seq"), "made_seq")
    made = _with(made, measures.rename(made_seq="seq"), "made_seq")
    return _with(made, times, "item")


def _one(known: ibis.Table, kind: str, attributes: Mapping[str, str]) -> ibis.Table:
    """One row an id of master data of `kind`, its attributes as columns."""
    rows = known.filter(_.type == kind)
    none = ibis.null("string")
    columns = {
        name: ibis.ifelse(rows.attribute == attribute, rows.value, none).max()
        for name, attribute in attributes.items()
    }
    return rows.group_by("id").agg(master_seq=rows.seq.max(), **columns)


def _parties(known: ibis.Table) -> ibis.Table:
    """party (USCC), name, role (the first named), area, vendor_codes, wmi, capacity_t_per_year, listed_from, listed_to, master_seq."""
    found = _one(
        known, "party",
        {name: name for name in ("name", "role", "area", "vendor_codes", "wmi", "capacity_t_per_year", "listed_from", "listed_to")},
    )  # fmt: skip
    return found.rename(party="id").mutate(
        capacity_t_per_year=_.capacity_t_per_year.try_cast("float64"),
        listed_from=_.listed_from.try_cast("date"),
        listed_to=_.listed_to.try_cast("date"),
    )


def _listed(known: ibis.Table, attribute: str, name: str) -> ibis.Table:
    """party and each of the words that stand in an attribute."""
    rows = known.filter((_.type == "party") & (_.attribute == attribute))
    rows = rows.select("id", word=rows.value.re_replace(r"[^0-9a-zA-Z-]+", " ").strip().split(" ")).unnest(
        "word"
    )
    return rows.filter(_.word != "").select(party="id", **{name: "word"}).distinct()


def _sites(known: ibis.Table) -> ibis.Table:
    """site (its id), party, site_kind, area, capacity_t_per_year, lat, lon, master_seq."""
    found = _one(
        known,
        "location",
        {name: name for name in ("party", "site_kind", "area", "capacity_t_per_year", "lat", "lon")},
    )
    owner = found.id.re_extract(r"^([0-9A-HJ-NPQRTUWXY]{18})/", 1).nullif("")
    found = found.mutate(
        party=ibis.coalesce(found.party, owner), lat=_.lat.try_cast("float64"), lon=_.lon.try_cast("float64")
    )
    return found.rename(site="id").mutate(capacity_t_per_year=_.capacity_t_per_year.try_cast("float64"))


def _models(known: ibis.Table) -> ibis.Table:
    """model, chemistry, kwh, kg, maker (USCC), master_seq: models as their makers declared them."""
    found = _one(
        known,
        "model",
        {
            "chemistry": "chemistry",
            "kwh": "ratedEnergy_kWh",
            "kg": "mass_kg",
            "maker": "maker",
            "uscc": "uscc",
        },
    )
    found = found.mutate(maker=ibis.coalesce(found.maker, found.uscc)).drop("uscc")
    return found.rename(model="id").mutate(kwh=_.kwh.try_cast("float64"), kg=_.kg.try_cast("float64"))
