"""Rules of reporting: what a firm tells altogether. In bulk and backwards, the same figures again and again, or nothing any more."""

import ibis
from ibis import _

from suyuan.rules.choosing import first_of, threshold
from suyuan.rules.facts import Facts
from suyuan.rules.rule import Severity, rule
from suyuan.terms.sentence import Sentence
from suyuan.views.days import local_day, local_time

REPORTERS = (
    "battery-maker", "vehicle-maker", "importer", "swap-operator", "after-sales", "outlet", "dismantler", "echelon-user",
    "re-maker", "recycler",
)  # fmt: skip
"""Roles that owe reports of their own."""
ONE_BY_ONE = ("receiving", "collecting", "accepting", "removing", "replacing", "inspecting", "shipping")
"""Steps in which things are handled one by one; what is made or fed comes in charges."""
MIDNIGHT_SHIFT = 8 * 3600
DAY = 86_400


def reported(facts: Facts) -> ibis.Table:
    """party, on, events, since, until, midnights, seq: what a firm's events are that were reported on a day, where that day is known.

    Of what an operator brought over without a time of record nobody can say when it was reported.
    """
    event = facts.counted.event.filter(_.actor.notnull())
    told = event.select(
        party="actor",
        on=local_day(event.received_at),
        day="local_day",
        seq="seq",
        sure=event.record_time.notnull() | event.submitter.notnull(),
        midnight=(event.occurred_at.epoch_seconds() + MIDNIGHT_SHIFT) % DAY == 0,
    )
    told = told.group_by("party", "on").agg(
        events=_.seq.count(), since=_.day.min(), until=_.day.max(), midnights=_.midnight.sum(), sure=_.sure.all(),
        seq=_.seq.max(),
    )  # fmt: skip
    return facts.keep("reported_day", told)


def _reporters(facts: Facts) -> ibis.Table:
    """firm: firms registered with a role that owes reports."""
    return facts.party_role.filter(_.role.isin(REPORTERS)).select(firm="party").distinct()


def _named(facts: Facts) -> ibis.Table:
    """named, seq, day, actor: hand-overs told by another than the firm named."""
    told = facts.moment.filter(_.step.isin(["shipped", "received", "collected", "product_out"]))
    told = told.filter(~_.kind.isin(["cell", "module"]))
    of_taker = told.select(named="taker", seq="seq", day="day", actor="actor", received_day="received_day")
    of_giver = told.select(named="giver", seq="seq", day="day", actor="actor", received_day="received_day")
    return of_taker.union(of_giver).filter(_.named.notnull() & (_.named != _.actor))


@rule(
    "back-dated-in-bulk",
    family="reporting",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#16", "suyuan-assumptions#reporting"),
    title=Sentence(zh="集中补录、倒填日期", en="back-dated in bulk"),
    sentence=Sentence(
        zh="{party} 在 {day} 一天内报送了 {since} 至 {until} 的 {events} 条事件，均已迟报很久",
        en="{party} reported {events} events of {since} to {until} on one day, {day}, all of them long after",
    ),
    remedy=Sentence(
        zh="提供原始单据；今后随发随报", en="show the papers of the time; report as things happen"
    ),
    scope="party",
    law=("threshold",),
)
def back_dated_in_bulk(facts: Facts) -> ibis.Table:
    """A firm reports as things happen, and not months of them in one day."""
    days = reported(facts).filter(_.sure)
    days = threshold(
        facts, days, least="reporting.bulk-events", late="reporting.bulk-late-days", span="reporting.bulk-span-days"
    )  # fmt: skip
    days = days.filter((_.events >= _.least) & (_.on.delta(_.since, unit="day") > _.late + _.span))
    event = facts.counted.event.select("seq", "actor", day="local_day", on=local_day(_.received_at))
    told = event.inner_join(days.drop("seq", "since", "until", "events"), [("actor", "party"), ("on", "on")])
    told = told.filter(_.on.delta(_.day, unit="day") > _.late)
    # vehicles built before the system began were to be told afterwards, within a year
    began = facts.law.filter(_.table == "regime").agg(began=_.since.min())
    told = told.cross_join(began).filter(_.day >= _.began)
    told = told.group_by("actor", "on").agg(
        events=_.seq.count(), since=_.day.min(), until=_.day.max(), entries=_.seq.collect(), row=_.row.min(),
        least=_.least.max(), span=_.span.max(),
    )  # fmt: skip
    told = told.filter((_.events >= _.least) & (_.until.delta(_.since, unit="day") >= _.span))
    return told.select(
        subject="actor", party="actor", day="on", entries="entries", row="row", events="events", since="since",
        until="until", root=_.actor + "/bulk",
    )  # fmt: skip


@rule(
    "silent-party",
    family="reporting",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#16", "suyuan-assumptions#reporting"),
    title=Sentence(zh="曾正常报送、后来停报", en="gone silent"),
    sentence=Sentence(
        zh="{party} 曾在 {months} 个月里报送，{day} 之后再无报送，他方此后仍 {named} 次提到它",
        en="{party} reported in {months} months and nothing since {day}; others name it {named} times since",
    ),
    remedy=Sentence(zh="联系该企业补报", en="ask the firm to report"),
    scope="party",
    law=("threshold",),
)
def silent_party(facts: Facts) -> ibis.Table:
    """Who reported regularly does not fall silent while others go on naming him."""
    firms = reported(facts).group_by("party").agg(
        months=_.on.truncate("month").nunique(), last=_.on.max(), last_until=_.until.max(), last_seq=_.seq.argmax(_.on)
    )  # fmt: skip
    firms = threshold(
        facts, firms, given="reporting.named-days", times="reporting.named-times", regular="reporting.regular-months",
        silent="reporting.silent-days",
    ).cross_join(facts.day())  # fmt: skip
    firms = firms.filter((_.months >= _.regular) & (_.asked_day.delta(_.last, unit="day") > _.silent))
    since = _named(facts).inner_join(firms, [("named", "party")])
    since = since.filter((_.day > _.last_until) & (_.asked_day.delta(_.day, unit="day") > _.given))
    told = since.group_by(firm=_.named).agg(
        named=_.seq.nunique(), months=_.months.max(), last=_.last.max(), row=_.row.min(),
        entries=_.seq.collect(), last_seq=_.last_seq.max(), times=_.times.max(),
    )  # fmt: skip
    told = told.filter(_.named >= _.times)
    return told.select(
        subject="firm", party="firm", day="last", entries=told.entries.concat(ibis.array([told.last_seq])).unique(), row="row",
        named="named", months="months",
        root=_.firm + "/silent",
    )  # fmt: skip


@rule(
    "told-by-others-only",
    family="reporting",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#7", "order-73-2026#article-24", "suyuan-assumptions#reporting"),
    title=Sentence(zh="只有他方报送、自己从未报送", en="told of by others only"),
    sentence=Sentence(
        zh="{party} 已登记，他方 {named} 次报送与它的交接，它自己从未报送",
        en="{party} is registered and named in {named} hand-overs told by others; it never reported anything itself",
    ),
    remedy=Sentence(zh="督促其报送", en="have it report"),
    scope="party",
    law=("threshold",),
)
def told_by_others_only(facts: Facts) -> ibis.Table:
    """Who takes part and owes reports, reports."""
    firms = _reporters(facts).anti_join(_heard(facts), [("firm", "party")])
    named = _named(facts).inner_join(firms, [("named", "firm")]).cross_join(facts.day())
    named = threshold(facts, named, given="reporting.named-days")
    named = named.filter(_.asked_day.delta(_.day, unit="day") > _.given)
    told = named.group_by(firm=_.named).agg(
        named=_.seq.nunique(), day=_.day.min(), entries=_.seq.collect().unique()
    )
    told = threshold(facts, told, bound="reporting.named-times").filter(_.named >= _.bound)
    return told.select(
        subject="firm",
        party="firm",
        day="day",
        entries="entries",
        row="row",
        named="named",
        root=_.firm + "/silent",
    )


def _heard(facts: Facts) -> ibis.Table:
    """party: everybody of whom an event is on record, done or submitted."""
    submitted = facts.counted.event.filter(_.submitter.notnull()).select(party="submitter").distinct()
    return reported(facts).select("party").distinct().union(submitted).distinct()


@rule(
    "registered-never-reported",
    family="reporting",
    severity=Severity.NOTE,
    cites=("provisions-2018-35#7", "suyuan-assumptions#reporting"),
    title=Sentence(zh="登记已久、从未报送", en="registered, and never reported"),
    sentence=Sentence(
        zh="{party} 自 {day} 起登记，从未报送，也没有他方提到它",
        en="{party} is registered since {day}, never reported, and nobody names it",
    ),
    remedy=Sentence(zh="核查其是否仍在经营", en="inspect whether it is in business"),
    scope="party",
    law=("threshold",),
)
def registered_never_reported(facts: Facts) -> ibis.Table:
    """Who is registered with a role that reports has something to report sooner or later."""
    firms = facts.party.filter(_.listed_from.notnull()).inner_join(_reporters(facts), [("party", "firm")])
    firms = firms.filter(_.listed_to.isnull()).cross_join(facts.day())
    firms = threshold(facts, firms, bound="reporting.never-days")
    firms = firms.filter(_.asked_day.delta(_.listed_from, unit="day") > _.bound)
    named = _named(facts).select("named").distinct()
    firms = firms.select("party", "listed_from", "master_seq", "row")
    silent = firms.anti_join(_heard(facts), "party").anti_join(named, [("party", "named")])
    return silent.select(
        subject="party", party="party", day="listed_from", entries=ibis.array([silent.master_seq]), row="row",
        root=_.party + "/silent",
    )  # fmt: skip


@rule(
    "midnight-only",
    family="reporting",
    severity=Severity.NOTE,
    cites=("provisions-2018-35#16", "suyuan-assumptions#reporting"),
    title=Sentence(zh="事件时间全为零点", en="all times are midnight"),
    sentence=Sentence(
        zh="{party} 的 {events} 条事件时间全是零点，可见只记了日期",
        en="all {events} events of {party} happened at midnight: only the day was taken down",
    ),
    remedy=Sentence(zh="报送到分钟的时间", en="report times to the minute"),
    scope="party",
    law=("threshold",),
)
def midnight_only(facts: Facts) -> ibis.Table:
    """Things happen at hours of the day."""
    firms = reported(facts).group_by("party").agg(
        events=_.events.sum(), midnights=_.midnights.sum(), day=_.on.max(), entries=_.seq.collect()
    )  # fmt: skip
    firms = threshold(facts, firms, bound="reporting.midnight-events")
    firms = firms.filter((_.events >= _.bound) & (_.midnights == _.events))
    return firms.select(
        subject="party",
        party="party",
        day="day",
        entries="entries",
        row="row",
        events="events",
        root=_.party + "/times",
    )


@rule(
    "same-second",
    family="reporting",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#16", "suyuan-assumptions#reporting"),
    title=Sentence(zh="大量事件时间分秒不差", en="many events in one and the same second"),
    sentence=Sentence(
        zh="{party} 有 {events} 条逐件办理的事件（{step}）都发生在 {at}",
        en="{events} events of {party} in which things are handled one by one ({step}) happened at {at}",
    ),
    remedy=Sentence(zh="按实际时间更正", en="correct them to the real times"),
    scope="party",
    law=("threshold",),
)
def same_second(facts: Facts) -> ibis.Table:
    """Things that are handled one by one are not all handled in one second."""
    event = facts.counted.event.filter(_.biz_step.isin(ONE_BY_ONE) & _.actor.notnull())
    event = event.filter((_.occurred_at.epoch_seconds() + MIDNIGHT_SHIFT) % DAY != 0)
    event = facts.keep("one_by_one", event.select("actor", "biz_step", "occurred_at", "seq"))
    many = event.group_by("actor", "biz_step", "occurred_at").agg(events=_.seq.count())
    many = threshold(facts, many, bound="reporting.same-instant-items").filter(_.events >= _.bound)
    told = event.inner_join(many, ["actor", "biz_step", "occurred_at"])
    told = told.group_by("actor", "biz_step", "occurred_at").agg(
        events=_.events.max(), entries=_.seq.collect(), row=_.row.min()
    )
    return told.select(
        subject="actor", party="actor", day=local_day(told.occurred_at), entries="entries", row="row", step="biz_step",
        at=local_time(told.occurred_at).strftime("%Y-%m-%d %H:%M:%S"), events="events", root=_.actor + "/times",
    )  # fmt: skip


@rule(
    "copied-readings",
    family="reporting",
    severity=Severity.WARNING,
    cites=("gbt-34015-2017#test", "suyuan-assumptions#reporting"),
    title=Sentence(zh="测量值雷同", en="readings copied"),
    sentence=Sentence(
        zh="{party} 的 {readings} 个读数（{what}）中 {same} 个完全相同：{value}",
        en="{same} of {readings} readings ({what}) of {party} are the same: {value}",
    ),
    remedy=Sentence(zh="提供检测原始记录", en="show the records of the measurements"),
    scope="party",
    law=("threshold",),
)
def copied_readings(facts: Facts) -> ibis.Table:
    """What is measured of different things differs."""
    read = facts.counted.event_reading.filter(_.type == "sy:StateOfHealth").select(
        "seq", "value", what=ibis.literal("StateOfHealth")
    )
    said = facts.counted.event_measure.filter(_.part.isnull())
    graded = said.filter(_.word == "gradedStateOfHealth_percent").select(
        "seq", "value", what=ibis.literal("StateOfHealth")
    )
    weighed = said.filter((_.holder == "event") & (_.word == "mass_kg")).select(
        "seq", "value", what=ibis.literal("mass_kg")
    )
    # a new battery is at a hundred percent, and may all be so
    told = read.union(graded).filter(_.value < 100).union(weighed).filter(_.value.notnull())
    event = facts.counted.event.filter(_.actor.notnull()).select("seq", "actor")
    told = told.inner_join(event, "seq")
    counted = told.group_by("actor", "what", "value").agg(same=_.seq.nunique())
    counted = counted.mutate(readings=_.same.sum().over(ibis.window(group_by=["actor", "what"])))
    counted = first_of(counted, "actor", "what", order=[ibis.desc("same"), "value"])
    counted = threshold(facts, counted, least="reporting.copied-items", bound="reporting.copied-share")
    counted = counted.filter((_.same >= _.least) & (_.same >= _.readings * _.bound)).drop("least", "bound")
    proof = told.inner_join(counted, ["actor", "what", "value"])
    items = facts.counted.event_item.filter(~_.kind.isin(["lot", "vehicle"])).select("seq", "item")
    proof = proof.inner_join(items, "seq")
    # packs of one model may weigh the same: kind, chemistry and specification of the code tell models apart
    proof = proof.group_by("actor", "what", "value").agg(
        same=_.same.max(), readings=_.readings.max(), row=_.row.min(), models=_.item.substr(3, 4).nunique(),
        entries=_.seq.collect().unique(), last=_.seq.max(),
    )  # fmt: skip
    proof = proof.filter((_.what != "mass_kg") | (_.models > 1))
    when = facts.counted.event.select(of="seq", day="local_day")
    proof = proof.inner_join(when, [("last", "of")])
    return proof.select(
        subject="actor", party="actor", day="day", entries="entries", row="row", what="what", value="value", same="same",
        readings="readings", root=_.actor + "/readings",
    )  # fmt: skip


@rule(
    "corrections-in-bulk",
    family="reporting",
    severity=Severity.NOTE,
    cites=("provisions-2018-35#16", "suyuan-assumptions#reporting"),
    title=Sentence(zh="短期内大量更正", en="corrections in bulk"),
    sentence=Sentence(
        zh="{party} 在 {since} 至 {day} 间更正了 {events} 条已报送的事件",
        en="{party} declared {events} events wrong between {since} and {day}",
    ),
    remedy=Sentence(zh="说明更正原因", en="give the reason of the corrections"),
    scope="party",
    law=("threshold",),
)
def corrections_in_bulk(facts: Facts) -> ibis.Table:
    """What is on record is not rewritten by the dozen."""
    told = facts.views["voided"].filter(_["counts"] & _.declared_by.notnull())
    told = told.group_by("declared_by", "seq").agg(
        on=local_day(_.declared_at.min()), declared_seq=_.declared_seq.min()
    )
    days = told.group_by("declared_by", "on").agg(events=_.seq.nunique())
    ends = days.select(by="declared_by", until="on")
    ends = threshold(facts, ends, span="reporting.corrections-days").drop("row")
    spans = ends.inner_join(days, [ends.by == days.declared_by, ends.until >= days.on])
    spans = spans.filter(_.until.delta(_.on, unit="day") < _.span)
    spans = spans.group_by("by", "until").agg(events=_.events.sum(), since=_.on.min())
    spans = threshold(facts, spans, bound="reporting.corrections").filter(_.events >= _.bound)
    spans = first_of(spans, "by", order=[ibis.desc("events"), "until"])
    proof = spans.inner_join(told, [("by", "declared_by")]).filter((_.on >= _.since) & (_.on <= _.until))
    return proof.group_by(subject=_.by).agg(
        party=_.by.min(), day=_.until.max(), since=_.since.min(), events=_.events.max(), row=_.row.min(),
        entries=_.seq.collect().concat(_.declared_seq.collect()).unique(), root=(_.by + "/corrections").min(),
    )  # fmt: skip


@rule(
    "event-id-used-twice",
    family="reporting",
    severity=Severity.WARNING,
    cites=("epcis-2.0#event-id",),
    title=Sentence(zh="同一事件编号内容不同", en="one event id, two contents"),
    sentence=Sentence(
        zh="事件编号 {event_id} 先后用于两个不同的陈述（{party}）",
        en="event id {event_id} stands for two different statements ({party})",
    ),
    remedy=Sentence(
        zh="以更正声明替代改写", en="declare the earlier one wrong instead of telling it anew under its id"
    ),
)
def event_id_used_twice(facts: Facts) -> ibis.Table:
    """An id names one statement."""
    return _told_twice(facts, "event_id", "statement")


@rule(
    "statement-under-two-ids",
    family="reporting",
    severity=Severity.NOTE,
    cites=("epcis-2.0#event-id",),
    title=Sentence(zh="同一陈述重复编号", en="one statement under two ids"),
    sentence=Sentence(
        zh="{party} 的同一陈述以两个编号重复报送",
        en="the same statement of {party} stands under two ids",
    ),
    remedy=Sentence(zh="撤回重复的一条", en="take one of them back"),
)
def statement_under_two_ids(facts: Facts) -> ibis.Table:
    """What happened once is told once."""
    return _told_twice(facts, "statement", "event_id")


def _told_twice(facts: Facts, same: str, other: str) -> ibis.Table:
    """Entries with the same value in one column and different ones in the other; the subject is a thing that they name."""
    event = facts.counted.event.filter(_.event_id != _.statement)
    # numbers are grouped faster than long texts; equal texts are what is compared in the end
    often = event.select("seq", mark=event[same].hash())
    often = often.group_by("mark").agg(n=_.seq.count()).filter(_.n > 1)
    told = event.select("seq", "actor", "local_day", "event_id", "statement", mark=event[same].hash())
    told = told.semi_join(often, "mark")
    told = told.group_by(value=told[same]).agg(
        different=told[other].nunique(), entries=_.seq.collect(order_by=_.seq), last=_.seq.max(), event_id=_.event_id.min()
    )  # fmt: skip
    told = told.filter(_.different > 1)
    who = facts.counted.event.select(of="seq", party="actor", day="local_day")
    told = told.inner_join(who, [("last", "of")])
    things = facts.counted.event_item.select(named_in="seq", item="item", kind="kind")
    things = things.semi_join(told, [("named_in", "last")])
    things = things.group_by("named_in").agg(
        item=_.item.argmin(ibis.cases((_.kind == "pack", 0), (_.kind == "vehicle", 1), else_=2))
    )
    told = told.inner_join(things, [("last", "named_in")])
    return told.select(subject="item", party="party", day="day", entries="entries", event_id="event_id")
