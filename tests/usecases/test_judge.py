"""Judging a workspace: the same findings whether made anew or brought up; rows of law, cases, decisions on the ledger."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rules.batches import OUTLET, RECYCLER, pack, shipped
from tests.worlds import Event, record, workspace, world_events

from suyuan.rules.catalogue import RULES
from suyuan.store.derived import Derived
from suyuan.usecases import cases
from suyuan.usecases.capture import capture
from suyuan.usecases.judge import UnknownRule, findings, judged
from suyuan.usecases.standards import replace
from suyuan.usecases.workspace import Workspace

DAY = date(2026, 5, 31)
Row = dict[str, Any]


def spoilt(seed: int, packs: int) -> list[Event]:
    """A world of which every ninth event was never reported, with events of the same life far apart."""
    told = [event for n, event in enumerate(world_events(seed, packs, 0)) if n % 9]
    return [*told[::2], *told[1::2]]


def told(space: Workspace, day: date = DAY) -> list[Row]:
    with judged(space, day=day) as found:
        rows = found.table("told").to_pylist()
    return sorted(rows, key=lambda row: str(row["id"]))


def anew(space: Workspace, day: date = DAY) -> list[Row]:
    Derived.forget(space.directory)
    return told(space, day)


def kept(space: Workspace) -> dict[str, list[str]]:
    """Every table that judging keeps, findings and what they rest on; sums of floats to nine digits, as their order is nobody's."""
    with judged(space, day=DAY) as found:
        names = sorted(found.schemas().keys() - {"state", "reckoned"})
        return {name: sorted(repr(_rounded(row)) for row in found.table(name).to_pylist()) for name in names}


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    if isinstance(value, str) and value.startswith("{"):
        return _rounded(json.loads(value))
    return value


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_found_step_by_step_is_what_is_found_anew(tmp_path: Path, seed: int) -> None:
    events = spoilt(seed, 60)
    parts = [events[:250], events[250:300], events[300:301], events[301:]]
    with workspace(tmp_path / "ws") as space:
        for part in parts:
            record(space, part)
            found = told(space)
        assert len(found) > 10
        brought_up = kept(space)
        assert found == anew(space)
        for name, rows in kept(space).items():
            assert brought_up[name] == rows, name


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_in_any_order_and_any_portions_the_findings_are_those_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    events = spoilt(3, 15)
    shuffled = data.draw(st.permutations(events))
    cut = data.draw(st.integers(1, len(events) - 1))
    with workspace(tmp_path_factory.mktemp("portions") / "ws") as space:
        record(space, shuffled[:cut])
        told(space)
        record(space, shuffled[cut:])
        assert told(space) == anew(space)


def test_who_is_only_named_in_the_news_is_judged_again(tmp_path: Path) -> None:
    long_after = date(2028, 6, 30)
    sent = [shipped(pack(n), RECYCLER, on="2025-03-10") for n in range(4)]
    with workspace(tmp_path / "ws") as space:
        capture(
            space,
            io.BytesIO(f"uscc,name,role\n{OUTLET},A,outlet\n{RECYCLER},B,recycler\n".encode()),
            "parties.csv",
        )
        record(space, sent[:1], party=OUTLET)
        assert "told-by-others-only" not in {row["rule"] for row in told(space, long_after)}
        record(space, sent[1:], party=OUTLET)
        found = told(space, long_after)
        assert [row["party"] for row in found if row["rule"] == "told-by-others-only"] == [RECYCLER]
        assert found == anew(space, long_after)


def test_nothing_new_is_not_judged_again_and_another_day_is(tmp_path: Path) -> None:
    with workspace(tmp_path / "ws") as space:
        record(space, spoilt(1, 10))
        with judged(space, day=DAY) as found:
            first = found.state
        with judged(space, day=DAY) as found:
            assert found.state == first
        with judged(space, day=date(2026, 6, 30)) as found:
            assert found.state != first


def test_findings_come_with_sentence_clause_entries_and_day(tmp_path: Path) -> None:
    with workspace(tmp_path / "ws") as space:
        record(space, spoilt(1, 40))
        for lang in ("zh", "en"):
            found = findings(space, day=DAY, lang=lang)
            assert found.rows, "a spoilt world has findings"
            for row in found.rows:
                assert all(row[told] for told in ("sentence", "remedy", "clauses", "day")), row
                assert "{" not in row["sentence"] + row["remedy"], row
                assert row["entries"], row
                assert all(0 <= entry < space.ledger.size for entry in row["entries"])


def test_findings_can_be_asked_for_by_rule_party_subject_and_weight(tmp_path: Path) -> None:
    with workspace(tmp_path / "ws") as space:
        record(space, spoilt(1, 40))
        every = findings(space, day=DAY).rows
        one = every[0]
        assert findings(space, day=DAY, rule=one["rule"]).rows == [
            row for row in every if row["rule"] == one["rule"]
        ]
        assert findings(space, day=DAY, party=one["party"]).rows == [
            row for row in every if row["party"] == one["party"]
        ]
        assert findings(space, day=DAY, subject=one["subject"]).rows == [
            row for row in every if row["subject"] == one["subject"]
        ]
        assert {row["severity"] for row in findings(space, day=DAY, severity="warning").rows} <= {
            "warning",
            "serious",
        }
        with pytest.raises(UnknownRule):
            findings(space, day=DAY, rule="no-such-rule")


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        ("custody_gap", "custody-gap"), ("one-code-in-two", "one-code-in-two-vehicles"), ("overclaimed", "metal-overclaimed"),
        ("回收率", "recovery-below-minimum"),
    ],
)  # fmt: skip
def test_who_asks_for_a_rule_that_there_is_not_is_told_of_a_few_like_it(
    tmp_path: Path, asked: str, rule: str
) -> None:
    with workspace(tmp_path / "ws") as space, pytest.raises(UnknownRule) as refused:
        findings(space, day=DAY, rule=asked)
    told = str(refused.value)
    assert rule in told
    assert "--rules" in told
    assert len(told) < 250


def test_a_day_long_after_the_last_event_is_remarked_on(tmp_path: Path) -> None:
    with workspace(tmp_path / "ws") as space:
        record(space, spoilt(1, 10))
        assert "--day" in findings(space, day=date(2030, 1, 1)).sentence.en
        assert "--day" not in findings(space, day=date(2026, 6, 1)).sentence.en


def first_case(space: Workspace) -> Row:
    return cases.listed(space, day=DAY)[0]


def test_a_case_is_explained_then_dismissed_and_the_rule_s_false_alarms_are_kept(tmp_path: Path) -> None:
    with workspace(tmp_path / "ws") as space:
        record(space, spoilt(1, 40))
        case = first_case(space)
        evidence = tmp_path / "photo.jpg"
        evidence.write_bytes(b"a photo")
        cases.decide(space, case["case_id"], state="explained", reason='说 "明"', evidence=evidence, day=DAY)
        after = cases.whole(space, case["case_id"], "en", day=DAY)
        assert (after["state"], after["reason"]) == ("explained", '说 "明"')
        assert str(after["evidence"]).startswith("photo.jpg sha256:")
        cases.decide(space, case["case_id"], state="dismissed", reason="the label was read again", day=DAY)
        after = cases.whole(space, case["case_id"], "en", day=DAY)
        assert [step["state"] for step in after["history"]] == ["explained", "dismissed"]
        alarms = {row["rule"]: row for row in cases.alarms(space, day=DAY)}
        for rule in case["rules"]:
            assert (alarms[rule]["decided"], alarms[rule]["dismissed"], alarms[rule]["rate"]) == (1, 1, 1.0)
        assert cases.listed(space, day=DAY, state="dismissed")[0]["case_id"] == case["case_id"]


def test_a_case_whose_findings_are_gone_is_corrected(tmp_path: Path) -> None:
    events = world_events(1, 8, 0)
    made = next(event for event in events if event["bizStep"] == "commissioning")
    rest = [event for event in events if event is not made]
    with workspace(tmp_path / "ws") as space:
        record(space, rest)
        code = made["epcList"][0].rpartition("/")[2]
        found = findings(space, day=DAY, subject=code).rows
        assert found, f"that {code} was never made is found"
        cases.decide(space, found[0]["case"], state="explained", reason="the maker will report it", day=DAY)
        record(space, [made])
        assert cases.whole(space, found[0]["case"], "en", day=DAY)["state"] == "corrected"


def test_a_decision_about_no_case_is_refused_and_leaves_no_trace(tmp_path: Path) -> None:
    with workspace(tmp_path / "ws") as space:
        record(space, spoilt(1, 10))
        size = space.ledger.size
        with pytest.raises(cases.UnknownCase):
            cases.decide(space, "0123456789ab", state="dismissed", reason="x", day=DAY)
        assert space.ledger.size == size


def test_a_replaced_row_of_law_changes_when_a_case_is_due_without_a_change_of_code(tmp_path: Path) -> None:
    with workspace(tmp_path / "ws") as space:
        record(space, spoilt(1, 40))
        case = first_case(space)
        key = f"case-days.{case['severity']}"
        replace(
            space, "threshold", key, {"value": "1", "cites": "operator-decision#1", "mark": "C"}, reason="x"
        )
        after = {row["case_id"]: row for row in cases.listed(space, day=DAY)}[case["case_id"]]
        assert (after["due"] - after["first_seen"].date()).days == 1


def test_every_rule_cites_registered_documents_and_speaks_both_languages() -> None:
    from suyuan.standards.documents import register

    for rule in RULES.values():
        assert rule.cites, rule.id
        assert all(cited.partition("#")[0] in register() for cited in rule.cites), rule.id
        for sentence in (rule.title, rule.sentence, rule.remedy):
            assert all((sentence.zh, sentence.en)), rule.id
