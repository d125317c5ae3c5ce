"""A family as a tree both ways, folded, from the edges that the lineage view gives.

edges  item ──kind──▶ other       (a cell assembled in a module, a pack into a run, a run into lots)
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
Node = dict[str, Any]
Describe = Callable[[str], Node]

RELATED = ("replaced", "swapped")
"""Edges that tell what came in place of what: shown as related, never followed as family."""
DEPTH_MAX = 12


def grown(item: str, edges: Iterable[Row], *, forward: bool, describe: Describe, fold: int) -> list[Node]:
    """The tree behind (`forward=False`: what it was made of) or before `item` (what it went into).

    A node is `{code, kind, state, edge, since, until, through, entries, children}`; siblings beyond `fold` become
    `{"code": None, "folded": n}`. What was reached on another path already is not unfolded twice.
    """
    start, end = ("item", "other") if forward else ("other", "item")
    by: dict[str, list[Row]] = {}
    for edge in edges:
        if edge["kind"] not in RELATED:
            by.setdefault(str(edge[start]), []).append(edge)
    seen = {item}

    def below(key: str, depth: int) -> list[Node]:
        ordered = sorted(by.get(key, ()), key=lambda e: (str(e["since"] or ""), str(e[end])))
        nodes = [_node(describe(str(edge[end])), edge) for edge in ordered[:fold]]
        for node in nodes:
            code = node["code"]
            if code not in seen and depth < DEPTH_MAX:
                seen.add(code)
                node["children"] = below(code, depth + 1)
        if len(ordered) > fold:
            nodes.append({"code": None, "folded": len(ordered) - fold, "children": []})
        return nodes

    return below(item, 1)


def _node(described: Node, edge: Row) -> Node:
    told = {key: edge[key] for key in ("since", "until", "through", "entries")}
    return {**described, "edge": edge["kind"], **told, "children": []}


def reached(start: Iterable[str], edges: Sequence[Row]) -> set[str]:
    """Everything that `start` leads to along edges, itself left out."""
    by: dict[str, list[str]] = {}
    for edge in edges:
        if edge["kind"] not in RELATED:
            by.setdefault(str(edge["item"]), []).append(str(edge["other"]))
    found: set[str] = set()
    front = list(start)
    while front:
        front = [other for key in front for other in by.get(key, ()) if other not in found]
        found.update(front)
    return found
