"""Lies about reporting: late, dated impossibly, told otherwise by the other side, in bulk, copied, or not at all."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np

from suyuan.events import writing
from suyuan.events.shapes import Event
from suyuan.events.uris import BASE, item_uri
from suyuan.identifiers import uscc
from suyuan.simulate.lies.lie import Case, FirmLie, FirmTold, Lie, Told
from suyuan.simulate.lies.occasions import NAMED, Occasion, does, in_one_year, named, regular_until
from suyuan.simulate.lies.telling import another, changed, following, instead, raw, turn, where, who
from suyuan.simulate.lives import Plan, Step
from suyuan.simulate.world import Firm, World

SINGLE = ("outlet-in", "recycler-in", "echelon-in", "yard-out", "outlet-out", "removal")
"""Steps about one battery, told by one firm."""
CUSTODY = ("custody-gap", "double-custody", "received-never-shipped", "shipped-never-received", "taker-differs", "handed-over-without-holding", "two-places-at-once", "impossible-travel")  # fmt: skip


def _one(case: Case, draw: np.random.Generator, *kinds: str) -> Step | None:
    """A step of one of these kinds, long enough before the horizon."""
    there = [kind for kind in kinds if any(step.kind == kind for step in case.steps)]
    return turn(case, there[int(draw.integers(len(there)))], draw) if there else None


def _late(case: Case, draw: np.random.Generator) -> Told | None:
    step = _one(case, draw, "outlet-in", "recycler-in", "scrapped", "sale")
    if step is None:
        return None
    at = step.at + timedelta(days=int(draw.integers(60, 140)), hours=1)
    subject = step.facts.get("code") or step.facts["vin"]
    return Told(instead(case.steps, {id(step): changed(step, reported_at=at)}), (subject,), step.by.uscc)


def _foretold(case: Case, draw: np.random.Generator) -> Told | None:
    step = _one(case, draw, *SINGLE)
    if step is None:
        return None
    at = step.at - timedelta(days=int(draw.integers(3, 40)))
    return Told(
        instead(case.steps, {id(step): changed(step, reported_at=at)}), (step.facts["code"],), step.by.uscc
    )


def _sent_later(case: Case, draw: np.random.Generator) -> Told | None:
    """The giver writes down a day some time after the taker's."""
    sent = _one(case, draw, "outlet-out", "yard-out")
    got = sent and (following(case, sent, "recycler-in") or following(case, sent, "outlet-in"))
    if sent is None or got is None or got.at - sent.at > timedelta(days=10):
        return None
    later = replace(sent, at=got.at + timedelta(days=int(draw.integers(2, 4)), minutes=11))
    if any(
        step.at <= later.at
        for step in case.steps
        if step.kind == "fed" and step.facts["code"] == sent.facts["code"]
    ):
        return None
    return Told(instead(case.steps, {id(sent): later}), (sent.facts["code"],), sent.by.uscc)


def _stranger(like: str, number: int) -> str:
    """A lawful credit code of a firm that nobody registered."""
    body = f"TEZ{number:05d}".replace("Z", "Y")
    first = f"{like[:8]}{body}{uscc.organisation_check(body)}"
    return first + uscc.check_character(first)


def _from_stranger(case: Case, draw: np.random.Generator) -> Told | None:
    """Taken in from a firm that is not on record, of whose having it nobody tells."""
    got = turn(case, "outlet-in", draw)
    if got is None:
        return None
    giver = replace(got.facts["giver"], uscc=_stranger(got.by.uscc, int(draw.integers(10_000))))
    steps = instead(case.steps, {id(got): changed(got, giver=giver)})
    return Told(steps, (got.facts["code"],), got.by.uscc)


def _receipt(step: Step, at: datetime | None = None, place: str = "") -> Event:
    return writing.received(
        items=[item_uri(step.facts["code"])], giver=who(step.facts["giver"]), taker=who(step.by), at=at or step.at,
        place=place or where(step.by),
    )  # fmt: skip


def _at_another(case: Case, draw: np.random.Generator) -> Told | None:
    """What it takes in stands at another recycler's place."""
    got = turn(case, "recycler-in", draw)
    host = another(case.world.recyclers, got.by, draw) if got else None
    if got is None or host is None:
        return None
    event = _receipt(got, place=where(host))
    return Told(
        instead(case.steps, {id(got): raw(got.at, got.by, event)}),
        (got.facts["code"],),
        got.by.uscc,
    )


def _id(draw: np.random.Generator) -> str:
    text = draw.bytes(16).hex()
    return f"urn:uuid:{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:]}"


def _id_again(case: Case, draw: np.random.Generator) -> Told | None:
    """A day later the same id tells of another minute, instead of a correction."""
    got = turn(case, "recycler-in", draw)
    if got is None:
        return None
    known, moved = _id(draw), got.at + timedelta(minutes=int(draw.integers(5, 50)))
    first, second = {**_receipt(got), "eventID": known}, {**_receipt(got, moved), "eventID": known}
    steps = instead(case.steps, {id(got): raw(got.at, got.by, first)})
    return Told([*steps, raw(moved, got.by, second)], (got.facts["code"],), got.by.uscc)


def _told_twice(case: Case, draw: np.random.Generator) -> Told | None:
    got = turn(case, "recycler-in", draw)
    if got is None:
        return None
    events = [{**_receipt(got), "eventID": _id(draw)} for _ in range(2)]
    return Told(
        instead(case.steps, {id(got): raw(got.at, got.by, *events)}), (got.facts["code"],), got.by.uscc
    )


# of firms


def _in_bulk(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold | None:
    """What happened in a year is reported on one day of the next."""
    last = plan.horizon.date()

    def change(step: Step) -> Step:
        day = date(step.at.year + 1, 3, 16)
        return (
            changed(step, reported_at=datetime(day.year, day.month, day.day, 15, 2)) if day < last else step
        )

    return FirmTold(change=change)


def _falls_silent(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold:
    since = plan.horizon - timedelta(days=int(draw.integers(600, 800)))
    return FirmTold(change=lambda step: step if step.at < since else None)


def _never_reports(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold:
    return FirmTold(change=lambda step: None)


def _copies(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold:
    """One state of health for everything that it grades."""
    soh = round(float(draw.uniform(72, 79)), 1)
    return FirmTold(change=lambda step: changed(step, soh=soh) if "soh" in step.facts else step)


def _same_second(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold:
    """A morning's round of the store, all of it in one second."""
    at = (plan.horizon - timedelta(days=int(draw.integers(200, 400)))).replace(hour=9, minute=41, second=17)
    rounds = [
        writing.measured(items=[f"{BASE}/obj/rack-{firm.uscc}-{n:03d}"], remaining_capacity_ah=100 + n, at=at, place=where(firm))
        for n in range(int(draw.integers(24, 40)))
    ]  # fmt: skip
    return FirmTold(extra=[raw(at, firm, event) for event in rounds])


def _at_midnight(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold:
    return FirmTold(change=lambda step: replace(step, at=step.at.replace(hour=0, minute=0, second=0)))


SILENCE = (*CUSTODY, "report-overdue", "reported-late", "silent-party", "told-by-others-only", "storage-too-long", "code-never-made", "fed-not-received", "lot-of-unknown-origin", "batch-without-outputs", "stock-only-grows")  # fmt: skip


def _lie(kind: str, rule: str, needs: str, tell: object, also: tuple[str, ...] = ()) -> Lie:
    return Lie(kind, "reporting", (rule,), also, needs, tell)  # type: ignore[arg-type]


def _firm(
    kind: str,
    rule: str,
    role: str,
    tell: object,
    also: tuple[str, ...] = (),
    occasion: Occasion | None = None,
) -> FirmLie:
    return FirmLie(kind, "reporting", (rule,), also, role, tell, occasion)  # type: ignore[arg-type]


LIES = (
    _lie("reported-late", "reported-late", "", _late),
    _lie("foretold", "dated-after-report", "", _foretold),
    _lie("sent-after-received", "handover-days-differ", "", _sent_later, CUSTODY),
    _lie("from-a-stranger", "giver-unknown", "outlet-in", _from_stranger, CUSTODY),
    _lie("at-anothers-place", "place-of-another", "recycler-in", _at_another, CUSTODY),
    _lie("event-id-again", "event-id-used-twice", "recycler-in", _id_again, CUSTODY),
    _lie("told-twice", "statement-under-two-ids", "recycler-in", _told_twice, CUSTODY),
)
FIRM_LIES = (
    _firm(
        "back-dated-in-bulk",
        "back-dated-in-bulk",
        "dismantler",
        _in_bulk,
        ("reported-late",),
        in_one_year(60),
    ),
    _firm("falls-silent", "silent-party", "recycler", _falls_silent, SILENCE, regular_until(800, 600)),
    _firm("never-reports", "told-by-others-only", "outlet", _never_reports, SILENCE, named(NAMED)),
    _firm(
        "copies-readings",
        "copied-readings",
        "echelon-user",
        _copies,
        occasion=does(24, "echelon-product", until=timedelta(days=20)),
    ),
    _firm("same-second", "same-second", "dismantler", _same_second),
    _firm("midnight-only", "midnight-only", "outlet", _at_midnight, occasion=does(30)),
)
