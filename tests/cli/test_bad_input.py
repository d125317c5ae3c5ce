"""Bad input, bad places, bad luck: a clear message, an exit code, nothing lost, never a traceback."""

import gzip
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks.figures import resident_mb
from tests.cli.conftest import Suyuan, process
from tests.usecases.lives import PACK, born
from tests.worlds import ndjson

from suyuan.store.lock import exclusive

NOTHING, FAILED, FAULTS = 2, 1, 3
MB = 1 << 20


@pytest.fixture
def held(suyuan: Suyuan, tmp_path: Path) -> Path:
    """A workspace with five entries."""
    (tmp_path / "good.ndjson").write_bytes(ndjson(born(PACK, 300.0)))
    suyuan("init", "w")
    assert suyuan("-w", "w", "capture", "good.ndjson").code == 0
    return tmp_path / "w"


def size_of(suyuan: Suyuan) -> int:
    return int(suyuan("-w", "w", "checkpoint").out.splitlines()[1])


def xlsx_bomb() -> bytes:
    """A workbook of a few kilobytes whose one sheet unpacks to a gigabyte."""
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')  # fmt: skip
        archive.writestr("xl/workbook.xml", '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets><sheet name="a" sheetId="1"/></sheets></workbook>')  # fmt: skip
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(1024):
                sheet.write(b" " * MB)
    return told.getvalue()


FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "an empty file": ("empty.json", lambda: b""),
    "only blanks": ("blank.ndjson", lambda: b" \n\n  \n"),
    "a PDF": ("order.pdf", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"),
    "a picture": ("label.png", lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(100)),
    "a gzip": ("events.ndjson.gz", lambda: gzip.compress(ndjson(born(PACK, 1.0)))),
    "a PDF that calls itself xlsx": ("order.xlsx", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
    "JSON cut off": ("cut.json", lambda: json.dumps({"type": "EPCISDocument", "epcisBody": {"eventList": born(PACK, 1.0)}}).encode()[:-40]),
    "JSON of something else": ("other.json", lambda: b'{"name": "no event"}'),
    "a zip that is cut off": ("cut.xlsx", lambda: xlsx_of_the_maker()[:2000]),
    "bytes without meaning": ("noise.bin", lambda: bytes(range(256)) * 20),
    "UTF-16 without a mark": ("wide.csv", lambda: "编码,日期\n1,2\n".encode("utf-16-le")),
}  # fmt: skip


def xlsx_of_the_maker() -> bytes:
    from suyuan.render import template
    from suyuan.standards import forms

    told = io.BytesIO()
    template.write(forms.form("battery-maker"), told)
    return told.getvalue()


@pytest.mark.parametrize("what", FILES)
def test_a_file_that_is_no_submission_is_refused_in_words(
    what: str, held: Path, suyuan: Suyuan, tmp_path: Path
) -> None:
    name, content = FILES[what]
    (tmp_path / name).write_bytes(content())
    before = size_of(suyuan)
    for lang in ("en", "zh"):
        done = suyuan("-w", "w", "capture", name, "--lang", lang)
        told = done.out + done.err
        assert done.code == NOTHING, told
        assert "Traceback" not in told
        assert name in told
        assert (lang == "zh") == any("一" <= letter <= "鿿" for letter in told), told
    assert size_of(suyuan) == before
    assert suyuan("-w", "w", "verify").code == 0


def test_a_missing_file_and_a_directory_are_told_apart(held: Path, suyuan: Suyuan, tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    missing, directory = suyuan("-w", "w", "capture", "nowhere.json"), suyuan("-w", "w", "capture", "d")
    assert (missing.code, directory.code) == (NOTHING, NOTHING)
    assert missing.err == "nowhere.json: cannot read nowhere.json: No such file or directory\n"
    assert directory.err == "d: d is a directory; name files, e.g. d/*\n"


def test_of_several_files_the_good_ones_are_recorded(held: Path, suyuan: Suyuan, tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7\n")
    (tmp_path / "more.ndjson").write_bytes(ndjson(born("9A1PB240000001B3C7777777", 10.0, parts=False)))
    before = size_of(suyuan)
    done = suyuan("-w", "w", "capture", "bad.pdf", "more.ndjson")
    assert (done.code, size_of(suyuan)) == (FAULTS, before + 1)


def test_a_bomb_of_a_workbook_is_refused_soon_and_in_little_memory(
    held: Path, suyuan: Suyuan, tmp_path: Path
) -> None:
    bomb = xlsx_bomb()
    assert len(bomb) < 2 * MB
    (tmp_path / "bomb.xlsx").write_bytes(bomb)
    started = time.monotonic()
    done = process("-w", "w", "capture", "bomb.xlsx", cwd=tmp_path)
    assert (done.returncode, b"Traceback" in done.stderr) == (NOTHING, False), done.stderr
    assert b"bomb.xlsx" in done.stderr
    assert time.monotonic() - started < 30
    assert suyuan("-w", "w", "verify").code == 0


def test_a_large_file_is_taken_in_within_bounded_memory(held: Path, tmp_path: Path) -> None:
    """60 MB, 40 times what is held at once; the bound is the product's: 500 MB with all its libraries."""
    with (tmp_path / "large.ndjson").open("wb") as file:
        event = ndjson(born(PACK, 300.0, parts=False))
        for n in range(60 * MB // len(event)):
            file.write(event.replace(b"2345678", b"%07d" % n))
    command = [sys.executable, "-m", "suyuan", "-w", "w", "capture", "large.ndjson", "-f", "csv"]
    peak = 0.0
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as capturing:
        while capturing.poll() is None:
            peak = max(peak, resident_mb(capturing.pid))
            time.sleep(0.02)
        assert capturing.stderr is not None
        assert (capturing.returncode, capturing.stderr.read()) == (0, "")
    assert 50 < peak < 500


def test_a_second_writer_is_told_to_wait_and_the_first_goes_on(
    held: Path, suyuan: Suyuan, tmp_path: Path
) -> None:
    before = size_of(suyuan)
    (tmp_path / "more.ndjson").write_bytes(ndjson(born("9A1PB240000001B3C7777777", 10.0, parts=False)))
    with exclusive(held / "index.lock"):
        for lang, word in (("en", b"another"), ("zh", "写入进程".encode())):
            done = process("-w", "w", "capture", "more.ndjson", cwd=tmp_path, lang=lang)
            assert (done.returncode, word in done.stderr) == (NOTHING, True), done.stderr.decode()
            assert b"Traceback" not in done.stderr
    assert size_of(suyuan) == before
    assert suyuan("-w", "w", "capture", "more.ndjson").code == 0
    assert size_of(suyuan) == before + 1


def test_two_writers_at_once_lose_nothing(held: Path, suyuan: Suyuan, tmp_path: Path) -> None:
    for n in range(2):
        told = [
            event for k in range(300) for event in born(f"9A1PB240000001B3C{n}{k:06d}", 10.0, parts=False)
        ]
        (tmp_path / f"{n}.ndjson").write_bytes(ndjson(told))
    before = size_of(suyuan)
    words = [sys.executable, "-m", "suyuan", "-w", "w", "capture"]
    both = [subprocess.Popen([*words, f"{n}.ndjson"], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for n in range(2)]  # fmt: skip
    codes = [each.wait(120) for each in both]
    assert set(codes) <= {0, NOTHING}
    assert 0 in codes
    assert size_of(suyuan) == before + 300 * codes.count(0)
    assert suyuan("-w", "w", "verify").code == 0


def test_a_full_disk_stops_a_capture_and_undoes_it(held: Path, suyuan: Suyuan, tmp_path: Path) -> None:
    told = [event for k in range(4000) for event in born(f"9A1PB240000001B3C9{k:06d}", 10.0, parts=False)]
    (tmp_path / "large.ndjson").write_bytes(ndjson(told))
    before = suyuan("-w", "w", "checkpoint").out
    limit = max(path.stat().st_size for path in held.rglob("*") if path.is_file()) + 20_000
    for lang, word in (("en", "disk"), ("zh", "磁盘")):
        done = subprocess.run(
            [sys.executable, "-m", "suyuan", "-w", "w", "capture", "large.ndjson"], cwd=tmp_path,
            capture_output=True, text=True, check=False, env={**os.environ, "SUYUAN_LANG": lang},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        )  # fmt: skip
        assert (done.returncode, "Traceback" in done.stderr) == (NOTHING, False), done.stderr
        assert word in done.stderr
    assert suyuan("-w", "w", "checkpoint").out == before
    assert suyuan("-w", "w", "verify").code == 0
    assert suyuan("-w", "w", "capture", "large.ndjson").code == 0  # with room, the same file goes in


def test_a_workspace_that_may_only_be_read_can_be_asked_but_not_written(
    held: Path, suyuan: Suyuan, tmp_path: Path
) -> None:
    before = suyuan("-w", "w", "trace", PACK, "--json").out
    (tmp_path / "more.ndjson").write_bytes(ndjson(born("9A1PB240000001B3C7777777", 10.0, parts=False)))
    if shutil.which("unshare") is None or b"mount" in read_only(tmp_path, "--version").stderr:
        pytest.skip("this machine lets nobody mount a directory read-only")
    done = read_only(tmp_path, "-w", "w", "capture", "more.ndjson")
    assert (done.returncode, b"Traceback" in done.stderr) == (NOTHING, False), done.stderr
    assert b"w" in done.stderr
    asked = read_only(tmp_path, "-w", "w", "trace", PACK, "--json")
    assert (asked.returncode, asked.stderr, asked.stdout.decode()) == (0, b"", before)


def read_only(cwd: Path, *words: str) -> "subprocess.CompletedProcess[bytes]":
    """Run with the workspace mounted so that nothing in it can be written (root may write whatever a mode says)."""
    command = (
        f"mount --bind w w && mount -o remount,bind,ro w && exec {sys.executable} -m suyuan {' '.join(words)}"
    )
    return subprocess.run(
        ["unshare", "-rm", "sh", "-c", command], cwd=cwd, capture_output=True, check=False, timeout=120,
        env={**os.environ, "SUYUAN_LANG": "en"},
    )  # fmt: skip


def test_a_workspace_that_is_not_there_or_not_one_is_told(suyuan: Suyuan, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "workspace.toml").write_text("format = [")
    (tmp_path / "newer").mkdir()
    (tmp_path / "newer" / "workspace.toml").write_text(
        'format = 99\noperator = "x"\norigin = "x"\ndemo = false\n'
    )
    for name in ("nowhere", "plain", "broken"):
        done = suyuan("-w", name, "verify")
        assert (done.code, done.out) == (FAILED, "")
        assert done.err == f"error: {name} is not a workspace (workspace.toml is missing or broken); make one: suyuan init {name}\n"  # fmt: skip
        assert suyuan("-w", name, "trace", PACK, "--lang", "zh").err.startswith(f"错误：{name} 不是工作区")
    assert "use a newer suyuan" in suyuan("-w", "newer", "verify").err
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("name", ["ledger.sqlite", "ledger.key", "ledger.pub"])
@pytest.mark.parametrize("damage", ["gone", "empty", "noise"])
def test_a_damaged_ledger_is_named_and_never_written_on(
    name: str, damage: str, held: Path, suyuan: Suyuan, tmp_path: Path
) -> None:
    whole = (held / name).read_bytes()
    (held / name).unlink()
    if damage != "gone":
        (held / name).write_bytes(b"" if damage == "empty" else b"\x13noise" * 3000)
    (tmp_path / "more.ndjson").write_bytes(ndjson(born("9A1PB240000001B3C7777777", 10.0, parts=False)))
    for words in (["verify"], ["trace", PACK], ["capture", "more.ndjson"], ["checkpoint"], ["receipt", "0"]):
        for lang in ("en", "zh"):
            done = suyuan("-w", "w", *words, "--lang", lang)
            assert done.code in (0, FAILED, NOTHING, FAULTS), (words, done)
            assert done.out or done.err, words
    if name != "ledger.key":
        assert suyuan("-w", "w", "verify").code in (FAILED, FAULTS)
    (held / name).unlink(missing_ok=True)
    (held / name).write_bytes(whole)
    (held / name).chmod(0o600)
    assert suyuan("-w", "w", "verify").code == 0


def test_a_changed_byte_of_the_truth_is_found(held: Path, suyuan: Suyuan) -> None:
    document = next(path for path in (held / "documents").rglob("*") if path.is_file())
    document.chmod(0o644)
    told = bytearray(document.read_bytes())
    told[len(told) // 2] ^= 1
    document.write_bytes(told)
    done = suyuan("-w", "w", "verify")
    assert done.code == FAULTS
    assert done.out.startswith("the ledger does not agree: ")


@pytest.mark.parametrize("name", ["serving.sqlite", "columns.duckdb", "plan.json", "index"])
def test_damaged_derived_files_are_told_or_made_anew_and_rebuild_mends_them(
    name: str, held: Path, suyuan: Suyuan, tmp_path: Path
) -> None:
    before = suyuan("-w", "w", "trace", PACK, "--json").out
    files = [held / name] if (held / name).is_file() else [p for p in (held / name).rglob("*") if p.is_file()]
    for path in files:
        path.write_bytes(b"\x13noise" * 500)
    asked = process("-w", "w", "trace", PACK, "--json", cwd=tmp_path)
    assert (asked.returncode in (0, FAILED), b"Traceback" in asked.stderr) == (True, False), (
        asked.stderr.decode()
    )
    mended = process("-w", "w", "rebuild", cwd=tmp_path)
    assert (mended.returncode, b"Traceback" in mended.stderr) == (0, False), mended.stderr.decode()
    assert process("-w", "w", "trace", PACK, "--json", cwd=tmp_path).stdout.decode() == before
