"""Whatever a stranger sends, the reader's process bears it, not ours."""

import contextlib
import io
import os
import struct
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from tests.capture.workbook.filled import csv_bytes, pack, read, workbook

from suyuan.capture.workbook import jail
from suyuan.capture.workbook.errors import DamagedWorkbook, ProtectedWorkbook, WorkbookTooBig, WorkbookTooSlow
from suyuan.capture.workbook.jail import Limits, frames
from suyuan.terms.errors import SuyuanError

SHEET = "xl/worksheets/sheet1.xml"


def with_sheet(data: bytes, xml: bytes) -> bytes:
    """A workbook whose first sheet is this text."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, xml if part.filename == SHEET else old.read(part))
    return stream.getvalue()


def good() -> bytes:
    return workbook("swap", vehicles=[{"vin": "LNBSCB3F0DD130955", "registered_on": "2026-06-01"}])


def test_a_bomb_is_seen_before_it_goes_off() -> None:
    began = time.monotonic()
    with pytest.raises(WorkbookTooBig, match="would unpack to"):
        read(with_sheet(good(), b" " * (200 << 20)), "bomb.xlsx")
    assert time.monotonic() - began < 30


def test_a_bomb_that_lies_about_its_size_meets_the_limit_of_memory_or_is_damaged() -> None:
    row = (
        b"<row>"
        + b"".join(b"<c t='inlineStr'><is><t>" + b"x" * 1000 + b"</t></is></c>" for _ in range(50))
        + b"</row>"
    )
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    data = bytearray(with_sheet(good(), head + row * 2000 + b"</sheetData></worksheet>"))
    # the central directory says one byte
    at = data.rindex(SHEET.encode()) - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    struct.pack_into("<I", data, at + 24, 1)
    with pytest.raises((WorkbookTooBig, DamagedWorkbook)):
        list(frames("raw", io.BytesIO(bytes(data)), "liar.xlsx", Limits(memory_bytes=256 << 20)))


def test_a_sheet_of_two_far_corners_meets_the_limit_of_memory() -> None:
    xml = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        b"</sheetData></worksheet>"
    )
    with pytest.raises((WorkbookTooBig, DamagedWorkbook)):
        list(frames("raw", io.BytesIO(with_sheet(good(), xml)), "corners.xlsx"))


def test_reading_that_takes_too_long_is_ended() -> None:
    endless = csv_bytes([["VIN", "Sale date"], *([["x", "y"]] * 200_000)])
    with pytest.raises(WorkbookTooSlow, match="longer than 0 s"):
        list(frames("raw", io.BytesIO(endless), "slow.csv", Limits(seconds=0)))


def test_a_reader_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jail, "_BOOT", "import time; time.sleep(60)")
    began = time.monotonic()
    with pytest.raises(WorkbookTooSlow):
        list(frames("raw", io.BytesIO(b"a,b\n"), "hang.csv", Limits(seconds=1)))
    assert time.monotonic() - began < 10


def test_a_reader_that_is_shot_leaves_the_parent_unharmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jail, "_BOOT", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    with pytest.raises(DamagedWorkbook, match="exit code -11"):
        list(frames("raw", io.BytesIO(b"a,b\n"), "shot.csv"))


def test_too_little_memory_is_told_with_the_limit() -> None:
    rows = [{"pack_code": pack(n), "model": "m" * 1500} for n in range(1, 20_000)]
    data = workbook("battery-maker", packs=rows)
    with pytest.raises(WorkbookTooBig, match="more than 96 MiB"):
        list(frames("raw", io.BytesIO(data), "big.xlsx", Limits(memory_bytes=96 << 20)))


@pytest.mark.parametrize("cut", [100, 1000, -200, -10])
def test_a_truncated_workbook_is_told_to_be_damaged(cut: int) -> None:
    with pytest.raises(DamagedWorkbook, match="cannot be read"):
        read(good()[:cut], "cut.xlsx")


def test_a_zip_of_something_else_is_told_to_be_damaged() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(DamagedWorkbook, match="cannot be read"):
        read(stream.getvalue(), "x.xlsx")


def test_flipped_bytes_never_do_more_than_raise() -> None:
    data = good()
    for seed in range(8):
        broken = bytearray(data)
        for n in range(20):
            broken[zlib.crc32(bytes((seed, n))) % len(data)] ^= 0x55
        with contextlib.suppress(SuyuanError):
            read(bytes(broken), "flipped.xlsx")


def test_no_process_is_left_behind() -> None:
    before = children()
    reading = frames("raw", io.BytesIO(csv_bytes([["a", "b"]] * 50_000)), "x.csv")
    next(reading)
    assert children() > before
    reading.close()
    assert children() == before


def children() -> set[str]:
    """Processes of this one, also those that ended and were not waited for; other tests may have servers running."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended in the meantime
            if int(stat.read_text().rpartition(")")[2].split()[1]) == os.getpid():
                found.add(stat.parent.name)
    return found


def test_a_protected_workbook_is_told() -> None:
    # an OLE2 container with an encrypted package is what Excel writes for a password
    with pytest.raises((ProtectedWorkbook, DamagedWorkbook)):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "locked.xlsx")
