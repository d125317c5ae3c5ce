"""A filled workbook of every form and the exact events that it amounts to."""

import json
from pathlib import Path

import pytest
from tests.capture.workbook.filled import fill

from suyuan.events.check import check_event
from suyuan.standards.forms import forms

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("role", [form.role for form in forms()])
def test_a_filled_workbook_becomes_exactly_these_events(role: str) -> None:
    pair = json.loads((GOLDEN / f"{role}.json").read_text("utf-8"))
    result = fill(role, **pair["rows"])
    told = [
        {"place": place, "event": event} for place, event in zip(result.places, result.events, strict=True)
    ]
    assert told == pair["events"]
    assert [finding for finding in result.findings if finding.severity == "block"] == []


@pytest.mark.parametrize("role", [form.role for form in forms()])
def test_every_event_of_a_form_is_valid_epcis(role: str) -> None:
    pair = json.loads((GOLDEN / f"{role}.json").read_text("utf-8"))
    assert [check_event(each["event"], bare=True) for each in pair["events"]] == [[]] * len(pair["events"])


@pytest.mark.parametrize("role", [form.role for form in forms()])
def test_the_golden_workbook_fills_every_sheet_of_the_form(role: str) -> None:
    pair = json.loads((GOLDEN / f"{role}.json").read_text("utf-8"))
    form = next(form for form in forms() if form.role == role)
    assert list(pair["rows"]) == [sheet.key for sheet in form.sheets]
