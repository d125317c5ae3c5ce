"""The family of an item as a layered drawing: what it was made of at the left, what it went into at the right.

    cell ─┐                        ┌─ vehicle
    cell ─┼─▶ module ─▶ [pack] ─▶ ─┤
    +104 ─┘                        └─ run ─▶ lithium-carbonate

Node shape tells the kind, the border the state; nothing is told by colour alone. A level of more siblings
than are shown ends in a folded node (`+104`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from suyuan.render.short import clipped

Node = Mapping[str, Any]

COLUMN, ROW, BOX_W, BOX_H, SIBLINGS_DRAWN, LABEL = 226, 34, 196, 26, 12, 27


@dataclass(slots=True)
class _Drawing:
    label: Callable[[str], str]
    boxes: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    next_row: dict[int, float] = field(default_factory=dict)
    columns: set[int] = field(default_factory=set)
    height: float = 0


def drawing(
    item: Node, made_of: Sequence[Node], went_into: Sequence[Node], label: Callable[[str], str] = str
) -> str:
    """An SVG (text) of one family; nodes carry `code`, `kind`, `state`, `children`, `folded`; `label` shortens codes."""
    drawn = _Drawing(label)
    left = _place(drawn, made_of, -1)
    right = _place(drawn, went_into, 1)
    middle = max(drawn.height / 2, ROW)
    _box(drawn, item, 0, middle, main=True)
    for y in left:
        _line(drawn, -1, y, 0, middle)
    for y in right:
        _line(drawn, 0, middle, 1, y)
    first, last = min(drawn.columns | {0}), max(drawn.columns | {0})
    width, height = (last - first + 1) * COLUMN, max(drawn.height, middle) + ROW
    shift = -first * COLUMN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="family" role="img" viewBox="0 0 {width} {height:.0f}" '
        f'width="{width}" height="{height:.0f}" style="min-width:{width * 0.8:.0f}px"><title>{escape(str(item.get("code")))}</title>'
        f'<g transform="translate({shift},0)">{"".join(drawn.lines)}{"".join(drawn.boxes)}</g></svg>'
    )


def _place(drawn: _Drawing, nodes: Sequence[Node], column: int) -> list[float]:
    """Place nodes (and what is behind them) in `column`; returns their heights on the page."""
    step = 1 if column > 0 else -1
    placed = []
    known = [node for node in nodes if node.get("code") is not None]
    for node in known[:SIBLINGS_DRAWN]:
        behind = _place(drawn, node.get("children", ()), column + step)
        y = sum(behind) / len(behind) if behind else 0
        y = max(y, drawn.next_row.get(column, ROW * 0.75))
        drawn.next_row[column] = y + ROW
        drawn.height = max(drawn.height, y + ROW / 2)
        _box(drawn, node, column, y)
        for other in behind:
            if column > 0:
                _line(drawn, column, y, column + 1, other)
            else:
                _line(drawn, column - 1, other, column, y)
        placed.append(y)
    folded = max(0, len(known) - SIBLINGS_DRAWN) + sum(
        int(n["folded"]) for n in nodes if n.get("code") is None
    )
    if folded > 0:
        y = drawn.next_row.get(column, ROW * 0.75)
        drawn.next_row[column] = y + ROW
        drawn.height = max(drawn.height, y + ROW / 2)
        _box(drawn, {"code": f"+{folded:,}", "kind": "folded"}, column, y)
        placed.append(y)
    return placed


def _box(drawn: _Drawing, node: Node, column: int, y: float, *, main: bool = False) -> None:
    drawn.columns.add(column)
    kind, state = str(node.get("kind") or "other"), str(node.get("state") or "")
    x, top = column * COLUMN + (COLUMN - BOX_W) / 2, y - BOX_H / 2
    corner = {"vehicle": 13, "lot": 13, "run": 2}.get(kind, 4)
    classes = " ".join(
        filter(None, ("main" if main else "", f"kind-{kind}", f"state-{state}" if state else ""))
    )
    code = str(node["code"])
    label, whole = escape(clipped(drawn.label(code), LABEL)), escape(code)
    drawn.boxes.append(
        f'<g class="{escape(classes)}"><rect x="{x:.0f}" y="{top:.0f}" width="{BOX_W}" height="{BOX_H}" rx="{corner}"/>'
        f'<text x="{x + BOX_W / 2:.0f}" y="{y + 4:.0f}" text-anchor="middle">{label}</text>'
        f"<title>{whole} {escape(kind)} {escape(state)}</title></g>"
    )


def _line(drawn: _Drawing, column: int, y: float, other: int, other_y: float) -> None:
    x = column * COLUMN + (COLUMN + BOX_W) / 2
    to = other * COLUMN + (COLUMN - BOX_W) / 2
    bend = (x + to) / 2
    drawn.lines.append(
        f'<path d="M{x:.0f} {y:.0f} C{bend:.0f} {y:.0f} {bend:.0f} {other_y:.0f} {to:.0f} {other_y:.0f}"/>'
    )
