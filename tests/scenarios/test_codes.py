"""The vectors of `china-battery.md` 1.5, 8.6 and 8.7, asked by `suyuan id`."""

import json
from typing import Any

import pytest
from tests.scenarios.conftest import World


def asked(world: World, *codes: str) -> tuple[int, list[Any]]:
    done = world.suyuan("id", *codes, "--format", "json")
    return done, json.loads(world.said)


VECTORS = [
    ("04QCB76836300JBC40000903", "04Q", "C", "B", "76", "836300J", "2021-12-04", "0000903"),
    ("001CB240000003B3C0221953", "001", "C", "B", "24", "0000003", "2021-03-12", "0221953"),
    ("001CB310000009B960502763", "001", "C", "B", "31", "0000009", "2021-09-06", "0502763"),
    ("04QCB76718400JB630001092", "04Q", "C", "B", "76", "718400J", "2021-06-03", "0001092"),
    ("04QCB76830200JD2A0005567", "04Q", "C", "B", "76", "830200J", "2023-02-10", "0005567"),
    ("07HCBC1P22G06AC700002596", "07H", "C", "B", "C1", "P22G06A", "2022-07-31", "0002596"),
    ("X12MCPM27KLPCLX2M2382320", "X12", "M", "C", "PM", "27KLPCL", "2039-02-21", "2382320"),
]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector[0])
def test_real_battery_codes(world: World, vector: tuple[str, ...]) -> None:
    done, [row] = asked(world, vector[0])
    fields = row["fields"]
    got = tuple(
        fields[name]["value"]
        for name in ("vendor", "kind", "chemistry", "specification", "tracing", "day", "serial")
    )
    assert (done, row["valid"], got) == (0, True, vector[1:])


def test_a_reuse_code_and_its_long_form(world: World) -> None:
    done, rows = asked(world, "08BPE24G5A0000001RP", "001PE24KD00001E3A0000001RP")
    assert (done, [row["valid"] for row in rows]) == (0, [True, True])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("A765101015", ("short", "10")),
        ("jbc4000090304qcb76836300", ("halves", "04QCB76836300JBC40000903")),
        ("04QCB76836300JBC4000O903", ("04QCB76836300JBC40000903",)),
        ("04QCB76836300JB2Y0000903", ("date", "30")),
        ("1.23E+23", ("spreadsheet",)),
    ],
)
def test_wrong_battery_codes_are_diagnosed(world: World, text: str, says: tuple[str, ...]) -> None:
    done, [row] = asked(world, text)
    assert (done, row["valid"]) == (3, False)
    diagnosis = json.dumps(row, ensure_ascii=False).lower()
    for word in says:
        assert word.lower() in diagnosis


def test_vins(world: World) -> None:
    done, rows = asked(world, "1M8GDM9AXKP042788", "5GZCZ43D13S812715", "LNBSCB3F0DD130955")
    assert (done, [row["valid"] for row in rows]) == (0, [True] * 3)
    done, [row] = asked(world, "LGWEESK55SH210918")
    assert (done, row["valid"]) == (3, False)
    assert "8" in json.dumps(row["diagnosis"])


def test_credit_codes(world: World) -> None:
    done, rows = asked(world, "912201011239989159", "91350900587527783P", "91440300192317458F")
    assert (done, [row["valid"] for row in rows]) == (0, [True] * 3)
    done, [row] = asked(world, "912201011239989158")
    assert (done, row["valid"]) == (3, False)


def test_areas_are_not_confused(world: World) -> None:
    _, rows = asked(world, "140100", "610100")
    told = [json.dumps(row, ensure_ascii=False) for row in rows]
    assert "太原" in told[0]
    assert "西安" in told[1]
