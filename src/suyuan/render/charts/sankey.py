"""Flows between places, as wide as their numbers; what leads back (reuse, closed-loop material) runs below and returns.

    maker ▇▇▇▇▇▇▇ users ▇▇▇▇▇ recycler ▇▇▇┐
      └▲  ▇▇▇                  ▨▨▨ unexplained   hatched, with the values between which it lies
       └──────────────────────────────────┘

Every flow carries its value and the width drawn (`data-value`, `data-width`): width = value × one scale for the whole drawing.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

from suyuan.render.charts import layers
from suyuan.render.charts.svg import (
    COLOURS,
    DIM,
    HATCHED,
    INK,
    Box,
    Labels,
    clipped,
    line,
    n,
    number,
    picture,
    width,
)
from suyuan.reports.charts import Flow, Node, Sankey
from suyuan.terms.sentence import Lang, Sentence

WIDE, HIGH, NODE, HEAD, GAP, EDGE = 720.0, 300.0, 12.0, 34.0, 34.0, 16.0
"""Page, height shared by the flows of the fullest column, node, title, space between nodes (their two lines of label), margin."""
LABEL_MOST, TURN, LAST, LINE = 150.0, 30.0, 100.0, 8.0
"""A name at most; room beside what turns round, and for the names of the last column; between flows that run back below each other."""
UNEXPLAINED = Sentence(zh="无人解释", en="unexplained")
BETWEEN = Sentence(zh="（{low}–{high}）", en=" ({low}–{high})")
TOLD = Sentence(
    zh="{nodes} 处之间 {flows} 股流，共 {total} {unit}；其中返回 {back} 股，无人解释 {open} {unit}；另见表格",
    en="{flows} flows between {nodes} places, {total} {unit} in all; {back} lead back; {open} {unit} unexplained; the table says the same",
)


@dataclass(slots=True)
class _Place:
    """A node, or the way of a long flow through a column: where it stands, and how far its sides are used up."""

    x: float = 0.0
    y: float = 0.0
    high: float = 0.0
    entered: float = 0.0
    left: float = 0.0


@dataclass(slots=True)
class _Drawing:
    chart: Sankey
    lang: Lang
    scale: float
    place: dict[str, _Place]
    labels: Labels = field(default_factory=lambda: Labels(top=HEAD))
    drawn: list[str] = field(default_factory=list)
    turned: dict[float, float] = field(default_factory=lambda: defaultdict(float))

    def turn(self, x: float, wide: float) -> float:
        """How far from `x` the middle of the next flow that turns round there runs upright, beside those before it."""
        self.turned[x] += wide + 4
        return self.turned[x] - wide / 2 + 2

    def take_left(self, key: str, wide: float) -> float:
        """The middle of the next free stretch where flows leave."""
        place = self.place[key]
        place.left += wide
        return place.y + place.left - wide / 2

    def take_entered(self, key: str, wide: float) -> float:
        """The middle of the next free stretch where flows enter."""
        place = self.place[key]
        place.entered += wide
        return place.y + place.entered - wide / 2


def drawing(chart: Sankey, lang: Lang, *, wide: float = WIDE) -> str:
    """The flows as SVG."""
    flows = [flow for flow in chart.flows if flow.value > 0]
    met = {key for flow in flows for key in (flow.source, flow.target)}
    nodes = [node for node in chart.nodes if node.key in met]
    column, back = layers.columns(
        [node.key for node in nodes], [(flow.source, flow.target) for flow in flows]
    )
    ways = {at: _way(at, flow, column) for at, flow in enumerate(flows) if at not in back}
    rows = _rows([node.key for node in nodes], column, ways)
    high = _heights(flows, ways)
    fullest = max((sum(high[key] for key in row) for row in rows), default=0.0)
    margins = _margins(flows, back, column)
    # what turns round must not take more than a sixth of the page at either end
    scale = min(HIGH / fullest if fullest else 1.0, wide / 6 / max(*margins, 1e-300))
    place = _stand(rows, high, scale, wide, margins)
    made = _Drawing(chart, lang, scale, place)
    bottom = max((p.y + p.high for p in place.values()), default=HEAD) + 10
    _name(made, nodes, high)
    for at in sorted(ways, key=lambda at: (place[flows[at].source].y, _entering(place, ways[at]))):
        _forward(made, flows[at], ways[at], nodes)
    for at in sorted(back):
        bottom = _backward(made, flows[at], bottom, nodes)
    boxes = "".join(
        f'<rect x="{n(place[node.key].x)}" y="{n(place[node.key].y)}" width="{n(NODE)}" height="{n(place[node.key].high)}" fill="{INK}" '
        f'data-node="{escape(node.key)}"><title>{escape(node.label.show(lang))}</title></rect>'
        for node in nodes
    )
    title = chart.title.show(lang)
    told = TOLD.show(lang).format(
        nodes=len(nodes), flows=len(flows), total=number(sum(flow.value for flow in flows)), unit=chart.unit, back=len(back),
        open=number(sum(flow.value for flow in flows if flow.unexplained)),
    )  # fmt: skip
    # boxes over flows, labels over both
    content = "".join(made.drawn) + boxes + "".join(made.labels.drawn)
    return picture(
        wide, max(bottom, made.labels.bottom) + 10, title, told, line(title, 8, 18, size=13) + content
    )


def _way(at: int, flow: Flow, column: dict[str, int]) -> list[str]:
    """The places that a flow comes by: its nodes, and one of its own in every column between."""
    between = range(column[flow.source] + 1, column[flow.target])
    return [flow.source, *(f"\0{at}\0{each}" for each in between), flow.target]


def _rows(keys: list[str], column: dict[str, int], ways: dict[int, list[str]]) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in range(max(column.values(), default=-1) + 1)]
    for key in keys:
        rows[column[key]].append(key)
    for way in ways.values():
        for step, key in enumerate(way[1:-1], 1):
            rows[column[way[0]] + step].append(key)
    links = [pair for way in ways.values() for pair in pairwise(way)]
    return layers.ordered(rows, links)


def _heights(flows: list[Flow], ways: dict[int, list[str]]) -> dict[str, float]:
    """In the unit of the chart: the greater of what enters a place and what leaves it."""
    entered: dict[str, float] = defaultdict(float)
    left: dict[str, float] = defaultdict(float)
    for at, flow in enumerate(flows):
        for key in ways.get(at, [flow.source, flow.target])[:-1]:
            left[key] += flow.value
        for key in ways.get(at, [flow.source, flow.target])[1:]:
            entered[key] += flow.value
    return {key: max(entered[key], left[key]) for key in entered.keys() | left.keys()}


def _margins(flows: list[Flow], back: set[int], column: dict[str, int]) -> tuple[float, float]:
    """In the unit of the chart: what turns round at the left of the first column, and at the right of the last."""
    last = max(column.values(), default=0)
    into = sum(flows[at].value for at in back if column[flows[at].target] == 0)
    out = sum(flows[at].value for at in back if column[flows[at].source] == last)
    return into, out


def _stand(
    rows: list[list[str]], high: dict[str, float], scale: float, wide: float, margins: tuple[float, float]
) -> dict[str, _Place]:
    """Every place on the page; at both ends there is room for what turns round."""
    left = EDGE + (margins[0] * scale + TURN if margins[0] else 0.0)
    right = wide - EDGE - NODE - max(margins[1] * scale + TURN if margins[1] else 0.0, LAST)
    found: dict[str, _Place] = {}
    for at, row in enumerate(rows):
        x = left + (right - left) * at / max(len(rows) - 1, 1)
        y = HEAD + GAP
        for key in row:
            found[key] = _Place(x, y, high[key] * scale)
            y += found[key].high + GAP
    return found


def _name(made: _Drawing, nodes: Sequence[Node], high: dict[str, float]) -> None:
    """Above each node, its name and what goes through it."""
    xs = sorted({made.place[node.key].x for node in nodes})
    room = dict(zip(xs, [*(b - a - 8 for a, b in pairwise(xs)), LAST + NODE], strict=False))
    for node in nodes:
        place = made.place[node.key]
        name = clipped(node.label.show(made.lang), min(room[place.x], LABEL_MOST))
        told = clipped(f"{number(high[node.key])} {made.chart.unit}", room[place.x])
        for text, base, fill in ((name, place.y - 17, INK), (told, place.y - 4, DIM)):
            made.labels.keep_clear(Box(place.x, base - 11, width(text), 14))
            made.labels.drawn.append(line(text, place.x, base, fill=fill, whole=node.label.show(made.lang)))


def _entering(place: dict[str, _Place], way: list[str]) -> float:
    return place[way[1]].y


def _tags(made: _Drawing, flow: Flow) -> str:
    wide = flow.value * made.scale
    return f'data-value="{flow.value!r}" data-width="{wide!r}" data-unexplained="{int(flow.unexplained)}"'


def _fill(flow: Flow, nodes: Sequence[Node]) -> str:
    if flow.unexplained:
        return HATCHED
    return COLOURS[[node.key for node in nodes].index(flow.source) % len(COLOURS)]


def _told(made: _Drawing, flow: Flow, nodes: Sequence[Node]) -> str:
    names = {node.key: node.label.show(made.lang) for node in nodes}
    return f"{names[flow.source]} → {names[flow.target]}: {_amount(made, flow)}"


def _amount(made: _Drawing, flow: Flow) -> str:
    text = f"{number(flow.value)} {made.chart.unit}"
    if not flow.unexplained:
        return text
    text = f"{UNEXPLAINED.show(made.lang)} {text}"
    if flow.low is None or flow.high is None:
        return text
    return text + BETWEEN.show(made.lang).format(low=number(flow.low), high=number(flow.high))


def _forward(made: _Drawing, flow: Flow, way: list[str], nodes: Sequence[Node]) -> None:
    """A band from place to place, of one width all along where it is upright."""
    wide = flow.value * made.scale
    upper, lower = [], []
    for here, there in pairwise(way):
        x, to = made.place[here].x + NODE, made.place[there].x
        y, end = made.take_left(here, wide), made.take_entered(there, wide)
        bend = (x + to) / 2
        upper.append((x, y - wide / 2, bend, to, end - wide / 2))
        lower.append((x, y + wide / 2, bend, to, end + wide / 2))
    first, last = upper[0], lower[-1]
    path = [f"M{n(first[0])} {n(first[1])}"]
    for at, (x, y, bend, to, end) in enumerate(upper):
        path.append(
            (f"L{n(x)} {n(y)}" if at else "") + f"C{n(bend)} {n(y)} {n(bend)} {n(end)} {n(to)} {n(end)}"
        )
    path.append(f"L{n(last[3])} {n(last[4])}")
    for at, (x, y, bend, to, end) in enumerate(reversed(lower)):
        path.append(
            (f"L{n(to)} {n(end)}" if at else "") + f"C{n(bend)} {n(end)} {n(bend)} {n(y)} {n(x)} {n(y)}"
        )
    fill = _fill(flow, nodes)
    made.drawn.append(
        f'<path class="flow" d="{"".join(path)}Z" fill="{fill}" fill-opacity="{1 if flow.unexplained else 0.55}" stroke="{INK}" '
        f'stroke-width="0.4" {_tags(made, flow)}><title>{escape(_told(made, flow, nodes))}</title></path>'
    )
    middle = (last[4] + upper[-1][4]) / 2
    made.labels.put(_amount(made, flow), last[3] - 5, middle, anchor="end", whole=_told(made, flow, nodes))


def _backward(made: _Drawing, flow: Flow, bottom: float, nodes: Sequence[Node]) -> float:
    """Out at the right, round below everything, in again at the left; returns how far down it goes."""
    wide = flow.value * made.scale
    source, target = made.place[flow.source], made.place[flow.target]
    y, end = made.take_left(flow.source, wide), made.take_entered(flow.target, wide)
    out, into = source.x + NODE, target.x
    right, left = out + made.turn(out, wide), into - made.turn(-into, wide)
    run, r = bottom + wide / 2 + LINE, wide / 2 + 2
    path = (
        f"M{n(out)} {n(y)}Q{n(right)} {n(y)} {n(right)} {n(y + r)}V{n(run - r)}Q{n(right)} {n(run)} {n(right - r)} {n(run)}"
        f"H{n(left + r)}Q{n(left)} {n(run)} {n(left)} {n(run - r)}V{n(end + r)}Q{n(left)} {n(end)} {n(into)} {n(end)}"
    )
    told = escape(_told(made, flow, nodes))
    made.drawn.append(
        f'<path class="flow back" d="{path}" fill="none" stroke="{_fill(flow, nodes)}" stroke-width="{n(wide)}" '
        f'stroke-opacity="{1 if flow.unexplained else 0.55}" {_tags(made, flow)}><title>{told}</title></path>'
    )
    made.labels.put(
        "← " + _amount(made, flow), (out + into) / 2, run, anchor="middle", whole=_told(made, flow, nodes)
    )
    return run + wide / 2
