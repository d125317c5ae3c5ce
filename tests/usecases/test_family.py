"""A family as a tree, folded: what is behind, what is before, what was reached on another path."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from suyuan.usecases.family import grown, reached


def edge(item: str, other: str, kind: str = "assembled", since: str = "") -> dict[str, Any]:
    return {
        "item": item,
        "other": other,
        "kind": kind,
        "since": since,
        "until": None,
        "through": None,
        "entries": [],
    }


def tree(item: str, edges: list[dict[str, Any]], *, forward: bool, fold: int = 50) -> list[dict[str, Any]]:
    return grown(
        item,
        edges,
        forward=forward,
        describe=lambda code: {"code": code, "kind": "x", "state": None},
        fold=fold,
    )


def test_siblings_beyond_fifty_are_folded_and_counted() -> None:
    nodes = tree("pack", [edge(f"cell-{n:03d}", "pack") for n in range(178)], forward=False)
    assert [node["code"] for node in nodes[:-1]] == [f"cell-{n:03d}" for n in range(50)]
    assert nodes[-1] == {"code": None, "folded": 128, "children": []}


def test_fifty_siblings_are_not_folded() -> None:
    nodes = tree("pack", [edge(f"cell-{n:03d}", "pack") for n in range(50)], forward=False)
    assert len(nodes) == 50
    assert all(node["code"] for node in nodes)


def test_the_older_sibling_stands_first() -> None:
    edges = [edge("a", "pack", since="2026-02-01"), edge("b", "pack", since="2025-01-01")]
    assert [node["code"] for node in tree("pack", edges, forward=False)] == ["b", "a"]


def test_what_was_replaced_is_no_family() -> None:
    assert (
        tree("new", [edge("old", "new", kind="replaced"), edge("old", "new", kind="swapped")], forward=False)
        == []
    )


def test_a_thing_reached_on_two_paths_unfolds_once() -> None:
    edges = [
        edge("cell", "m1"),
        edge("cell", "m2"),
        edge("m1", "pack"),
        edge("m2", "pack"),
        edge("ore", "cell"),
    ]
    nodes = tree("pack", edges, forward=False)
    unfolded = [cell["children"] for module in nodes for cell in module["children"]]
    assert [len(children) for children in unfolded] == [1, 0]


def test_a_circle_ends() -> None:
    nodes = tree("a", [edge("a", "b"), edge("b", "a")], forward=True)
    assert [(node["code"], [child["code"] for child in node["children"]]) for node in nodes] == [("b", ["a"])]


PAIRS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=40)


@given(PAIRS, st.sets(st.integers(0, 12), min_size=1, max_size=4))
def test_reached_is_what_a_plain_walk_reaches(pairs: list[tuple[int, int]], start: set[int]) -> None:
    found: set[int] = set()
    waiting = list(start)
    while waiting:
        here = waiting.pop()
        for item, other in pairs:
            if item == here and other not in found:
                found.add(other)
                waiting.append(other)
    edges = [edge(str(item), str(other)) for item, other in pairs]
    assert reached(map(str, start), edges) == set(map(str, found))
