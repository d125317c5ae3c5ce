"""Chasing: what a party has not reported, as rows of its form filled in as far as the ledger knows.

Filled in is only what others have told already: codes, who sent it, the kind, the mass that its maker declared. What the
party alone can say (the day on which it came in, a certificate's number) is left for it to fill in.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from suyuan.reports.findings import clause
from suyuan.standards.shapes import BatteryType
from suyuan.standards.tables import table
from suyuan.terms.citation import NOT_VERIFIED
from suyuan.terms.sentence import Lang

Row = Mapping[str, Any]
_KINDS = {"pack": "P", "module": "M", "cell": "C", "reuse_pack": "P", "reuse_module": "M", "reuse_cell": "C"}


def by_form(rows: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    """Rows of `duties.missing` by (form, sheet), each item once; what no form can make good is left out."""
    found: dict[tuple[str, str], dict[str, Row]] = {}
    for row in rows:
        role, _, sheet = (row["form"] or "").partition("/")
        if (role, sheet) in _SHEETS:
            found.setdefault((role, sheet), {}).setdefault(row["item"], row)
    return {key: list(items.values()) for key, items in found.items()}


def prefilled(rows: Iterable[Row], role: str, sheet: str) -> list[dict[str, Any]]:
    """Rows of the sheet by column key; a sheet for which nothing is known beforehand has none."""
    fill = _SHEETS.get((role, sheet))
    if fill is None:
        return []
    return [{key: value for key, value in fill(row).items() if value is not None} for row in rows]


def _chemistry(row: Row) -> str | None:
    found = table("battery-type", BatteryType).latest(row["letter"] or "")
    return found.word if found else None


def _pack_made(row: Row) -> dict[str, Any]:
    return {
        "pack_code": row["item"], "model": row["model"], "produced_on": row["code_day"], "mass_kg": row["kg"],
        "chemistry": _chemistry(row),
    }  # fmt: skip


def _vehicle(row: Row) -> dict[str, Any]:
    return {"vin": row["item"], "certificate_on": row["trigger_day"]}


def _collected(row: Row) -> dict[str, Any]:
    return {
        "code": row["item"], "battery_kind": _KINDS.get(row["thing"] or ""), "source_uscc": row["giver"], "mass_kg": row["kg"],
    }  # fmt: skip


def _received(row: Row) -> dict[str, Any]:
    return {
        "code": row["item"], "supplier_uscc": row["giver"], "mass_kg": row["kg"], "chemistry": _chemistry(row),
    }  # fmt: skip


def _received_for_reuse(row: Row) -> dict[str, Any]:
    return {"code": row["item"], "supplier_uscc": row["giver"], "mass_kg": row["kg"]}


def _handed_over(row: Row) -> dict[str, Any]:
    return {"code": row["item"], "mass_kg": row["kg"]}


_SHEETS: Mapping[tuple[str, str], Callable[[Row], dict[str, Any]]] = {
    ("battery-maker", "packs"): _pack_made,
    ("vehicle-maker-production", "vehicles"): _vehicle,
    ("outlet-in", "collected"): _collected,
    ("recycler-in", "received"): _received,
    ("echelon", "received"): _received_for_reuse,
    ("dismantler", "outbound"): _handed_over,
}


def sums(rows: Iterable[Row], lang: Lang) -> list[dict[str, Any]]:
    """By row of law: what is owed, how many, the oldest day due, the clause."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["row"], []).append(row)
    return [
        {
            "what": of[0]["zh" if lang == "zh" else "en"],
            "count": len(of),
            "overdue": sum(row["status"] == "overdue" for row in of),
            "oldest_due": min(row["due"] for row in of),
            "days": max((row["days"] for row in of if row["status"] == "overdue"), default=0),
            "clause": _noted(clause(of[0]["cites"], lang), of[0]["verified"], lang),
        }
        for of in found.values()
    ]


def _noted(cited: str, verified: bool, lang: Lang) -> str:
    """The clause with the remark that its row is not verified, said once where the document is not either."""
    remark = NOT_VERIFIED.show(lang)
    if verified or remark in cited:
        return cited
    return f"{cited}（{remark}）" if lang == "zh" else f"{cited} ({remark})"


def instructions(rows: Sequence[Row], name: str, party: str, day: date) -> list[str]:
    """What the workbook's page of instructions says before the columns."""
    lines = [
        f"补报通知：{name}（{party}），截至 {day} 有 {len(rows)} 项信息未报。已按账本中其他主体的记录预填，请核对并补齐橙色必填列，其余留空；核对后原样报回。",
        f"To be reported: {len(rows)} rows of {name} ({party}) as of {day}. Filled in from what others have told; please check them, "
        "fill in what is missing in the orange columns, and send the workbook back.",
        "预填内容与实物不符时，请按实物更正；确未收到或不属本单位的，请删除该行并另行说明。",
        "Where a row does not agree with the thing itself, correct it; where you never had it, delete the row and tell us so.",
    ]
    for zh, en in zip(sums(rows, "zh"), sums(rows, "en"), strict=True):
        lines.append(f"{zh['what']}：{zh['count']} 项，最早期限 {zh['oldest_due']}；依据 {zh['clause']}")
        lines.append(f"{en['what']}: {en['count']}, due since {en['oldest_due']}; {en['clause']}")  # fmt: skip
    return lines
