"""A letter that reminds a party of what it has not reported, for a person to read over and send."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from suyuan.terms.sentence import Lang


def letter(
    sums: Iterable[Mapping[str, Any]],
    files: Sequence[tuple[str, str, int]],
    name: str,
    party: str,
    day: date,
    operator: str,
    lang: Lang,
) -> str:
    """The draft: `sums` by duty (what, count, overdue, oldest_due, days, clause), `files` as (form, file, rows)."""
    return (_zh if lang == "zh" else _en)(list(sums), files, name, party, day, operator)


def _zh(
    sums: list[Mapping[str, Any]],
    files: Sequence[tuple[str, str, int]],
    name: str,
    party: str,
    day: date,
    operator: str,
) -> str:
    total, overdue = sum(row["count"] for row in sums), sum(row["overdue"] for row in sums)
    lines = [
        "关于补报动力电池溯源信息的提醒（草稿，发出前请核对）", "",
        f"{name}（{party}）：", "",
        f"据溯源账本记录，截至 {day}，贵单位有 {total} 项信息尚未报送，其中 {overdue} 项已逾期：", "",
        *(f"  {n}. {row['what']}：{row['count']} 项，最早应于 {row['oldest_due']} 前报送，{_late_zh(row)}。依据：{row['clause']}"
          for n, row in enumerate(sums, 1)), "",
        "随函附上已按账本预填的表格：", "",
        *(f"  - {file}（{form}，{count} 行）" for form, file, count in files), "",
        "请核对预填内容，补齐必填列后报回。如已报送或情况不符，请说明并附凭据。",
        "标注“未核实”的条款，其期限尚待对照正式文本确认。", "",
        operator, f"{day}",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _late_zh(row: Mapping[str, Any]) -> str:
    return f"逾期 {row['overdue']} 项，最长 {row['days']} 天" if row["overdue"] else "尚未到期"


def _en(
    sums: list[Mapping[str, Any]],
    files: Sequence[tuple[str, str, int]],
    name: str,
    party: str,
    day: date,
    operator: str,
) -> str:
    total, overdue = sum(row["count"] for row in sums), sum(row["overdue"] for row in sums)
    lines = [
        "Reminder: traceability information still to be reported (draft; read it over before sending)", "",
        f"To {name} ({party})", "",
        f"By the ledger, {total} reports of yours are missing as of {day}, {overdue} of them overdue:", "",
        *(f"  {n}. {row['what']}: {row['count']}, the oldest due on {row['oldest_due']}, {_late_en(row)}. {row['clause']}"
          for n, row in enumerate(sums, 1)), "",
        "The forms that come with this letter are filled in from the ledger:", "",
        *(f"  - {file} ({form}, {count} rows)" for form, file, count in files), "",
        "Please check what is filled in, complete the required columns and send the workbook back. If you have reported it "
        "already, or if it is not so, please say so and show what proves it.",
        "Where a clause is marked as not verified, its time is still to be compared with the official text.", "",
        operator, f"{day}",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _late_en(row: Mapping[str, Any]) -> str:
    return f"{row['overdue']} overdue by {row['days']} days at most" if row["overdue"] else "not due yet"
