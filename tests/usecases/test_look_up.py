"""`suyuan id`: what codes are, for people and for programs."""

import io
import json

import pytest

from suyuan.usecases.look_up import identify


def test_each_code_gets_its_answer_in_order() -> None:
    answers = identify(["610500", "9520123456789"])
    assert [(one.json()["kind"], one.valid) for one in answers] == [("area-code", True), ("gtin", False)]


def test_codes_come_from_standard_input_a_line_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("610500\n\n  5GZCZ43D13S812715\r\n"))
    assert [one.json()["kind"] for one in identify(["/dev/stdin"])] == ["area-code", "vin"]


def test_people_read_a_row_a_field_in_their_language() -> None:
    (answer,) = identify(["610500"])
    assert answer.table("zh")[1] == {
        "代码": "",
        "字段": "登记管理机关行政区划",
        "内容": "610500",
        "含义": "陕西渭南",
    }
    assert answer.table("en")[0]["meaning"] == "area code (GB/T 2260)"


def test_people_read_what_is_wrong_and_what_was_meant() -> None:
    (answer,) = identify(["9520123456789"])
    assert [row["field"] for row in answer.table("en")] == ["is", "wrong", "suggestion"]
    assert answer.table("en")[2]["value"] == "9520123456788"


def test_an_answer_can_be_written_as_json() -> None:
    texts = ["04QCB76836300JBC40000903", "(10)A", "https://x.example/01/09520123456788", "?"]
    answers = [one.json() for one in identify(texts)]
    assert json.loads(json.dumps(answers)) == answers
