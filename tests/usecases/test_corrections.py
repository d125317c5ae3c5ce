"""Corrections of two pairs of eyes: held until another account approves, both on record, nothing twice."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.usecases.lives import MAKER, OEM, PACK, at, born
from tests.usecases.people import OPERATOR, Clock, peopled, person
from tests.worlds import record

from suyuan.events import writing
from suyuan.events.uris import item_uri, place_uri
from suyuan.rights.deciding import Forbidden
from suyuan.rights.principal import Principal
from suyuan.rights.words import Role
from suyuan.usecases import corrections
from suyuan.usecases.corrections import CorrectionRefused, NoSuchCorrection
from suyuan.usecases.trace import trace
from suyuan.usecases.workspace import Workspace


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    with peopled(tmp_path / "w", Clock(), OPERATOR) as made:
        record(made, born(PACK, 300.0, parts=False), party=MAKER)
        yield made


@pytest.fixture
def clerk(space: Workspace) -> Principal:
    return person(space, "clerk", Role.ENTRY, MAKER)


@pytest.fixture
def approver(space: Workspace) -> Principal:
    return person(space, "approver", Role.APPROVER, MAKER)


def rightly() -> dict[str, Any]:
    """The pack as it is: 310 kg."""
    head: dict[str, Any] = {"at": at(2021, 3, 12), "place": place_uri(MAKER, "plant-1")}
    return {
        **writing.made(items=[item_uri(PACK)], model="LFP-57-MID", chemistry="LFP", mass_kg=310.0, **head),
        "eventID": "urn:uuid:1b0e8a4e-0000-4000-8000-000000000001",
    }


def test_a_correction_stands_on_the_ledger_when_another_account_has_approved(
    space: Workspace, clerk: Principal, approver: Principal
) -> None:
    held = corrections.propose(space, clerk, 0, reason="incorrect_data", instead=(rightly(),))
    assert (space.ledger.size, corrections.pending(space, approver)) == (1, [held])
    entry = corrections.approve(space, approver, held.id)
    assert (entry, space.ledger.size, corrections.pending(space, approver)) == (1, 3, [])
    declared = json.loads(space.ledger.entry(entry).body)["errorDeclaration"]
    assert (declared["sy:proposedBy"], declared["sy:approvedBy"]) == (clerk.account, approver.account)
    assert declared["correctiveEventIDs"] == [rightly()["eventID"]]
    assert space.ledger.entry(entry).party == MAKER
    answer = trace(space, PACK)
    assert [row["counts"] for row in answer["corrections"]] == [True]
    assert [row["seq"] for row in answer["timeline"]] == [2]


def test_who_proposed_does_not_approve_and_nobody_does_without_the_right(
    space: Workspace, clerk: Principal, approver: Principal
) -> None:
    mine = corrections.propose(space, approver, 0, reason="did_not_occur")
    with pytest.raises(Forbidden):
        corrections.approve(space, approver, mine.id)
    with pytest.raises(Forbidden):
        corrections.approve(space, clerk, mine.id)
    assert space.ledger.size == 1
    head = person(space, "head", Role.FIRM_ADMIN, MAKER)
    assert corrections.approve(space, head, mine.id) == 1


def test_two_roles_of_one_account_are_one_pair_of_eyes(space: Workspace, clerk: Principal) -> None:
    held = corrections.propose(space, clerk, 0, reason="did_not_occur")
    with pytest.raises(Forbidden):
        corrections.approve(space, Principal(MAKER, Role.APPROVER, clerk.account), held.id)


def test_a_stranger_neither_proposes_nor_learns_what_there_is(space: Workspace, clerk: Principal) -> None:
    held = corrections.propose(space, clerk, 0, reason="did_not_occur")
    other = person(space, "other", Role.FIRM_ADMIN, OEM)
    told = []
    for entry in (0, 77, -1):
        with pytest.raises(NoSuchCorrection) as wrong:
            corrections.propose(space, other, entry, reason="did_not_occur")
        told.append(str(wrong.value).replace(str(entry), "n"))
    assert len(set(told)) == 1
    assert corrections.pending(space, other) == []
    for verb in (corrections.approve, corrections.refuse):
        with pytest.raises(NoSuchCorrection):
            verb(space, other, held.id)
    with pytest.raises(Forbidden):
        corrections.pending(space, person(space, "viewer", Role.VIEWER, MAKER))


def test_cut_off_behind_the_ledger_it_is_not_written_twice(
    space: Workspace, clerk: Principal, approver: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = corrections.propose(space, clerk, 0, reason="incorrect_data", instead=(rightly(),))
    with monkeypatch.context() as crash:
        crash.setattr(
            type(space.accounts.journal), "drop", lambda self, name: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        with pytest.raises(KeyboardInterrupt):
            corrections.approve(space, approver, held.id)
    assert space.ledger.size == 3
    head = person(space, "head", Role.FIRM_ADMIN, MAKER)
    assert corrections.approve(space, head, held.id) == 1
    assert space.ledger.size == 3
    assert json.loads(space.ledger.entry(1).body)["errorDeclaration"]["sy:approvedBy"] == approver.account


def test_a_refused_proposal_is_gone_and_its_author_may_take_it_back(
    space: Workspace, clerk: Principal, approver: Principal
) -> None:
    first = corrections.propose(space, clerk, 0, reason="did_not_occur")
    corrections.refuse(space, approver, first.id)
    second = corrections.propose(space, clerk, 0, reason="did_not_occur")
    with pytest.raises(Forbidden):
        corrections.refuse(space, person(space, "clerk2", Role.ENTRY, MAKER), second.id)
    corrections.refuse(space, clerk, second.id)
    for held in (first, second):
        with pytest.raises(NoSuchCorrection):
            corrections.approve(space, approver, held.id)
    assert space.ledger.size == 1


def test_what_could_not_be_recorded_is_said_at_once_or_leaves_the_ledger_as_it_was(
    space: Workspace, clerk: Principal, approver: Principal
) -> None:
    for reason, instead in (
        ("because", ()),
        ("incorrect_data", ({**rightly(), "errorDeclaration": {}},)),
        ("incorrect_data", ("x",)),
    ):
        with pytest.raises(CorrectionRefused):
            corrections.propose(space, clerk, 0, reason=reason, instead=instead)  # type: ignore[arg-type]
    held = corrections.propose(space, clerk, 0, reason="incorrect_data", instead=({"type": "ObjectEvent"},))
    with pytest.raises(CorrectionRefused):
        corrections.approve(space, approver, held.id)
    assert space.ledger.size == 1
    assert corrections.needs_approval({"errorDeclaration": {"declarationTime": "x"}})
    assert not corrections.needs_approval(rightly())


def test_a_declaration_is_not_declared_wrong(space: Workspace, clerk: Principal, approver: Principal) -> None:
    entry = corrections.approve(
        space, approver, corrections.propose(space, clerk, 0, reason="did_not_occur").id
    )
    with pytest.raises(CorrectionRefused):
        corrections.propose(space, clerk, entry, reason="did_not_occur")
