"""Where-used: everything that cells, modules, packs or lots reached, directly or not, for a recall.

    codes ──index──▶ items ──closure──▶ candidates ──lineage──▶ reached: vehicles, holders, lots, everything

The index knows every edge ever recorded; the served lineage tells which of them count (corrections applied).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from suyuan.usecases.family import reached
from suyuan.usecases.trace import Ambiguous, NotOnRecord, find
from suyuan.usecases.workspace import Workspace


def where_used(workspace: Workspace, codes: Sequence[str]) -> dict[str, Any]:
    """What the codes reached: `vehicles`, `holders`, `lots`, `reached` (a row an item), and codes `unknown`."""
    start, unknown = _found(workspace, codes)
    index, derived = workspace.index, workspace.derived
    levels = index.closure(list(start.values()), "up")
    candidates = np.unique(np.concatenate([np.asarray(list(start.values()), np.int64), *levels])).tolist()
    rows = derived.results(candidates)
    found = reached(start, rows["lineage"])
    states = {row["item"]: row for row in rows["lifecycle"]}
    holders = {row["item"]: row for row in rows["holder_now"]}
    names = derived.names({str(row["holder"]) for row in holders.values() if row["holder"]})
    lines = [
        _line(code, code in start, states.get(code), holders.get(code), names)
        for code in sorted(found | set(start))
    ]
    return {
        "asked": len(codes),
        "unknown": unknown,
        "vehicles": [line["code"] for line in lines if line["kind"] == "vehicle"],
        "holders": sorted({str(line["holder"]) for line in lines if line["holder"]}),
        "lots": [line["code"] for line in lines if line["kind"] == "lot"],
        "reached": [line for line in lines if line["kind"] != "run"],
    }


def _found(workspace: Workspace, codes: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Items on record by key, and what could not be found."""
    found, unknown = {}, []
    numbers = workspace.index.item_ids([code.strip().upper() for code in codes])
    for code, number in zip(codes, numbers.tolist(), strict=True):
        if number >= 0:
            found[code.strip().upper()] = number
            continue
        try:
            key, item = find(workspace, code)
        except (NotOnRecord, Ambiguous):
            unknown.append(code)
        else:
            found[key] = item
    return found, unknown


def _line(code: str, asked: bool, state: Any, holder: Any, names: dict[str, str]) -> dict[str, Any]:
    who = (holder or {}).get("holder")
    return {
        "code": code,
        "kind": (state or {}).get("kind") or "run",
        "asked": asked,
        "state": (state or {}).get("state"),
        "holder": who,
        "holder_name": names.get(str(who)),
        "custody": (holder or {}).get("kind"),
        "since": (holder or {}).get("since"),
    }
