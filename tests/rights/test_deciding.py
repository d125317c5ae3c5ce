"""Every role × verb × scope × object against the sentences: no cell may differ."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.rights.sentences import ALL_VERBS, SAID, allowed, words

from suyuan.rights.deciding import may, rights, role, scopes, verb
from suyuan.rights.principal import PUBLIC, Principal, Thing
from suyuan.rights.things import of_event
from suyuan.rights.words import Role, Scope, Verb
from suyuan.terms.instants import parse_instant

NOW = parse_instant("2026-05-01T08:00:00Z")
ME, OTHER, THIRD = "91610100TEB000010E", "91370100TEC000020M", "91510100TEF0000180"
GLN = "https://id.gs1.org/417/9520123456788"
FOREIGN = {"party": OTHER, "giver": OTHER, "taker": THIRD}
AREAS = {THIRD: ["610502"], "moved": ["440300", "610100"]}

OBJECTS: list[dict[str, Any]] = [
    {"party": ME},
    *({"party": OTHER, column: ME} for column in ("reporter", "giver", "owner_from")),
    *({"party": OTHER, column: f"{ME}/yard-1"} for column in ("read_point", "biz_location", "place_from")),
    *({"party": OTHER, column: ME} for column in ("taker", "owner_to")),
    {"party": OTHER, "place_to": f"{ME}/yard-1"},
    {"party": OTHER, "taker": GLN},
    {"party": OTHER, "giver": GLN},
    FOREIGN,
    {"party": OTHER, "taker": "moved"},
    {"party": OTHER, "reporter": "91610502TEH000011N"},
    {"party": OTHER, "giver": "91611000TEH000011N"},
    {"party": OTHER, "place_to": GLN},
    # near misses: a longer code, a place of somebody whose code begins like mine
    {"party": OTHER, "giver": ME + "X", "read_point": f"{ME}X/yard-1", "place_to": f"{ME}X"},
    {"party": OTHER},
    {},
]
ENDS = {"none": None, "later": NOW + timedelta(days=1), "now": NOW, "past": NOW - timedelta(seconds=1)}
SCOPED = [("", ME), ("61", ME), ("6105", ME), ("610502", ME), ("44", ME), ("61", "")]
KEYS: list[frozenset[Verb] | None] = [None, frozenset({Verb.QUERY, Verb.CAPTURE}), frozenset(Verb)]

Cell = tuple[Principal, Verb, dict[str, Any]]


def cells() -> Iterator[Cell]:
    for one in Role:
        for area, tenant in SCOPED:
            for until in ENDS.values():
                for only in KEYS:
                    who = Principal(
                        tenant, one, "me", area, until, frozenset({GLN} if area == "6105" else ()), only
                    )
                    for asked in Verb:
                        for row in OBJECTS:
                            yield who, asked, row


def by_sentences(who: Principal, asked: Verb, row: dict[str, Any], *, same_account: bool = False) -> bool:
    return allowed(
        who.role.value, asked.value, row, names=sorted(who.names), area=who.area, areas=AREAS,
        ended=who.until is not None and who.until <= NOW, boxed=who.until is not None,
        key=None if who.only is None else [each.value for each in who.only], same_account=same_account,
    )  # fmt: skip


def test_every_cell_is_as_the_sentences_say() -> None:
    things = [of_event(row, AREAS) for row in OBJECTS]
    count, wrong = 0, []
    for (who, asked, row), thing in zip(cells(), _again(things), strict=True):
        count += 1
        if may(who, asked, thing, NOW).allowed != by_sentences(who, asked, row):
            wrong.append((who, asked, row))
    assert count == len(Role) * 6 * 4 * 3 * len(Verb) * len(OBJECTS) > 300_000
    assert wrong == [], wrong[:3]


def _again(things: list[Thing]) -> Iterator[Thing]:
    for _ in range(len(Role) * 6 * 4 * 3 * len(Verb)):
        yield from things


def test_the_tables_speak_of_every_role_and_verb_and_of_no_other() -> None:
    assert sorted(ALL_VERBS) == sorted(Verb) == sorted({each for _, each in rights()})
    assert list(SAID) == list(Role)


@pytest.mark.parametrize("one", Role)
def test_a_door_opens_to_a_role_that_may_do_something_behind_it(one: Role) -> None:
    who = Principal(ME, one, "me", "61", NOW + timedelta(days=1))
    for asked in Verb:
        assert may(who, asked, None, NOW).allowed == bool(words(one.value, asked.value)), asked


def test_who_may_only_read_changes_nothing() -> None:
    for one in (Role.AUDITOR, Role.PUBLIC):
        who = Principal(ME, one, "me", "61", NOW + timedelta(days=1))
        assert not [asked for asked in Verb if verb(asked).changes and scopes(who, asked, NOW)]
    assert role(Role.AUDITOR).time_boxed


def test_the_nearest_scope_is_told() -> None:
    city = Principal(ME, Role.CITY, "c", "61")
    assert may(city, Verb.QUERY, of_event({"party": ME}, {}), NOW).scope is Scope.OWN
    assert may(city, Verb.QUERY, of_event({"party": OTHER, "taker": THIRD}, AREAS), NOW).scope is Scope.AREA
    assert may(city, Verb.TRACE, of_event({"party": OTHER}, AREAS), NOW).scope is Scope.FIELDS


@pytest.mark.parametrize("one", [Role.APPROVER, Role.FIRM_ADMIN, Role.OPERATOR])
def test_who_proposed_a_correction_may_not_approve_it(one: Role) -> None:
    def approves(account: str, begun_by: str) -> bool:
        thing = Thing(tenant=ME, begun_by=begun_by)
        return may(Principal(ME, one, account), Verb.APPROVE_CORRECTION, thing, NOW).allowed

    assert approves("a", "b")
    assert not approves("a", "a")
    assert not approves("", "")  # nobody is not another


def test_the_time_box_of_an_auditor_ends_on_the_instant() -> None:
    def reads(at: datetime) -> bool:
        auditor = Principal(ME, Role.AUDITOR, "x", until=NOW)
        return may(auditor, Verb.QUERY, Thing(tenant=ME), at).allowed

    assert reads(NOW - timedelta(milliseconds=1))
    assert not reads(NOW)
    assert not may(Principal(ME, Role.AUDITOR, "x"), Verb.QUERY, Thing(tenant=ME), NOW).allowed


def test_nobody_has_everything_in_common_with_somebody_without_a_name() -> None:
    assert not may(Principal("", Role.VIEWER, "x"), Verb.QUERY, Thing(tenant=""), NOW).allowed
    assert not may(PUBLIC, Verb.QUERY, Thing(tenant=""), NOW).allowed


def test_reasons_stand_in_both_languages() -> None:
    for who in (PUBLIC, Principal(ME, Role.VIEWER, "v"), Principal(ME, Role.AUDITOR, "a", until=NOW)):
        for asked in Verb:
            for thing in (None, Thing(tenant=OTHER), Thing(tenant=ME)):
                reason = may(who, asked, thing, NOW).reason
                assert reason.zh
                assert reason.en
                assert reason.zh != reason.en
