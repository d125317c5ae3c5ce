"""What counts: entries up to the moment asked for, corrected, each statement once.

- An event is void where the one who said it declared it wrong (see `_declared`; an event of the same id with an error
  declaration, whether recorded before or after it). Another party's declaration voids nothing: it stays visible as a contradiction.
- A declaration counts from the entry that records it: as recorded up to an earlier one, the event stands.
- A declaration is no happening itself; corrective events stand for themselves, whether named or not.
- The same statement (equal event hash) under the same id counts once, its first record. Another statement
  under a used id stands beside it: a rule tells the conflict.
- Of master data, the row valid last (by day, then by record) wins; a view asks for it by `latest_master`.

Parties named by GLN become their USCC where master data tie the two; a party named by its place (an own
location, or a GLN of which master data know the owner) likewise. `actor` is who did it, as far as it can be told.
"""

from dataclasses import fields, replace
from functools import reduce
from operator import or_

import ibis
from ibis import _

from suyuan.views.tables import AsOf, Keep, Tables, as_it_is

GLN = r"^https://id\.gs1\.org/41[0-9]/([0-9]{13})"
OWN_PLACE = r"^([0-9A-HJ-NPQRTUWXY]{18})/"
BESIDE = tuple(field.name for field in fields(Tables) if field.name not in ("event", "master"))
"""The tables beside `event`."""
NOBODY = "operator"
"""The submitting party of a workspace whose operator gave no credit code."""


def known(tables: Tables, as_of: AsOf) -> Tables:
    """The tables as they were at a moment: applied once, before everything else, so that every view answers for it.

    Of what was on record, what had happened up to the day. A declaration counts whenever it was made, as it
    speaks of the record and not of the day.
    """
    event, master = tables.event, tables.master
    if as_of.recorded_up_to is not None:
        event = event.filter(_.seq < as_of.recorded_up_to)
        master = master.filter(_.seq < as_of.recorded_up_to)
    if as_of.day is not None:
        event = event.filter(_.declares_error | (_.local_day <= as_of.day))
        master = master.filter(_.valid_from.isnull() | (_.valid_from <= as_of.day))
    return replace(tables, event=event, master=master)


def effective(tables: Tables, keep: Keep = as_it_is) -> Tables:
    """The tables reduced to what counts; events with `actor` and the other parties told beside their columns."""
    master = tables.master
    aliases = keep("alias", _aliases(master))
    event = keep("effective_event", _told(_once(_not_void(tables.event.drop("beyond"))), aliases))
    beside = {
        name: keep(f"effective_{name}", getattr(tables, name).semi_join(event, "seq")) for name in BESIDE
    }
    known = _resolved(master, aliases, "id", "told")
    known = known.mutate(id=ibis.ifelse(_.type == "party", _.told, _.id)).drop("told")
    return replace(tables, event=event, master=keep("effective_party", known), **beside)


def voided(tables: Tables) -> ibis.Table:
    """item, seq, event_id, declared_seq, declared_by, reason, declared_at, counts: events declared wrong, by item.

    `counts` is false for the declaration of a party that did not say it: it voids nothing.
    """
    items = tables.event_item.select("seq", "item").distinct()
    return (
        _declared(tables.event)
        .inner_join(items, "seq")
        .select(
            "item",
            "seq",
            "event_id",
            "declared_seq",
            "declared_by",
            "reason",
            "declared_at",
            "counts",
        )
    )


def _declared(event: ibis.Table) -> ibis.Table:
    """Events of which another declares that they are wrong; `counts`: by the one who said it, whoever sent it in.

    That is who submitted it, on whose behalf it was submitted, and of a shipping the giver: the taker may have sent the
    giver's event along before the giver did.
    """
    wrong = event.filter(_.declares_error).select(
        wrong_id="event_id",
        declared_seq="seq",
        declared_by="party",
        reason="error_reason",
        declared_at="recorded_at",
    )
    stated = event.filter(~_.declares_error).select(
        "seq", "event_id", "party", "reporter", "giver", "biz_step"
    )
    met = stated.inner_join(wrong, [("event_id", "wrong_id")])
    by_giver = (met.biz_step == "shipping") & (met.declared_by == met.giver)
    return met.mutate(
        counts=(met.declared_by == met.party)
        | (met.declared_by == met.reporter).fill_null(False)
        | by_giver.fill_null(False)
    )


def latest_master(master: ibis.Table) -> ibis.Table:
    """Of master data the value in force of every attribute: valid last, then recorded last."""
    order = ibis.window(group_by=["type", "id", "attribute"], order_by=[ibis.desc("day"), ibis.desc("seq")])
    dated = master.mutate(day=_.valid_from.fill_null(ibis.date("0001-01-01")))
    ranked = dated.mutate(n=ibis.row_number().over(order))
    return ranked.filter(_.n == 0).select("type", "id", "attribute", "value", "seq")


def _not_void(event: ibis.Table) -> ibis.Table:
    void = _declared(event).filter(_.counts).select(void="seq")
    return event.filter(~_.declares_error).anti_join(void, [("seq", "void")])


def _once(event: ibis.Table) -> ibis.Table:
    # few statements come twice: they are found by a number each, before any text is sorted
    told = event.select("seq", "event_id", "statement", number=_.statement.hash())
    again = told.group_by(twice="number").agg(times=_.seq.count()).filter(_.times > 1)
    first = ibis.window(group_by=["event_id", "statement"], order_by="seq")
    later = (
        told.filter(_.number.isin(again.twice)).mutate(nth=ibis.row_number().over(first)).filter(_.nth > 0)
    )
    return event.anti_join(later.select(later="seq"), [("seq", "later")])


def _aliases(master: ibis.Table) -> ibis.Table:
    """name (a GLN of 13 digits, a URI, a place) → USCC, from master data of parties and of places."""
    facts = latest_master(master)
    usccs = facts.filter(_.attribute.isin(["uscc", "party", "owner", "operator"]))
    by_uscc = usccs.select(name=_plain(_.id), uscc=_.value, rank=0, seq=_.seq)
    glns = facts.filter(_.attribute.isin(["gln", "pgln", "sgln"]))
    own = glns.mutate(uscc=ibis.coalesce(_found(_.id, OWN_PLACE), _.id))
    by_gln = own.select(name=_plain(_.value), uscc=_.uscc, rank=1, seq=_.seq)
    both = by_uscc.union(by_gln).filter(_.name != _.uscc)
    # a GLN that two masters give to different parties goes to the one recorded last
    order = ibis.window(group_by="name", order_by=["rank", ibis.desc("seq")])
    return both.mutate(n=ibis.row_number().over(order)).filter(_.n == 0).select("name", "uscc")


def _found(text: ibis.Value, pattern: str) -> ibis.Value:
    """The first group of the pattern, null where it does not match."""
    # patterns are slow: only texts that begin or are cut as the pattern wants are put to it
    may_fit = text.startswith("https://id.gs1.org/41") if pattern == GLN else text.substr(18, 1) == "/"
    return ibis.ifelse(may_fit, text.re_extract(pattern, 1).nullif(""), ibis.null("string"))


def _plain(name: ibis.Value) -> ibis.Value:
    """A party or place without what differs between its spellings: of GS1 keys the GLN."""
    return ibis.coalesce(_found(name, GLN), name)


def _told(event: ibis.Table, aliases: ibis.Table) -> ibis.Table:
    """Event columns of parties told as USCC where that is possible; places also as the party whose place it is."""
    for column in ("giver", "taker", "owner_from", "owner_to", "reporter"):
        event = _resolved(event, aliases, column, column)
    places = {"read_point": "at", "biz_location": "then_at", "place_from": "from_site", "place_to": "to_site"}
    for column, name in places.items():
        event = _resolved(event, aliases, column, f"{name}_party", place=True)
    event = event.mutate(submitter=_.party.nullif(NOBODY))
    event = event.mutate(
        from_party=ibis.coalesce(_.giver, _.from_site_party, _.owner_from),
        to_party=ibis.coalesce(_.taker, _.to_site_party, _.owner_to),
        actor=ibis.coalesce(_.at_party, _.then_at_party, _.reporter, _.submitter),
        where=ibis.coalesce(_.biz_location, _.read_point),
    )
    return event.mutate(received_at=_received_at(event))


def _received_at(event: ibis.Table) -> ibis.Value:
    """When it was reported: recorded here, or in the register that it was brought over from (decision 0014).

    Only somebody who is no party to the event brings it over; who reports his own doings cannot say when he did.
    """
    own = reduce(
        or_, [(event.submitter == event[party]).fill_null(False) for party in ("actor", "from_party", "to_party", "reporter")]
    )  # fmt: skip
    brought = event.record_time.notnull() & ~own & (event.record_time <= event.recorded_at)
    return ibis.ifelse(brought, event.record_time, event.recorded_at)


def _resolved(
    event: ibis.Table, aliases: ibis.Table, column: str, name: str, *, place: bool = False
) -> ibis.Table:
    known = aliases.rename(known_as="name")
    joined = event.left_join(known, _plain(event[column]) == known.known_as)
    # an own place names its party; of a foreign one only master data know whose it is
    otherwise = _found(joined[column], OWN_PLACE) if place else joined[column]
    return joined.mutate(**{name: ibis.coalesce(joined.uscc, otherwise)}).drop("known_as", "uscc")
