"""Opening a workbook of any kind: its sheets, and their rows as raw cells.

Runs in the jail (`suyuan.capture.workbook.jail`): what is opened here was sent by a stranger. A zip container
says how much it unpacks to before anything is unpacked, so a bomb is mostly seen before it goes off; one
that lies meets the jail's limits.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, BinaryIO
from xml.etree import ElementTree

from suyuan.capture.workbook.cells import Raw, position
from suyuan.capture.workbook.delimited import records
from suyuan.capture.workbook.errors import DamagedWorkbook, ProtectedWorkbook, WorkbookTooBig

ZIP, OLE2 = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

FILE_MAX = 256 << 20
UNPACKED_MAX = 2 << 30
RATIO_MAX = 250
"""Deflate can reach 1030; a sheet with a million equal rows stays under 100."""
RATIO_FROM = 64 << 20
PARTS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Opened:
    """One sheet: rows from `first_row` (counted from 0), cells from column A on; merged cells as (top, left, bottom, right)."""

    name: str
    rows: Iterator[Sequence[Raw]]
    first_row: int = 0
    height: int | None = None
    visible: bool = True
    merged: tuple[tuple[int, int, int, int], ...] = ()


def open_sheets(stream: BinaryIO, name: str) -> list[Opened]:
    """The sheets of a workbook, or the one table of a delimited text. Raises the errors of `errors`."""
    head = stream.read(8)
    if not head.startswith((ZIP, OLE2)):
        rows = ([cell or None for cell in record] for record in records(_Rejoined(head, stream)))
        return [Opened(sheet_name(name), rows)]
    data = _held(head, stream)
    if head.startswith(ZIP):
        refuse_bomb(data)
    return list(_calamine_sheets(data, zipped=head.startswith(ZIP)))


def _held(head: bytes, stream: BinaryIO) -> io.BytesIO:
    """The whole document in memory, once. Raises WorkbookTooBig."""
    data = io.BytesIO()
    data.write(head)
    while part := stream.read(1 << 20):
        if data.write(part) and data.tell() > FILE_MAX:
            raise _too_big()
    return data


def _too_big() -> WorkbookTooBig:
    return WorkbookTooBig(
        f"the workbook is larger than {FILE_MAX >> 20} MiB; split it into several files",
        f"工作簿超过 {FILE_MAX >> 20} MiB；请拆分为多个文件",
    )


def sheet_name(name: str) -> str:
    """What the one table of a delimited text is called: its file's name, as a sheet may be called.

    >>> sheet_name("in/outlet: 2026-05.csv")
    'outlet_ 2026-05'
    """
    return re.sub(r"[\[\]:*?/\\]", "_", PurePath(name.replace("\\", "/")).stem)[:31].strip("'") or "table"


def refuse_bomb(data: io.BytesIO) -> None:
    """Raise WorkbookTooBig where the container says that it unpacks to a flood."""
    try:
        parts = zipfile.ZipFile(data).infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as wrong:
        raise _damaged(wrong) from wrong
    unpacked = sum(part.file_size for part in parts)
    packed, size = sum(part.compress_size for part in parts), data.getbuffer().nbytes
    flood = unpacked > RATIO_FROM and unpacked > RATIO_MAX * max(packed, 1)
    if unpacked > UNPACKED_MAX or flood or len(parts) > PARTS_MAX:
        raise WorkbookTooBig(
            f"the workbook of {size:,} bytes would unpack to {unpacked:,} bytes in {len(parts):,} parts; "
            "it was not opened. Save it anew from a spreadsheet program, or split it",
            f"工作簿仅 {size:,} 字节，解压后却达 {unpacked:,} 字节（{len(parts):,} 个部件），未予打开；请用表格软件另存，或拆分",
        )


def _calamine_sheets(data: io.BytesIO, *, zipped: bool) -> Iterator[Opened]:
    import python_calamine as calamine

    failing = error_cells(data) if zipped else {}
    data.seek(0)
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(data)
        described = workbook.sheets_metadata
    except calamine.PasswordError as wrong:
        raise ProtectedWorkbook(
            "the workbook is protected by a password; save it without one",
            "工作簿有密码保护；请去除密码后另存",
        ) from wrong
    except (calamine.CalamineError, OSError) as wrong:
        raise _damaged(wrong) from wrong
    for index, about in enumerate(described):
        if about.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        try:
            sheet = workbook.get_sheet_by_index(index)
        except (calamine.CalamineError, OSError) as wrong:
            raise _damaged(wrong) from wrong
        row, column = sheet.start or (0, 0)
        merged = tuple((*start, *end) for start, end in sheet.merged_cell_ranges or ())
        yield Opened(
            about.name,
            _with_errors(
                _shifted(sheet.iter_rows() if sheet.start else iter(()), column), failing.get(about.name), row
            ),
            row,
            sheet.height if sheet.start else 0,
            about.visible == calamine.SheetVisibleEnum.Visible,
            merged,
        )


def _shifted(rows: Iterator[list[Any]], column: int) -> Iterator[list[Any]]:
    """Rows from column A on."""
    pad = [""] * column
    return (pad + row for row in rows) if column else rows


_ERROR_CELL = re.compile(
    rb'<c\s(?=[^>]*\br="([A-Z]{1,3}[0-9]{1,7})")(?=[^>]*\bt="e")[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?\s*<v>([^<]{1,20})</v>'
)
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def error_cells(data: io.BytesIO) -> dict[str, dict[int, list[tuple[int, str]]]]:
    """Cells of an xlsx whose formula fails, by sheet and row (from 0): the reader gives them out as empty."""
    with zipfile.ZipFile(data) as archive:
        try:
            book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
            relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        except (KeyError, ElementTree.ParseError):
            return {}  # another kind of zip workbook; or one that the reader has its own words for
        targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
        found: dict[str, dict[int, list[tuple[int, str]]]] = {}
        for sheet in book.iter(f"{_MAIN}sheet"):
            target = targets.get(sheet.get(f"{_RELATIONS}id"), "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if path in archive.namelist():
                rows = found.setdefault(sheet.get("name", ""), {})
                for cell, text in _ERROR_CELL.findall(archive.read(path)):
                    row, column = position(cell.decode())
                    rows.setdefault(row, []).append((column, text.decode("utf-8", "replace")))
    return found


def _with_errors(
    rows: Iterator[list[Any]], failing: dict[int, list[tuple[int, str]]] | None, first: int
) -> Iterator[list[Any]]:
    """Rows with the errors of their formulas where they stand."""
    if not failing:
        return rows
    return (_corrected(row, failing.get(number, ())) for number, row in enumerate(rows, first))


def _corrected(row: list[Any], failing: Sequence[tuple[int, str]]) -> list[Any]:
    for column, text in failing:
        if column < len(row):
            row[column] = text
    return row


def _damaged(wrong: BaseException) -> DamagedWorkbook:
    return DamagedWorkbook(
        f"the workbook cannot be read ({wrong}); open it in a spreadsheet program and save it as .xlsx again",
        f"工作簿无法读取（{wrong}）；请用表格软件打开并重新另存为 .xlsx",
    )


class _Rejoined:
    """A stream with the bytes that were read from its beginning put back, as long as a workbook may be.

    A table of delimited text streams; what its rows are compared by is kept, and must end somewhere.
    """

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest, self._size = head, rest, 0

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; b'' at the end. Raises WorkbookTooBig."""
        head, self._head = self._head, b""
        part = head + self._rest.read(size)
        self._size += len(part)
        if self._size > FILE_MAX:
            raise _too_big()
        return part
