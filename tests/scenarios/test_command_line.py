"""What the command line answers: exit codes, the same again, faults, receipts, whose submission it is."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.conftest import OPERATOR, World
from tests.scenarios.scene import MAKER, OEM, RECYCLER
from tests.scenarios.writing import (
    Event,
    amount,
    assay,
    at,
    bare,
    cell,
    document,
    gln,
    joined,
    made,
    obj,
    observed,
    pack,
    pgln,
    query_document,
    received,
    shipped,
    uscc,
    vin,
    wrong,
)
from tests.scenarios.writing import run as batch  # fmt: skip

from suyuan.cli import run

P, V = pack(1), vin(1)
GOOD = made("2026-03-10T08:00", P, MAKER)
BAD = {key: value for key, value in GOOD.items() if key != "action"}


def outcome(world: World) -> tuple[str, int, int, int]:
    [row] = json.loads(world.said)
    return row["outcome"], row["recorded"], row["unchanged"], row["refused"]


def size(world: World) -> int:
    assert world.suyuan("verify", "--format", "json") == 0, world.said + world.told
    return int(json.loads(world.said)["entries"])


def test_everything_recorded_is_0_and_nothing_new_is_0(world: World) -> None:
    path = str(world.written(document([GOOD])))
    assert (world.suyuan("capture", path, "--format", "json"), outcome(world)) == (0, ("recorded", 1, 0, 0))
    assert world.suyuan("capture", path, "--format", "json") == 0
    again = str(world.written(document([GOOD, GOOD])))
    assert world.suyuan("capture", again, "--format", "json") == 0
    assert outcome(world)[1:3] == (0, 2)
    assert size(world) == 1


def test_the_same_event_in_other_clothes_is_the_same(world: World) -> None:
    """Another key order, prefix, envelope, way to write the instant: the event hash is the id."""
    told = observed("2026-03-10T08:00", P, "shipping", "sy:exported", **{"sy:evidence": "x"})
    world.capture(told)
    other = json.loads(json.dumps(told).replace('"sy:', '"bat:'))
    world.capture(dict(reversed(other.items())), prefix="bat")
    world.capture_file(query_document([told]))
    world.capture_file(bare(told))
    moved = told | {"eventTime": "2026-03-10T00:00:00.000Z"}
    world.capture(moved)
    assert size(world) == 1


def test_a_faulty_document_is_refused_whole(world: World) -> None:
    path = str(world.written(document([GOOD, BAD])))
    assert world.suyuan("capture", path, "--format", "json") == 2
    [row] = json.loads(world.said)
    assert (row["outcome"], row["recorded"]) == ("refused", 0)
    assert {finding["pointer"] for finding in row["findings"]} == {"/epcisBody/eventList/1/action"}
    assert size(world) == 0


def test_its_good_events_are_recorded_where_asked_for(world: World) -> None:
    path = str(world.written(document([GOOD, BAD])))
    assert world.suyuan("capture", path, "--on-error", "proceed", "--format", "json") == 3
    assert outcome(world)[1:] == (1, 0, 1)
    assert size(world) == 1


def test_ndjson_proceeds_unless_told_not_to(world: World) -> None:
    lines = "\n".join(json.dumps(bare(one)) for one in (GOOD, BAD, made("2026-03-10T09:00", pack(2), MAKER)))
    path = str(world.written(lines, "events.ndjson"))
    assert world.suyuan("capture", path, "--on-error", "refuse") == 2
    assert size(world) == 0
    assert world.suyuan("capture", path, "--format", "json") == 3
    [row] = json.loads(world.said)
    assert (row["recorded"], row["refused"], [f["line"] for f in row["findings"]]) == (2, 1, [2])


def test_several_files_one_of_them_faulty(world: World) -> None:
    good, bad = world.written(document([GOOD])), world.written(document([BAD]))
    assert world.suyuan("capture", str(good), str(bad)) == 3
    assert size(world) == 1


def test_dry_run_writes_nothing(world: World) -> None:
    assert world.suyuan("capture", "--dry-run", str(world.written(document([GOOD])))) == 0
    assert size(world) == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b'{"@context": [',
        b"hello",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"[]",
        b"{}",
        b"null",
        b'{"type": "EPCISDocument"}',
    ],
)
def test_what_is_no_document_is_refused_with_a_reason(world: World, content: bytes) -> None:
    assert world.suyuan("capture", str(world.written(content))) == 2
    assert (world.said + world.told).strip()
    assert size(world) == 0


def test_duplicate_keys_and_numbers_that_do_not_survive_are_refused(world: World) -> None:
    text = json.dumps(document([GOOD | {"sy:n": 1}]))
    for spoilt in (text.replace('"sy:n": 1', '"sy:n": 1, "sy:n": 2'), text.replace('"sy:n": 1', '"sy:n": NaN'),
                   text.replace('"sy:n": 1', '"sy:n": "\\ud800"'), text.replace('"sy:n": 1', '"sy:n": 12345678901234567890123')):  # fmt: skip
        assert world.suyuan("capture", str(world.written(spoilt))) == 2, spoilt
    assert size(world) == 0


def test_submissions_are_the_operators_unless_said_otherwise(world: World) -> None:
    world.capture(observed("2026-03-10T08:00", P, "collecting"))
    world.capture(observed("2026-03-10T08:00", pack(2), "collecting"), by=OEM)
    assert world.holder(P) == ("party", OPERATOR, OPERATOR)
    assert world.holder(pack(2)) == ("party", OEM, OEM)


def test_a_wrong_credit_code_is_no_party(world: World) -> None:
    wrong = OEM[:-1] + ("0" if OEM[-1] != "0" else "1")
    assert world.suyuan("capture", "--party", wrong, str(world.written(document([GOOD])))) != 0
    assert size(world) == 0


def test_only_a_demonstration_lets_its_clock_be_set(world: World, tmp_path: Path) -> None:
    path = str(world.written(document([GOOD])))
    assert world.suyuan("capture", "--at", "2026-05-31T18:00:00+08:00", path) != 0
    assert size(world) == 0
    assert run(["init", "--demo", str(tmp_path / "demo")]) == 0
    demo = World(tmp_path, tmp_path / "demo")
    assert demo.suyuan("capture", "--at", "2026-05-31T18:00:00+08:00", path) == 0
    assert demo.trace(P)["timeline"][0]["recorded_at"].startswith("2026-05-31T10:00:00")


def test_partners_own_extensions_are_kept(world: World) -> None:
    """Byte for byte in the RFC 8785 form: nested, Chinese, numbers, an ilmd, a sensor, under the partner's own prefix."""
    told = made("2026-03-10T08:00:00.120+08:00", P, MAKER) | {
        "acme:note": {
            "acme:deep": [1, 2.5, {"acme:zh": "电池 \u00e9 \n"}],
            "acme:none": None,
            "acme:yes": True,
        },
        "https://acme.example/voc#full": "x",
        "ilmd": {"acme:batch": "0012", "sy:model": "M"},
    }
    world.capture(told, acme="https://acme.example/voc#")
    assert world.suyuan("receipt", "0", "--format", "json") == 0
    kept = find_event(json.loads(world.said))
    for key, value in told.items():
        assert kept[key] == value
    assert set(kept) - set(told) == {"@context"}


def find_event(value: object) -> dict[str, Any]:
    """The event inside of a receipt, wherever the receipt has it."""
    if isinstance(value, dict):
        if "eventTime" in value:
            return value
        for one in value.values():
            if found := find_event(one):
                return found
    if isinstance(value, str) and value.startswith("{"):
        return find_event(json.loads(value))
    return {}


def test_what_is_not_on_record_says_so(world: World) -> None:
    world.capture(GOOD)
    assert world.suyuan("trace", pack(9)) == 1
    assert pack(9) in world.told
    assert world.suyuan("trace", "04QCB76836300JBC4000090") == 1
    answer = world.where_used(P, pack(9))
    assert (answer["asked"], answer["unknown"]) == (2, [pack(9)])


def test_a_code_however_typed_finds_its_pack(world: World) -> None:
    world.capture(GOOD)
    for typed in (
        P,
        P.lower(),
        f" {P[:12]}\n{P[12:]} ",
        obj(P),
        f"https://elsewhere.example/{P}",
        "".join(chr(ord(c) + 0xFEE0) for c in P),
    ):
        assert world.trace(typed)["code"] == P


def test_verify_is_clean_and_finds_a_changed_byte(world: World) -> None:
    world.capture(GOOD, shipped("2026-03-11T08:00", P, MAKER, OEM))
    assert world.suyuan("checkpoint") == 0
    kept = world.written(world.said, "checkpoint.txt")
    world.capture(received("2026-03-12T08:00", P, MAKER, OEM), by=OEM)
    assert world.suyuan("verify", "--checkpoint", str(kept)) == 0
    path = next((world.workspace / "documents").rglob("*.zst"))
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(bytes(body))
    assert world.suyuan("verify") == 3


def test_rebuilding_changes_no_answer(world: World) -> None:
    world.capture(GOOD, joined("2026-03-13T08:00", V, [P], "installing", **at(OEM)))
    before = [world.trace(code) for code in (P, V)]
    assert world.suyuan("rebuild") == 0
    assert [world.trace(code) for code in (P, V)] == before


def test_parties_from_a_table_tie_numbers_to_firms(world: World, another: Callable[[], World]) -> None:
    """`party import` of a csv: a GLN of the table is that firm in events, told before or after."""
    table = f"uscc,name,role,area,gln\n{OEM},山东某车企,vehicle-maker,370100,{gln(41)}\n"
    left = shipped("2026-03-11T08:00", P, MAKER, pgln(41))
    for first in (True, False):
        world = another()
        path = str(world.written(table, "parties.csv"))
        if first:
            assert world.suyuan("party", "import", path) == 0, world.told
        world.capture(GOOD, left, by=MAKER)
        if not first:
            assert world.suyuan("party", "import", path) == 0, world.told
        held = world.trace(P)["holder"]
        assert (held["to"], held["to_name"]) == (OEM, "山东某车企")


def test_the_verdict_and_the_hash_of_a_file(world: World) -> None:
    two = [GOOD, shipped("2026-03-11T08:00", P, MAKER, OEM)]
    path = str(world.written(document(two)))
    assert world.suyuan("event", "check", path) == 0
    assert world.suyuan("event", "hash", path) == 0
    lines = world.said.split()
    assert len(lines) == 2
    assert all(line.startswith("ni:///sha-256;") and line.endswith("?ver=CBV2.0") for line in lines)
    renamed = json.loads(
        json.dumps(document(list(reversed(two)))).replace('"sy"', '"q"').replace('"sy:', '"q:')
    )
    assert world.suyuan("event", "hash", str(world.written(renamed))) == 0
    assert world.said.split() == lines[::-1]
    assert world.suyuan("event", "check", str(world.written(document([GOOD, BAD]))), "--format", "json") == 3
    assert "/epcisBody/eventList/1" in world.said


def test_a_declaration_under_the_hash_of_an_event_without_id(world: World) -> None:
    """The sender gave no id; its declaration carries the event hash as `eventID`, and the corrected event's hash as corrective."""
    bad, good = shipped("2026-03-11T08:00", P, MAKER, uscc(98)), shipped("2026-03-11T08:00", P, MAKER, OEM)
    assert world.suyuan("event", "hash", str(world.written(document([bad, good])))) == 0
    its_id, the_other = world.said.split()
    world.capture(GOOD, bad, by=MAKER)
    world.capture(wrong(bad, "2026-03-12T08:00", event_id=its_id, corrective=[the_other]), good, by=MAKER)
    held = world.trace(P)["holder"]
    assert (held["kind"], held["holder"], held["to"]) == ("in_transit", MAKER, OEM)
    assert size(world) == 4


def test_an_unprefixed_word_is_refused_with_its_place(world: World) -> None:
    spoilt = document([GOOD | {"colour": "red"}])
    assert world.suyuan("event", "check", str(world.written(spoilt)), "--format", "json") == 3
    assert "/epcisBody/eventList/0/colour" in world.said


def test_unknown_words_and_options_are_2(world: World) -> None:
    assert world.suyuan("no-such-command") == 2
    assert world.suyuan("trace") == 2
    assert world.suyuan("capture", str(world.folder / "absent.json")) == 2


def test_standard_input_is_a_document_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class Piped:
        buffer = io.BytesIO(json.dumps(document([GOOD])).encode())

        def isatty(self) -> bool:
            return False

    monkeypatch.setattr(sys, "stdin", Piped())
    assert world.suyuan("capture", "-") == 0, world.told
    assert size(world) == 1


def test_a_second_operator_cannot_take_a_used_directory(world: World) -> None:
    assert run(["init", str(world.workspace)]) != 0


def test_sites_of_a_table_are_their_firms(world: World) -> None:
    """A site with its GLN in the table: what happens at that GLN is the firm's, and the answer names it."""
    table = (
        "uscc,name,role,area,gln,lat,lon,site,site_kind\n"
        f"{OEM},某网点公司,outlet,370100,,,,,\n"
        f"{OEM},某网点公司,outlet,370100,{gln(77)},36.65,117.12,yard,outlet-collecting\n"
    )
    assert world.suyuan("party", "import", str(world.written(table, "sites.csv"))) == 0, (
        world.told + world.said
    )
    where = {"id": f"https://id.gs1.org/414/{gln(77)}"}
    world.capture(
        observed("2026-03-10T08:00", P, "collecting", "returned", readPoint=where, bizLocation=where)
    )
    held = world.trace(P)["holder"]
    assert (held["kind"], held["holder"], held["holder_name"]) == ("party", OEM, "某网点公司")


def test_the_mass_of_a_model_divides_a_batch(world: World) -> None:
    """Neither pack was weighed; the table of models says 300 and 100 kg."""
    table = "model,chemistry,ratedEnergy_kWh,mass_kg\nBig,NCM,75,300\nSmall,NCM,25,100\n"
    assert world.suyuan("party", "import", str(world.written(table, "models.csv"))) == 0, (
        world.told + world.said
    )
    big, small = pack(1), pack(2)
    fed = run_of([big, small])
    world.capture(
        made("2026-03-10T08:00", big, MAKER, ilmd={"sy:model": "Big"}),
        made("2026-03-10T08:00", small, MAKER, ilmd={"sy:model": "Small"}),
        fed,
    )
    assert world.trace(big)["recovered"] == {"Ni": pytest.approx(30)}
    assert world.trace(small)["recovered"] == {"Ni": pytest.approx(10)}


def run_of(packs: list[str]) -> Event:
    return batch(
        "2026-05-01T08:00",
        "B-1",
        "sy:crushing",
        RECYCLER,
        inputEPCList=[obj(code) for code in packs],
        outputQuantityList=[amount("black-mass", "L-1", 200)],
        **{"sy:assay": [assay("black-mass", "L-1", {"Ni": 0.2})]},
    )


def test_resources_are_taken_in_and_leave_batteries_alone(world: World) -> None:
    """A meter reading, a delivery and a monthly figure on the same ledger."""
    meter = {"id": "https://w3id.org/suyuan/loc/" + OEM + "/meter-3"}
    reading = observed("2026-05-31T23:59", [], None, readPoint=meter) | {
        "sensorElementList": [
            {
                "sensorMetadata": {"startTime": "2026-05-01T00:00:00+08:00", "endTime": "2026-05-31T23:59:00+08:00"},
                "sensorReport": [{"type": "Volume", "value": 1250.5, "uom": "MTQ"}],
                "sy:medium": "water", "sy:source": "reclaimed", "sy:use": "process",
            }
        ]
    }  # fmt: skip
    delivery = observed(
        "2026-05-30T08:00",
        [],
        "receiving",
        quantityList=[amount("raw-coal", "2026-05", 120, "TNE")],
        **{"sy:period": "2026-05"},
    )
    world.capture(reading, delivery, GOOD)
    assert world.state(P) == "made"
    assert world.suyuan("verify") == 0


def test_a_recall_from_standard_input(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of codes, one a line, some of them unknown, some wrongly typed."""
    cells = [cell(n) for n in range(300)]
    world.capture(
        joined("2026-03-10T08:00", P, cells[:200], **at(MAKER)),
        joined("2026-03-10T09:00", pack(2), cells[200:290], **at(MAKER)),
    )
    world.capture(joined("2026-03-13T08:00", V, [P], "installing", **at(OEM)))
    text = "\n".join([*(code.lower() for code in cells), "", "nonsense"]) + "\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert world.suyuan("where-used", "-", "--json") == 0, world.told
    answer = json.loads(world.said)
    assert answer["vehicles"] == [V]
    assert {row["code"] for row in answer["reached"] if row["kind"] == "pack"} == {P, pack(2)}
    assert {code.upper() for code in answer["unknown"]} == {*cells[290:], "NONSENSE"}
