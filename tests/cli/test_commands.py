"""Each command: what it answers, in both languages, for people and for programs, and its exit code."""

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.cli.conftest import Suyuan, process
from tests.usecases.lives import CELLS, PACK, SALT, VIN, born
from tests.worlds import ndjson

from suyuan import __version__

DONE, FAILED, NOTHING, FAULTS = 0, 1, 2, 3
BAD_ROW = b'{"type":"ObjectEvent"}\n'


# -- init, SUYUAN_WORKSPACE, --lang ------------------------------------------------------------------


def test_init_makes_a_workspace_and_says_what_next(suyuan: Suyuan) -> None:
    done = suyuan("init", "w")
    assert (done.code, done.err) == (DONE, "")
    assert done.out.startswith("workspace made: w (ledger w3id.org/suyuan/log/")
    assert "next: suyuan -w w capture FILE…" in done.out


def test_init_in_a_directory_with_files_is_refused(suyuan: Suyuan, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine")
    done = suyuan("init", ".", "--lang", "zh")
    assert (done.code, done.out) == (FAILED, "")
    assert done.err == "错误：. 不为空；请指定新目录或空目录\n"
    assert (tmp_path / "x").read_text() == "mine"


def test_a_wrong_credit_code_of_the_operator_is_refused(suyuan: Suyuan, tmp_path: Path) -> None:
    done = suyuan("init", "w", "--operator", "91610100TEB000010F")
    assert (done.code, done.out) == (NOTHING, "")
    assert (
        done.err
        == "error: --operator 91610100TEB000010F: the check character at 18 is F, but E belongs to the first 17\n"
    )
    assert not (tmp_path / "w").exists()


def test_a_command_without_workspace_says_how_to_name_one(suyuan: Suyuan) -> None:
    assert suyuan("trace", PACK).err == "error: no workspace named; give -w DIR or set SUYUAN_WORKSPACE (suyuan init DIR makes one)\n"  # fmt: skip
    assert suyuan("trace", PACK, "--lang", "zh").err == "错误：没有指定工作区；请用 -w 目录 或设置 SUYUAN_WORKSPACE（suyuan init 目录 可新建）\n"  # fmt: skip


def test_the_workspace_may_come_from_the_environment(
    suyuan: Suyuan, lived: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUYUAN_WORKSPACE", str(lived))
    assert json.loads(suyuan("trace", PACK, "--json").out)["code"] == PACK


def test_what_is_not_understood_ends_with_2_and_points_to_help(suyuan: Suyuan) -> None:
    for words in (["tracee", PACK], ["trace"], ["trace", PACK, "--nonsense"], ["init", "w", "--lang", "fr"]):
        done = suyuan(*words)
        assert (done.code, done.out) == (NOTHING, ""), words
        assert done.err.endswith("suyuan --help\n"), words


def test_the_version_is_told(suyuan: Suyuan) -> None:
    assert suyuan("--version").out.strip() == __version__


# -- capture -----------------------------------------------------------------------------------------


def test_capture_records_and_tells_the_checkpoint(suyuan: Suyuan, tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_bytes(ndjson(born(PACK, 300.0)))
    suyuan("init", "w")
    done = suyuan("capture", "a.ndjson", "-w", "w", "--format", "json")
    (told,) = json.loads(done.out)
    assert (done.code, told["outcome"], told["recorded"], told["refused"], told["first_seq"]) == (DONE, "recorded", 5, 0, 0)  # fmt: skip
    assert "5 entries" in suyuan("-w", "w", "capture", "a.ndjson").out


def test_the_same_file_again_changes_nothing(suyuan: Suyuan, lived: Path) -> None:
    before = suyuan("-w", lived, "checkpoint").out
    done = suyuan("-w", lived, "capture", "life.ndjson", "-f", "json")
    (told,) = json.loads(done.out)
    assert (done.code, told["outcome"], told["recorded"]) == (DONE, "unchanged", 0)
    assert suyuan("-w", lived, "checkpoint").out == before


def test_some_rows_refused_is_3_and_nothing_recorded_is_2(suyuan: Suyuan, tmp_path: Path) -> None:
    (tmp_path / "some.ndjson").write_bytes(BAD_ROW + ndjson(born(PACK, 300.0)))
    (tmp_path / "none.ndjson").write_bytes(BAD_ROW)
    suyuan("init", "w")
    some, none = suyuan("-w", "w", "capture", "some.ndjson"), suyuan("-w", "w", "capture", "none.ndjson")
    assert (some.code, none.code) == (FAULTS, NOTHING)
    assert "some.ndjson  [block]  " in some.out
    both = suyuan("-w", "w", "capture", "none.ndjson", "some.ndjson")
    assert both.code == FAULTS


def test_refuse_records_nothing_of_a_faulty_document(suyuan: Suyuan, tmp_path: Path) -> None:
    (tmp_path / "some.ndjson").write_bytes(BAD_ROW + ndjson(born(PACK, 300.0)))
    suyuan("init", "w")
    assert suyuan("-w", "w", "capture", "some.ndjson", "--on-error", "refuse").code == NOTHING
    assert suyuan("-w", "w", "trace", PACK).code == FAILED


def test_a_dry_run_writes_nothing(suyuan: Suyuan, tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_bytes(ndjson(born(PACK, 300.0)))
    suyuan("init", "w")
    before = suyuan("-w", "w", "checkpoint").out
    done = suyuan("-w", "w", "capture", "a.ndjson", "--dry-run")
    assert done.code == DONE
    assert "(dry run)" in done.out
    assert suyuan("-w", "w", "checkpoint").out == before


def test_a_finding_for_programs_has_its_place(suyuan: Suyuan, tmp_path: Path) -> None:
    (tmp_path / "some.ndjson").write_bytes(ndjson(born(PACK, 300.0)) + BAD_ROW)
    suyuan("init", "w")
    rows = suyuan("-w", "w", "capture", "some.ndjson", "--format", "ndjson", "--dry-run").out.splitlines()
    assert {json.loads(row)["line"] for row in rows} == {6}
    table = list(
        csv.DictReader(io.StringIO(suyuan("-w", "w", "capture", "some.ndjson", "-f", "csv", "--dry-run").out))
    )
    assert {row["line"] for row in table} == {"6"}


def test_a_dash_reads_standard_input(tmp_path: Path) -> None:
    assert process("init", "w", cwd=tmp_path).returncode == DONE
    done = process("-w", "w", "capture", "-", "-f", "json", cwd=tmp_path, stdin=ndjson(born(PACK, 300.0)))
    assert (done.returncode, json.loads(done.stdout)[0]["recorded"]) == (DONE, 5)
    used = process(
        "-w", "w", "where-used", "-", "--json", cwd=tmp_path, stdin=f"{CELLS[0]}\n\n{CELLS[1]}\n".encode()
    )
    assert (used.returncode, json.loads(used.stdout)["asked"]) == (DONE, 2)


def test_a_submission_is_on_behalf_of_the_party_named(suyuan: Suyuan, tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_bytes(ndjson(born(PACK, 300.0)))
    suyuan("init", "w")
    assert suyuan("-w", "w", "capture", "a.ndjson", "--party", "91610100TEB000010E").code == DONE
    told = json.loads(suyuan("-w", "w", "trace", PACK, "--json").out)
    assert {row["submitter"] for row in told["timeline"]} == {"91610100TEB000010E"}
    wrong = suyuan("-w", "w", "capture", "a.ndjson", "--party", "91610100TEB000010")
    assert (wrong.code, wrong.out) == (NOTHING, "")
    assert wrong.err == "error: --party 91610100TEB000010: 17 characters; a credit code has 18\n"


# -- trace, where-used -------------------------------------------------------------------------------


def test_trace_for_people_in_both_languages(suyuan: Suyuan, lived: Path) -> None:
    english, chinese = suyuan("-w", lived, "trace", PACK), suyuan("-w", lived, "trace", PACK, "--lang", "zh")
    assert (english.code, chinese.code) == (DONE, DONE)
    assert english.out.startswith(f"pack  {PACK}\n  state: recycled 2026-03-05\n")
    assert chinese.out.startswith(f"电池包  {PACK}\n  状态: 已再生利用 2026-03-05\n")
    assert "再生金属: Cu 29.400 kg, Li 3.666 kg" in chinese.out
    assert "lithium carbonate LI-L1" in english.out


def test_piped_output_has_no_colour_codes(lived: Path) -> None:
    done = process("-w", lived, "trace", PACK, cwd=lived.parent)
    assert (done.returncode, b"\x1b" in done.stdout, b"\x1b" in done.stderr) == (DONE, False, False)


def test_trace_as_csv_json_html_and_parquet(suyuan: Suyuan, lived: Path, tmp_path: Path) -> None:
    table = list(csv.DictReader(io.StringIO(suyuan("-w", lived, "trace", PACK, "--csv").out)))
    assert [row["step"] for row in table][:3] == ["made", "assembled", "shipped"]
    answer = json.loads(suyuan("-w", lived, "trace", PACK, "--json").out)
    assert [row["step"] for row in answer["timeline"]] == [row["step"] for row in table]
    assert suyuan("-w", lived, "trace", PACK, "--html", "-o", "page.html").out == ""
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert (page.count("<script"), page.count("http-equiv"), page.count("<link")) == (0, 0, 0)
    assert f'title="{SALT}"' in page
    done = process("-w", lived, "trace", PACK, "-f", "parquet", cwd=tmp_path)
    assert pq.read_table(io.BytesIO(done.stdout)).num_rows == len(table)


def test_metals_and_lots_as_csv(suyuan: Suyuan, lived: Path) -> None:
    metals = list(
        csv.DictReader(io.StringIO(suyuan("-w", lived, "trace", PACK, "--csv", "--rows", "became").out))
    )
    assert [(row["metal"], row["lot"], row["basis"]) for row in metals][1] == ("Li", SALT, "allocated")
    lots = list(
        csv.DictReader(io.StringIO(suyuan("-w", lived, "trace", PACK, "--csv", "--rows", "materials").out))
    )
    assert [row["material"] for row in lots] == ["copper", "lithium-carbonate"]


def test_trace_at_another_moment(suyuan: Suyuan, lived: Path) -> None:
    then = json.loads(suyuan("-w", lived, "trace", PACK, "--json", "--as-of", "2021-04-02").out)
    assert (then["holder"]["kind"], then["as_of"]["day"]) == ("in_transit", "2021-04-02")
    early = json.loads(suyuan("-w", lived, "trace", PACK, "--json", "--recorded-up-to", "5").out)
    assert (early["state"]["state"], early["as_of"]["recorded_up_to"]) == ("made", 5)


def test_an_unknown_code_ends_with_1_and_its_diagnosis(suyuan: Suyuan, lived: Path) -> None:
    done = suyuan("-w", lived, "trace", PACK[:-3])
    assert (done.code, done.out) == (FAILED, "")
    assert done.err.startswith(f"error: {PACK[:-3]} is not on this ledger; 21 characters")
    chinese = suyuan("-w", lived, "trace", PACK[:-3], "--lang=zh")
    assert chinese.err.startswith(f"错误：账本中没有 {PACK[:-3]}")


def test_where_used_names_vehicles_holders_and_lots(suyuan: Suyuan, lived: Path) -> None:
    told = json.loads(suyuan("-w", lived, "where-used", CELLS[0], "--json").out)
    assert (told["vehicles"], SALT in told["lots"], told["unknown"]) == ([VIN], True, [])
    assert "vehicles: 1" in suyuan("-w", lived, "where-used", CELLS[0]).out
    some = suyuan("-w", lived, "where-used", CELLS[0], "9A1CB240000001B3C9999999", "--lang", "zh")
    assert (some.code, "账本中没有: 9A1CB240000001B3C9999999" in some.out) == (DONE, True)
    assert suyuan("-w", lived, "where-used", "9A1CB240000001B3C9999999").code == FAILED
    assert suyuan("-w", lived, "where-used").err.startswith("error: name at least one code")


# -- the ledger --------------------------------------------------------------------------------------


def test_verify_agrees_and_proves_growth_since_a_kept_checkpoint(
    suyuan: Suyuan, lived: Path, tmp_path: Path
) -> None:
    (tmp_path / "kept.txt").write_text(suyuan("-w", lived, "checkpoint").out)
    (tmp_path / "more.ndjson").write_bytes(ndjson(born("9A1PB240000001B3C7777777", 10.0, parts=False)))
    assert suyuan("-w", lived, "capture", "more.ndjson").code == DONE
    done = suyuan("-w", lived, "verify", "--checkpoint", "kept.txt")
    assert (done.code, done.err) == (DONE, "")
    assert done.out.startswith("verified: ")
    assert "has only grown since the kept checkpoint" in done.out
    assert json.loads(suyuan("-w", lived, "verify", "-f", "json").out)["ok"] is True
    assert suyuan("-w", lived, "verify", "--lang", "zh").out.startswith("已核验：")


def test_a_checkpoint_of_another_ledger_is_refused(suyuan: Suyuan, lived: Path, tmp_path: Path) -> None:
    suyuan("init", "other")
    (tmp_path / "kept.txt").write_text(suyuan("-w", "other", "checkpoint").out)
    done = suyuan("-w", lived, "verify", "--checkpoint", "kept.txt")
    assert done.code in (FAILED, FAULTS)
    assert "Traceback" not in done.err


def test_a_receipt_carries_the_entry_and_its_proof(suyuan: Suyuan, lived: Path) -> None:
    text, twin = suyuan("-w", lived, "receipt", "0"), suyuan("-w", lived, "receipt", "0", "-f", "json")
    assert text.out.startswith("c2sp.org/tlog-proof@v1\n")
    assert json.loads(twin.out)
    beyond = suyuan("-w", lived, "receipt", "999999")
    assert (beyond.code, beyond.out) == (FAILED, "")
    assert beyond.err.startswith("error: ")


def test_rebuild_gives_the_same_answers(suyuan: Suyuan, lived: Path) -> None:
    before = suyuan("-w", lived, "trace", PACK, "--json").out
    done = suyuan("-w", lived, "rebuild")
    assert (done.code, done.out.startswith("rebuilt from ")) == (DONE, True)
    assert suyuan("-w", lived, "trace", PACK, "--json").out == before


def test_doctor_says_all_is_well_or_what_to_do(suyuan: Suyuan, lived: Path, tmp_path: Path) -> None:
    well = suyuan("-w", lived, "doctor", "-f", "json")
    assert (well.code, [row["ok"] for row in json.loads(well.out)]) == (
        DONE,
        [True] * len(json.loads(well.out)),
    )
    (lived / "ledger.pub").unlink()
    ill = suyuan("-w", lived, "doctor", "--lang", "zh")
    assert ill.code == FAILED
    assert "ledger.pub" in ill.out
    none = suyuan("-w", tmp_path / "nowhere", "doctor", "-f", "json")
    assert (none.code, json.loads(none.out)[-1]["ok"]) == (FAILED, False)
    assert suyuan("doctor").code == DONE


# -- demonstrations ----------------------------------------------------------------------------------


def test_only_a_demonstration_lets_its_clock_be_set_and_it_says_so(suyuan: Suyuan, tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_bytes(ndjson(born(PACK, 300.0)))
    at = "2026-05-31T18:00:00+08:00"
    suyuan("init", "real")
    refused = suyuan("-w", "real", "capture", "a.ndjson", "--at", at)
    assert (refused.code, refused.out) == (FAILED, "")
    assert refused.err.startswith("error: --at sets the clock of a demonstration only")
    suyuan("init", "demo", "--demo")
    done = suyuan("-w", "demo", "capture", "a.ndjson", "--at", at)
    assert done.code == DONE
    assert "demonstration: clock set by hand" in done.err
    told = suyuan("-w", "demo", "trace", PACK, "--json")
    assert json.loads(told.out)["timeline"][0]["recorded_at"].startswith("2026-05-31T10:00:00")
    assert told.err.startswith("note: demonstration")
    assert "demo" in suyuan("-w", "demo", "checkpoint").out.lower()


# -- what needs no workspace -------------------------------------------------------------------------


def test_template_lists_roles_and_writes_a_workbook(suyuan: Suyuan, tmp_path: Path) -> None:
    roles = suyuan("template")
    assert all(role in roles.out for role in ("battery-maker", "outlet-in", "recycler-batch", "swap"))
    assert suyuan("template", "outlet-in", "-o", "blank.xlsx").out == "wrote blank.xlsx\n"
    assert (tmp_path / "blank.xlsx").read_bytes()[:2] == b"PK"
    unknown = suyuan("template", "nobody")
    assert (unknown.code, "nobody" in unknown.err) == (FAILED, True)


def test_a_workbook_comes_back_with_its_cells_noted(suyuan: Suyuan, tmp_path: Path) -> None:
    from tests.worlds import steps

    from suyuan.render import template
    from suyuan.simulate.as_rows import by_form
    from suyuan.standards import forms

    made = [step for step in steps(41, 3) if step.kind == "made"][:1]
    (packs,) = (content for role, content in by_form(made).items() if role == "battery-maker")
    rows = {sheet: [row.cells for row in told] for sheet, told in packs.items()}
    rows["packs"][0] = {**rows["packs"][0], "produced_on": "2026-02-31"}
    template.write(forms.form("battery-maker"), tmp_path / "maker.xlsx", rows=rows)
    suyuan("init", "w")
    done = suyuan("-w", "w", "capture", "maker.xlsx", "--party", made[0].by.uscc, "--back", "back")
    assert done.code == FAULTS
    assert (tmp_path / "back" / "maker.checked.xlsx").exists()
    assert "maker.checked.xlsx" in done.err


def test_simulate_writes_a_world_and_will_not_write_over_files(suyuan: Suyuan, tmp_path: Path) -> None:
    done = suyuan("simulate", "world", "--packs", "20", "--seed", "3")
    assert (done.code, done.out.startswith("world: ")) == (DONE, True)
    again = suyuan("simulate", "world", "--packs", "20", "--lang", "zh")
    assert (again.code, again.err) == (FAILED, "错误：world 不为空；请指定新目录\n")


def test_id_says_what_a_code_is_and_ends_with_3_where_one_is_nothing(suyuan: Suyuan) -> None:
    good = suyuan("id", PACK, VIN, "--format", "json")
    assert (good.code, len(json.loads(good.out))) == (DONE, 2)
    bad = suyuan("id", PACK[:-3], "-f", "json", "--lang", "zh")
    assert bad.code == FAULTS
    assert "缺少 3 位" in bad.out
    assert suyuan("id", PACK).out.count(PACK) >= 1


def test_event_check_and_hash(suyuan: Suyuan, tmp_path: Path) -> None:
    (tmp_path / "good.ndjson").write_bytes(ndjson(born(PACK, 300.0)))
    (tmp_path / "bad.ndjson").write_bytes(ndjson(born(PACK, 300.0)) + BAD_ROW)
    assert suyuan("event", "check", "good.ndjson").code == DONE
    bad = suyuan("event", "check", "bad.ndjson", "-f", "ndjson")
    assert bad.code == FAULTS
    assert bad.out != ""
    hashes = suyuan("event", "hash", "good.ndjson")
    assert (hashes.code, len(hashes.out.splitlines())) == (DONE, 5)
    assert all(line.startswith("ni:///sha-256;") for line in hashes.out.splitlines())
    missing = suyuan("event", "check", "nowhere.json")
    assert missing.code != DONE
    assert missing.err.startswith("error: ")


def test_a_register_of_parties_is_recorded_and_names_them(
    suyuan: Suyuan, lived: Path, tmp_path: Path
) -> None:
    (tmp_path / "parties.csv").write_text(
        "uscc,name,role\n91610100TEB000010E,示例电池企业,battery-maker\n", "utf-8"
    )
    assert suyuan("-w", lived, "party", "import", "parties.csv", "--dry-run").code == DONE
    assert "示例电池企业" not in suyuan("-w", lived, "trace", PACK).out
    assert suyuan("-w", lived, "party", "import", "parties.csv").code == DONE
    assert "示例电池企业" in suyuan("-w", lived, "trace", PACK).out
