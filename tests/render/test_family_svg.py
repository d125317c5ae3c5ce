"""The drawing of a family: boxes never lie on one another, every line ends at boxes, long names are clipped."""

import re
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from suyuan.render.family_svg import BOX_H, BOX_W, SIBLINGS_DRAWN, drawing

SVG = "{http://www.w3.org/2000/svg}"
ITEM = {"code": "9A1PB240000001B3C2345678", "kind": "pack", "state": "in_use"}


def node(code: str, *children: Any, kind: str = "cell") -> dict[str, Any]:
    return {"code": code, "kind": kind, "state": None, "children": list(children)}


def boxes(svg: str) -> list[tuple[float, float]]:
    return [
        (float(rect.attrib["x"]), float(rect.attrib["y"]))
        for rect in ElementTree.fromstring(svg).iter(f"{SVG}rect")
    ]


def texts(svg: str) -> list[str]:
    return [str(text.text) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


NAMES = st.text(
    st.characters(min_codepoint=33, exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1, max_size=60
)
FOLDED: st.SearchStrategy[dict[str, Any]] = st.integers(1, 5000).map(
    lambda n: {"code": None, "folded": n, "children": []}
)
TREES = st.recursive(
    st.builds(node, NAMES) | FOLDED,
    lambda inner: st.builds(
        lambda code, children: node(code, *children),
        NAMES,
        st.lists(inner, max_size=6),
    ),
    max_leaves=40,
)


@given(st.lists(TREES, max_size=20), st.lists(TREES, max_size=20))
def test_no_box_lies_on_another_and_all_stand_within_the_picture(
    behind: list[Any], before: list[Any]
) -> None:
    svg = drawing(ITEM, behind, before)
    placed = sorted(boxes(svg))
    for (x, y), (other_x, other_y) in pairwise(placed):
        assert x != other_x or abs(y - other_y) >= BOX_H
        assert x == other_x or other_x - x >= BOX_W
    width, height = map(float, re.findall(r'viewBox="0 0 (\d+) (\d+)"', svg)[0])
    shift = float(re.findall(r"translate\((-?\d+),0\)", svg)[0])
    assert all(
        x + shift >= 0 and x + shift + BOX_W <= width and y >= 0 and y + BOX_H <= height for x, y in placed
    )


@given(st.lists(TREES, min_size=1, max_size=8))
def test_a_line_leads_to_every_box_but_the_item(behind: list[Any]) -> None:
    svg = drawing(ITEM, behind, [])
    assert svg.count("<path ") == len(boxes(svg)) - 1


def test_siblings_beyond_what_is_drawn_are_counted_in_one_box() -> None:
    cells = [node(f"cell-{n}") for n in range(50)]
    drawn = texts(drawing(ITEM, [*cells, {"code": None, "folded": 128, "children": []}], []))
    assert len(drawn) == SIBLINGS_DRAWN + 2
    assert f"+{50 - SIBLINGS_DRAWN + 128}" in drawn


def test_a_long_name_is_clipped_and_stands_whole_in_the_title() -> None:
    name = "https://example.org/a-very-long-name/of-a-thing-that-somebody-made/0042"
    svg = drawing(ITEM, [node(name)], [])
    assert f"<title>{name} cell </title>" in svg
    assert "https://examp…ody-made/0042" in texts(svg)
    assert "0042" in drawing(ITEM, [node(name)], [], lambda code: code.rsplit("/", 1)[-1])


def test_what_a_name_holds_is_text_and_never_markup() -> None:
    svg = drawing(ITEM, [node("<script>alert(1)</script>&")], [])
    assert "<script" not in svg
    assert "<script>alert(1)</script>&" in texts(svg)


def test_a_long_chinese_name_stays_within_its_box() -> None:
    (clipped, _item) = texts(drawing(ITEM, [node("三元前驱体中间品" * 4 + "-0042")], []))
    assert len(clipped) <= 14 + 5
    assert clipped.endswith("-0042")
