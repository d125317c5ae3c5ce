"""Drawings are as long and as wide as their numbers, can be read, and have a table that says the same."""

import re
from datetime import date, timedelta
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suyuan.render.charts import drawn, twins
from suyuan.render.charts.layers import columns
from suyuan.render.charts.svg import Box, number, width
from suyuan.reports.charts import Balance, Chart, Flow, Moment, Node, Part, Sankey, Timeline
from suyuan.terms.sentence import Lang, Sentence

SVG = "{http://www.w3.org/2000/svg}"
TITLE = Sentence("镍的去向", "Where the nickel went")


def said(text: str) -> Sentence:
    return Sentence(text, text)


PLACES = ["maker", "use", "outlet", "echelon", "recycler", "salts", "unknown"]
NODES = [Node(each, said(each)) for each in PLACES]
LOOP = Sankey(
    TITLE,
    NODES,
    [
        Flow("maker", "use", 100.0, entries=(3,)), Flow("use", "outlet", 42.0), Flow("use", "unknown", 7.3, True, 5.1, 9.9),
        Flow("outlet", "recycler", 30.0), Flow("outlet", "echelon", 10.0), Flow("echelon", "use", 6.0), Flow("echelon", "recycler", 4.0),
        Flow("recycler", "salts", 31.5), Flow("salts", "maker", 28.0, entries=(9, 12)), Flow("recycler", "unknown", 0.01, True),
    ],
    "t",
)  # fmt: skip
BALANCE = Balance(
    TITLE,
    [Part(said("fed"), 1234.5), Part(said("opening stock"), 88.0)],
    [
        Part(said("product"), 1100.0),
        Part(said("residue"), 2.0),
        Part(said("lost"), 220.5, True, 160.0, 300.0),
    ],
    "kg",
)
DAY = date(2026, 5, 1)
LIFE = Timeline(
    TITLE,
    [Moment(said("maker"), said("made"), DAY, entries=(0,)), Moment(said("use"), said("in use"), DAY, DAY + timedelta(400)),
     Moment(said("use"), said("never reported"), DAY + timedelta(90), alarm=True)],
)  # fmt: skip
CHARTS = [LOOP, BALANCE, LIFE]


def tree(chart: Chart, lang: Lang = "en") -> ElementTree.Element:
    return ElementTree.fromstring(drawn(chart, lang))


def boxes(svg: ElementTree.Element) -> list[tuple[str, Box]]:
    """Where each line of text stands, measured as the drawing measures it."""
    found = []
    for text in svg.iter(f"{SVG}text"):
        size, x, y = (float(text.get(key, "0")) for key in ("font-size", "x", "y"))
        wide = width(text.text or "", size)
        left = {"start": x, "middle": x - wide / 2, "end": x - wide}[text.get("text-anchor", "start")]
        found.append((text.text or "", Box(left, y - size * 0.8, wide, size * 0.95)))
    return found


def overlapping(svg: ElementTree.Element) -> list[tuple[str, str]]:
    return [(one, other) for (one, a), (other, b) in combinations(boxes(svg), 2) if a.meets(b)]


flows = st.lists(
    st.tuples(
        st.sampled_from(PLACES), st.sampled_from(PLACES), st.floats(0.001, 1e6), st.booleans(),
    ).map(lambda t: Flow(t[0], t[1], t[2], t[3], t[2] / 2 if t[3] else None, t[2] * 2 if t[3] else None)),
    max_size=14,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(flows)
def test_every_flow_is_drawn_as_wide_as_its_number_wherever_it_leads(made: list[Flow]) -> None:
    svg = tree(Sankey(TITLE, NODES, made, "t"))
    paths = [path for path in svg.iter(f"{SVG}path") if path.get("data-value")]
    assert sorted(float(path.get("data-value", "")) for path in paths) == sorted(f.value for f in made)
    scales = [float(path.get("data-width", "")) / float(path.get("data-value", "")) for path in paths]
    assert scales == pytest.approx([scales[0]] * len(scales)) if scales else True
    for path in paths:
        assert _drawn_width(path) == pytest.approx(float(path.get("data-width", "")), abs=0.004)


def _drawn_width(path: ElementTree.Element) -> float:
    """Measured on the outline: where the band begins, and where its lower edge ends below it."""
    if path.get("fill") == "none":
        return float(path.get("stroke-width", ""))
    numbers = [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", path.get("d", ""))]
    return numbers[-1] - numbers[1]


@settings(max_examples=60, deadline=None)
@given(flows)
def test_no_label_runs_into_another(made: list[Flow]) -> None:
    svg = tree(Sankey(TITLE, NODES, made, "t"), "zh")
    assert overlapping(svg) == []


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(PLACES), st.integers(0, 900), st.booleans(), st.sampled_from(PLACES)),
        max_size=25,
    )
)
def test_marks_of_a_timeline_stand_at_their_day_and_labels_keep_clear(
    told: list[tuple[str, int, bool, str]],
) -> None:
    moments = [
        Moment(said(lane), said(what), DAY + timedelta(days), alarm=alarm) for lane, days, alarm, what in told
    ]
    svg = tree(Timeline(TITLE, moments))
    assert overlapping(svg) == []
    found = sorted(
        (date.fromisoformat(mark.get("data-day", "")), _mark_x(mark))
        for mark in svg.iter(f"{SVG}g")
        if mark.get("data-day")
    )
    assert [day for day, _ in found] == sorted(moment.start for moment in moments)
    if found:
        (first, left), (last, right) = found[0], found[-1]
        for day, x in found:
            share = (day - first).days / max((last - first).days, 1)
            assert x == pytest.approx(left + share * (right - left), abs=0.01)


def _mark_x(mark: ElementTree.Element) -> float:
    circle = mark.find(f"{SVG}circle")
    if circle is not None:
        return float(circle.get("cx", ""))
    diamond = mark.findall(f"{SVG}path")[-1].get("d", "")
    return float(re.findall(r"-?\d+(?:\.\d+)?", diamond)[0])


def test_flows_enter_and_leave_a_place_side_by_side_and_never_beyond_it() -> None:
    svg = tree(LOOP)
    nodes = {
        rect.get("data-node"): (float(rect.get("y", "")), float(rect.get("height", "")))
        for rect in svg.iter(f"{SVG}rect")
        if rect.get("data-node")
    }
    assert nodes["use"][1] / nodes["echelon"][1] == pytest.approx(106 / 10, rel=1e-3)


def test_material_that_comes_back_runs_below_and_is_told_as_coming_back() -> None:
    svg = tree(LOOP)
    back = [path for path in svg.iter(f"{SVG}path") if "back" in (path.get("class") or "")]
    assert {path.get("data-value") for path in back} == {"28.0", "6.0"}
    assert "2 lead back" in (svg.findtext(f"{SVG}desc") or "")
    lowest = max(
        float(r.get("y", "0")) + float(r.get("height", "0"))
        for r in svg.iter(f"{SVG}rect")
        if r.get("data-node")
    )
    for path in back:
        assert max(float(each) for each in re.findall(r"V(\d+(?:\.\d+)?)", path.get("d", ""))) > lowest - 10


def test_circles_are_opened_at_one_flow_and_all_others_lead_to_the_right() -> None:
    pairs = [("a", "b"), ("b", "c"), ("c", "a"), ("b", "b"), ("a", "c")]
    column, back = columns(["a", "b", "c"], pairs)
    assert back == {2, 3}
    assert all(column[s] < column[t] for at, (s, t) in enumerate(pairs) if at not in back)


def test_what_nobody_explained_is_hatched_and_its_bounds_are_told() -> None:
    for chart, text in ((LOOP, "unexplained 7.3 t (5.1–9.9)"), (BALANCE, "220.5 kg (between 160 and 300)")):
        svg = tree(chart)
        hatched = [each for each in svg.iter() if each.get("data-unexplained") == "1"]
        plain = [each for each in svg.iter() if each.get("data-unexplained") == "0"]
        assert hatched
        assert all("unexplained" in (e.get("fill") or "") + (e.get("stroke") or "") for e in hatched)
        assert not any("unexplained" in (e.get("fill") or "") + (e.get("stroke") or "") for e in plain)
        assert any(text in line for line, _ in boxes(svg))


def test_bars_of_a_balance_are_as_long_as_their_numbers_and_the_whisker_spans_the_interval() -> None:
    svg = tree(BALANCE)
    bars = [rect for rect in svg.iter(f"{SVG}rect") if rect.get("data-value")]
    scales = [float(bar.get("width", "")) / float(bar.get("data-value", "")) for bar in bars]
    assert scales == pytest.approx([scales[0]] * len(bars), rel=1e-3)
    whisker = next(path for path in svg.iter(f"{SVG}path") if path.get("class") == "between")
    ends = [float(each) for each in re.findall(r"M(-?\d+(?:\.\d+)?) ", whisker.get("d", ""))]
    lost = bars[-1]
    assert ends[0] == pytest.approx(float(lost.get("x", "")) + 160 * scales[0], abs=0.1)
    assert ends[2] == pytest.approx(float(lost.get("x", "")) + 300 * scales[0], abs=0.1)
    assert ends[2] <= float(svg.get("width", "0"))


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_who_does_not_see_the_drawing_is_told_title_and_content(chart: Chart, lang: Lang) -> None:
    svg = tree(chart, lang)
    ids = {each.get("id"): each for each in svg.iter() if each.get("id")}
    named = (svg.get("aria-labelledby") or "").split()
    assert svg.get("role") == "img"
    assert [ids[each].tag for each in named] == [f"{SVG}title", f"{SVG}desc"]
    assert ids[named[0]].text == TITLE.show(lang)


@pytest.mark.parametrize("chart", CHARTS)
def test_nothing_in_a_drawing_runs_or_loads(chart: Chart) -> None:
    text = drawn(chart, "en")
    assert not re.search(
        r"<(script|style|image|use|a|foreignObject)\b|\bon\w+=|href|https?://(?!www\.w3\.org)", text
    )
    assert re.findall(r"url\(([^)]*)\)", text) == [f"#{i}" for i in re.findall(r"url\(#([^)]*)\)", text)]


@given(st.text())
@settings(max_examples=50, deadline=None)
def test_no_name_breaks_a_drawing(name: str) -> None:
    name = "".join(c for c in name if c.isprintable()) + "<&\"'>"
    for chart in (
        Sankey(
            said(name),
            [Node("a", said(name)), Node(name, said(name))],
            [Flow("a", name, 1.0, True, 0.5, 2.0)],
            name,
        ),
        Balance(said(name), [Part(said(name), 1.0)], [Part(said(name), 0.0, True)], name),
        Timeline(said(name), [Moment(said(name), said(name), DAY)]),
    ):
        tree(chart)


def test_the_table_says_every_figure_of_the_drawing_exactly_and_opens_to_entries() -> None:
    told = twins.rows(LOOP, "en")
    assert len(told) == len(LOOP.flows)
    assert told[2] == {
        "from": "use",
        "to": "unknown",
        "value": "7.3",
        "explained": "no",
        "least": "5.1",
        "most": "9.9",
    }
    assert twins.twin(LOOP).entries == (3, 9, 12)
    assert [row["value"] for row in twins.rows(BALANCE, "en")] == ["1,234.5", "88", "1,100", "2", "220.5"]
    assert [row["start"] for row in twins.rows(LIFE, "zh")] == ["2026-05-01", "2026-05-01", "2026-07-30"]


def test_a_chart_without_figures_says_so_and_does_not_fail() -> None:
    for chart in (Sankey(TITLE, [], [], "t"), Balance(TITLE, [], [], "t"), Timeline(TITLE, [])):
        assert tree(chart).findtext(f"{SVG}title") == "Where the nickel went"


def test_short_figures_keep_their_first_four_digits() -> None:
    assert [number(each) for each in (999.96, 1e-7, 31.5, 1e12)] == [
        "1000",
        "0.0000001",
        "31.5",
        "1,000,000,000,000",
    ]
