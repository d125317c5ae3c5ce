"""Duties as people are told them: sums by party and duty; of one party, what is missing or late.

Expressions over the tables that judging keeps, worded by whoever runs them: `duty` of `rules.duties`, and the rows of law beside.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import ibis
from ibis import _

from suyuan.reports.findings import clause
from suyuan.rules.duties import Status, stood
from suyuan.terms.citation import NOT_VERIFIED
from suyuan.terms.sentence import Lang, Sentence

KEPT = "judged"
"""The schema in which judging keeps its tables."""
STATUSES: Mapping[Status, Sentence] = {
    "overdue": Sentence(zh="逾期未报", en="overdue"),
    "late": Sentence(zh="迟报", en="late"),
    "due-in": Sentence(zh="未到期", en="not due yet"),
    "on-time": Sentence(zh="按时", en="on time"),
}
_DUTY = {
    "duty": "string", "row": "string", "kind": "string", "role": "string", "item": "string", "party": "string",
    "trigger_seq": "int64", "trigger_day": "date", "due": "date", "fulfilled_seq": "int64", "fulfilled_on": "date",
}  # fmt: skip
_LAW = {"table": "string", "field": "string", "text": "string", "row": "string", "cites": "string", "verified": "boolean"}  # fmt: skip


def _kept(name: str, schema: Mapping[str, str]) -> ibis.Table:
    return ibis.table(schema, name=name, database=KEPT)


def duties_on(day: date, party: str | None = None, statuses: Iterable[str] = ()) -> ibis.Table:
    """Duties as they stand on `day`, with `status` and `days`."""
    duty = _kept("duty", _DUTY)
    if party is not None:
        duty = duty.filter(_.party == party)
    told = stood(duty, ibis.literal([day], type="array<date>").unnest().name("asked_day").as_table())
    wanted = list(statuses)
    return told.filter(_.status.isin(wanted)) if wanted else told


def summed(day: date, party: str | None = None, statuses: Iterable[str] = ()) -> ibis.Table:
    """One row a party and row of law: how many duties stand how, the oldest day due that is missed."""
    told = duties_on(day, party, statuses)
    sums = told.group_by("party", "role", "duty", "row").agg(
        duties=_.count(),
        overdue=_count("overdue"),
        late=_count("late"),
        not_due=_count("due-in"),
        on_time=_count("on-time"),
        days_most=_.days.max(where=_.status.isin(["late", "overdue"])),
        oldest_due=_.due.min(where=_.status == "overdue"),
    )
    return _with_words(sums).order_by(
        ibis.desc("overdue"), ibis.desc("late"), ibis.desc("duties"), "party", "duty", "row"
    )


def _count(status: Status) -> Any:
    return (
        (_.status == status).sum().cast("int64")
    )  # the engine sums truths to a number too wide for programs


def listed(day: date, party: str | None, statuses: Iterable[str]) -> ibis.Table:
    """One row a duty, the most pressing first."""
    told = _with_words(duties_on(day, party, statuses))
    order = ibis.cases((told.status == "overdue", 0), (told.status == "late", 1), (told.status == "due-in", 2), else_=3)  # fmt: skip
    return told.mutate(n=order).order_by("n", "due", "duty", "item", "trigger_seq").drop("n")


def _with_words(told: ibis.Table) -> ibis.Table:
    """The names of the row of law in both languages, its clause, and whether somebody has read it."""
    law = _kept("law", _LAW).filter(_.table == "duty")
    words = law.group_by(law_row="row").agg(
        zh=_.text.max(where=_.field == "zh"),
        en=_.text.max(where=_.field == "en"),
        cites=_.cites.min(),
        verified=_.verified.all(),
    )
    return told.left_join(words, [("row", "law_row")]).drop("law_row")


def missing(day: date, party: str, statuses: Iterable[str]) -> ibis.Table:
    """What one party has not reported, with what the entry that founded the duty says: for filling in a form beforehand."""
    told = duties_on(day, party, statuses).filter(_.kind == "follow")
    moment = _kept("moment", {"item": "string", "seq": "int64", "giver": "string", "actor": "string", "model": "string"})  # fmt: skip
    said = moment.group_by("item", "seq").agg(giver=_.giver.min(), actor=_.actor.min(), model=_.model.min())
    told = told.left_join(said.rename(of_item="item", of_seq="seq"), [("item", "of_item"), ("trigger_seq", "of_seq")])  # fmt: skip
    thing = _kept("thing", {"item": "string", "kind": "string", "letter": "string", "code_day": "date", "kg": "float64"})  # fmt: skip
    thing = thing.rename(of="item", thing="kind")
    told = told.left_join(thing, [("item", "of")])
    law = _kept("law", _LAW).filter((_.table == "duty") & (_.field == "form"))
    forms = law.select(of_row="row", form="text").distinct()
    told = told.left_join(forms, [("row", "of_row")])
    told = told.select(
        "duty", "row", "item", "thing", "letter", "code_day", "kg", "giver", "actor", "model", "trigger_seq", "trigger_day",
        "due", "status", "days", "form",
    )  # fmt: skip
    return _with_words(told).order_by("form", "due", "item", "trigger_seq")


def in_words(
    rows: Iterable[Mapping[str, Any]], names: Mapping[str, str], lang: Lang
) -> Iterator[dict[str, Any]]:
    """Rows of `listed` for people and programs."""
    for row in rows:
        yield {
            "party": row["party"],
            "name": names.get(row["party"], ""),
            "role": row["role"],
            "item": row["item"],
            "duty": row["duty"],
            "what": row["zh" if lang == "zh" else "en"],
            "since": row["trigger_day"],
            "due": row["due"],
            "status": row["status"],
            "days": row["days"],
            "received_on": row["fulfilled_on"],
            "clause": clause(row["cites"], lang),
            "verified": row["verified"],
            "remark": "" if row["verified"] else NOT_VERIFIED.show(lang),
            "row": row["row"],
            "entry": row["trigger_seq"],
            "fulfilled_by": row["fulfilled_seq"],
        }


def sums_in_words(
    rows: Iterable[Mapping[str, Any]], names: Mapping[str, str], lang: Lang
) -> Iterator[dict[str, Any]]:
    """Rows of `summed` for people and programs."""
    for row in rows:
        yield {
            "party": row["party"],
            "name": names.get(row["party"], ""),
            "role": row["role"],
            "duty": row["duty"],
            "what": row["zh" if lang == "zh" else "en"],
            "duties": int(row["duties"]),
            "overdue": int(row["overdue"]),
            "late": int(row["late"]),
            "not_due": int(row["not_due"]),
            "on_time": int(row["on_time"]),
            "days_most": row["days_most"],
            "oldest_due": row["oldest_due"],
            "clause": clause(row["cites"], lang),
            "verified": row["verified"],
            "remark": "" if row["verified"] else NOT_VERIFIED.show(lang),
            "row": row["row"],
        }
