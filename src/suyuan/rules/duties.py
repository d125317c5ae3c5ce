"""Duties: who owes which report after what, until when, and when it came.

    moment ──trigger of a row of `duty`──▶ duty, row, kind, role, item, party, trigger_seq, trigger_day ──▶ due
                                                                                └──▶ fulfilled_seq, fulfilled_on

Two kinds: `own`, the report of the trigger itself, fulfilled by the very entry (the day in Shanghai on which it was received),
once for what is told again; `follow`, a report owed after what somebody else told, or of something that has to come of it, fulfilled by the first such entry received.

The row in force on the trigger's day decides. That day is the event's own local day; time runs from the day after, in days
of Asia/Shanghai. A last day that is no working day does not move the end of calendar days: no text at hand says that it does.

>>> standing(date(2026, 5, 1), None, date(2026, 5, 4))
Standing(status='overdue', days=3)
>>> standing(date(2026, 5, 1), date(2026, 4, 30), date(2026, 5, 4))
Standing(status='on-time', days=0)
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import ibis
from ibis import _

from suyuan.rules.facts import Facts
from suyuan.views.days import FOREVER, local_day

Status = Literal["on-time", "late", "due-in", "overdue"]
DERIVED = ("certified-domestic", "certified-import", "import-cleared", "certified-fixed")
"""Triggers that are no steps of their own: the certificate of a vehicle made here, of one imported; the day on which customs
released it; the certificate of a vehicle whose batteries are not swapped."""
CLEARED, SWAPS = "sy:importClearedOn", "sy:swapType"
ENTRIES_MAX = 10**12
"""Above every entry number: day and number in one number, so that the earliest entry is told in one go."""
COLUMNS = (
    "duty", "row", "kind", "role", "item", "party", "trigger_seq", "trigger_day", "due", "fulfilled_seq", "fulfilled_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """How a duty stands: `days` late, until due, or overdue; 0 where on time."""

    status: Status
    days: int


def standing(due: date, fulfilled_on: date | None, day: date) -> Standing:
    """How a duty stands on `day`; what came later is not known yet then."""
    if fulfilled_on is not None and fulfilled_on <= day:
        late = (fulfilled_on - due).days
        return Standing("late", late) if late > 0 else Standing("on-time", 0)
    left = (due - day).days
    return Standing("due-in", left) if left >= 0 else Standing("overdue", -left)


def stood(duties: ibis.Table, asked: ibis.Table) -> ibis.Table:
    """`duties` with `status` and `days` as of the day of `asked` (`asked_day`); what had not happened by then is left out."""
    told = duties.cross_join(asked).filter(_.trigger_day <= _.asked_day)
    known = told.fulfilled_on.notnull() & (told.fulfilled_on <= told.asked_day)
    late = told.fulfilled_on.delta(told.due, unit="day")
    left = told.due.delta(told.asked_day, unit="day")
    none = ibis.literal(0, "int64")
    return told.mutate(
        status=ibis.cases(
            (known & (late > 0), "late"), (known, "on-time"), (left >= 0, "due-in"), else_="overdue"
        ),
        days=ibis.cases((known & (late > 0), late), (known, none), (left >= 0, left), else_=-left),
    ).drop("asked_day")


def duties(facts: Facts) -> ibis.Table:
    """The stage `duty`, in the columns of `COLUMNS`: one row a duty of one item after one entry."""
    rows = facts.keep("duty_row", _rows(facts.law))
    until = facts.keep("duty_due", _due(rows, facts.calendar))
    listed = facts.keep("duty_listed", _listed(rows, facts.party_role))
    owed = facts.keep("duty_owed", _owed(_acts(facts, until), until, listed, facts))
    return facts.keep("duty", _own(owed).union(_follow(owed, rows, facts.moment)))


def _rows(law: ibis.Table) -> ibis.Table:
    """The watched rows of `duty`, one row a trigger and kind of thing: duty, row, since, until, roles, trigger, thing, owes, …"""
    said = law.filter(law.table == "duty")

    def word(field: str) -> ibis.Value:
        return said.text.max(where=said.field == field)

    def number(field: str) -> ibis.Value:
        return said.value.max(where=said.field == field)

    rows = said.group_by(duty="key", row="row", since="since", until=said.until.fill_null(FOREVER)).agg(
        roles=word("role"),
        triggers=word("trigger"),
        things=word("things"),
        owes=word("owes"),
        fulfilled_by=word("fulfilled_by"),
        calendar=word("calendar"),
        allowance=word("allowance"),
        days=number("days").cast("int64"),
        only_listed=number("only_listed") == 1,
        any_time=number("any_time") == 1,
        watched=number("watched") == 1,
    )
    rows = rows.filter(_.watched & _.days.notnull() & (_.triggers != "")).drop("watched")
    extra = law.filter((law.table == "threshold") & (law.field == "value"))
    extra = extra.group_by(name="key").agg(more=extra.value.argmax(extra.since).cast("int64"))
    rows = rows.left_join(extra, [("allowance", "name")]).drop("name", "allowance")
    rows = rows.mutate(more=_.more.fill_null(0), follow=_.fulfilled_by != "")
    rows = rows.mutate(trigger=_.triggers.split(" ")).unnest("trigger").drop("triggers")
    return rows.mutate(thing=_.things.split(" ")).unnest("thing").drop("things")


def _due(rows: ibis.Table, calendar: ibis.Table) -> ibis.Table:
    """When each row's report is due by day of its trigger: duty, row, trigger, thing, owes, follow, only_listed, roles, day, due."""
    days = calendar.select("day", at="nth")
    worked = calendar.filter(_.working).select(nth="nth", worked="day")
    each = rows.inner_join(days, [days.day >= rows.since, days.day <= rows.until]).drop("at")
    each = each.mutate(start=_plus(_.day, _.more))
    each = each.inner_join(calendar.select(start="day", at="nth"), "start")
    each = each.mutate(wanted=_.at + _.days).left_join(worked, [("wanted", "nth")])
    due = ibis.ifelse(each.calendar == "working", each.worked, _plus(each.start, each.days))
    each = each.mutate(due=due).filter(_.due.notnull())
    return each.select(
        "duty", "row", "trigger", "thing", "owes", "follow", "only_listed", "roles", "any_time", "day", "due"
    )


def _plus(day: ibis.Value, days: ibis.Value) -> ibis.Value:
    """The day so many days later; by way of an instant, as the engine's sum of a date and an interval is one."""
    return (day.cast("timestamp") + days.as_interval("D")).date()


def _listed(rows: ibis.Table, party_role: ibis.Table) -> ibis.Table:
    """Which row holds for a listed party: row, party, thing, role, `keeps` (false: another row of its roles holds instead).

    A firm with two roles owes one report after one act, within the longer time: nobody can tell in which role it acted.
    """
    roles = rows.select(
        "row", "trigger", "thing", "owes", "follow", "only_listed", "since", "days", role=_.roles.split(" ")
    )
    held = roles.unnest("role").inner_join(party_role, "role")
    held = held.group_by("row", "trigger", "thing", "owes", "follow", "only_listed", "since", "days", "party").agg(role=_.role.min())  # fmt: skip
    same = {"group_by": ["party", "trigger", "thing", "owes", "follow", "since"]}
    first = ibis.window(**same, order_by=[ibis.desc("only_listed"), ibis.desc("days"), "row"])
    held = held.mutate(n=ibis.row_number().over(first))
    open_rows = rows.filter(~_.only_listed).select("row", "trigger", "thing", "owes", "follow", "since")
    chosen = held.filter(_.n == 0)
    beside = chosen.filter(_.only_listed).select(
        "party", "role", "trigger", "thing", "owes", "follow", "since"
    )
    outranked = open_rows.inner_join(beside, ["trigger", "thing", "owes", "follow", "since"])
    outranked = outranked.select("row", "trigger", "party", "thing", "role", keeps=ibis.literal(False))
    kept = chosen.select("row", "trigger", "party", "thing", "role", keeps=ibis.literal(True))
    lost = held.filter(_.n > 0).select("row", "trigger", "party", "thing", "role", keeps=ibis.literal(False))
    both = kept.union(lost).union(outranked)
    return both.group_by("row", "trigger", "party", "thing").agg(role=_.role.min(), keeps=_.keeps.all())


def _acts(facts: Facts, until: ibis.Table) -> ibis.Table:
    """What may trigger a duty: item, kind, seq, trigger, day, occurred_at, received_day, actor, giver, taker."""
    told = facts.moment.filter(_.role != "parent").mutate(trigger=_.step)
    columns = (
        "item",
        "kind",
        "seq",
        "trigger",
        "day",
        "occurred_at",
        "received_day",
        "actor",
        "giver",
        "taker",
    )
    asked = until.select("trigger").distinct()
    acts = told.semi_join(asked, "trigger").select(columns)
    certified = told.filter(_.step == "certified").select(columns)
    words = facts.counted.event_word.filter(_.word.isin([CLEARED, SWAPS]))
    words = words.group_by("seq").agg(
        cleared=_.value.max(where=_.word == CLEARED).re_replace('"', "").try_cast("date"),
        swaps=(_.value.max(where=_.word == SWAPS) == "true").fill_null(False),
    )
    certified = certified.left_join(words, "seq").drop("seq_right").mutate(swaps=_.swaps.fill_null(False))
    here, imported = certified.filter(_.cleared.isnull()), certified.filter(_.cleared.notnull())
    for name, some in (
        ("certified-domestic", here),
        ("certified-import", imported),
        ("import-cleared", imported.mutate(day=_.cleared)),
        ("certified-fixed", certified.filter(~_.swaps)),
    ):
        acts = acts.union(some.mutate(trigger=ibis.literal(name)).select(columns))
    return acts


def _owed(acts: ibis.Table, until: ibis.Table, listed: ibis.Table, facts: Facts) -> ibis.Table:
    """Each act with the duties that it brings: who owes, in which role, until when."""
    each = acts.inner_join(until, [("trigger", "trigger"), ("kind", "thing"), ("day", "day")]).drop("thing")
    makers = facts.thing.filter(_.coded_by.notnull()).select(made_item="item", maker="coded_by")
    of_makers = each.filter(_.owes == "maker").inner_join(makers, [("item", "made_item")]).drop("made_item")
    told = each.filter(_.owes != "maker")
    giver, taker = ibis.coalesce(told.giver, told.actor), ibis.coalesce(told.taker, told.actor)
    # after a despatch, whoever it went to owes: the one who told of it cannot stand in
    taker = ibis.ifelse(told.follow, told.taker, taker)
    told = told.mutate(
        party=ibis.cases((told.owes == "giver", giver), (told.owes == "taker", taker), else_=told.actor)
    )
    each = told.union(of_makers.rename(party="maker").select(told.columns)).filter(_.party.notnull())
    each = each.rename(thing="kind")
    held = listed.select("row", "trigger", "party", "thing", "keeps", listed_role="role")
    each = each.left_join(held, ["row", "trigger", "party", "thing"])
    each = each.filter(ibis.ifelse(_.keeps.isnull(), ~_.only_listed, _.keeps))
    return each.select(
        "duty", "row", "follow", "item", "party", "owes", "any_time", "occurred_at", "received_day", "due",
        role=ibis.coalesce(_.listed_role, _.roles.split(" ")[0]), trigger_seq="seq", trigger_day="day",
    )  # fmt: skip


def _own(owed: ibis.Table) -> ibis.Table:
    """One row a trigger: what was told again on the same day of the same thing was fulfilled by the first entry received."""
    told = owed.filter(~_.follow)
    days = told.received_day.delta(ibis.date("1970-01-01"), unit="day")
    told = told.mutate(came=days * ENTRIES_MAX + told.trigger_seq)
    first = told.group_by("duty", "row", "role", "item", "party", "trigger_day", "due").agg(
        fulfilled_seq=_.came.min() % ENTRIES_MAX, fulfilled_on=_.received_day.min()
    )
    return first.mutate(kind=ibis.literal("own"), trigger_seq=_.fulfilled_seq).select(*COLUMNS)


def _follow(owed: ibis.Table, rows: ibis.Table, moment: ibis.Table) -> ibis.Table:
    """Follow-ups with the first entry received that fulfils each.

    What fulfils may be dated a day before the trigger: forms carry days, and clocks of two firms differ.
    """
    told = owed.filter(_.follow)
    steps = rows.filter(_.follow).select("row", step=_.fulfilled_by.split(" ")).unnest("step").distinct()
    by = ibis.ifelse(moment.step.isin(["shipped", "product_out", "sold"]), moment.giver, moment.taker)
    came = moment.select("item", "step", "seq", "received_at", "day", by=ibis.coalesce(by, moment.actor))
    came = came.rename(came_item="item", came_seq="seq", came_day="day").semi_join(steps, "step")
    met = told.inner_join(came, [("item", "came_item")]).filter(_.came_seq != _.trigger_seq)
    met = met.filter(_.any_time | (_.came_day >= _.trigger_day - ibis.interval(days=1)))
    met = met.filter((_.owes != "taker") | (_.by == _.party)).semi_join(steps, ["row", "step"])
    first = met.group_by("row", "item", "trigger_seq", "party").agg(
        fulfilled_seq=_.came_seq.argmin(ibis.struct({"at": _.received_at, "seq": _.came_seq})),
        received_at=_.received_at.min(),
    )
    told = told.left_join(first, ["row", "item", "trigger_seq", "party"])
    received = local_day(told.received_at)
    return told.mutate(kind=ibis.literal("follow"), fulfilled_on=received).select(*COLUMNS)
