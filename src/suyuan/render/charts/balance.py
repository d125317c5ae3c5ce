"""A balance: what came in and what went out, kept or lost, as two bars of one scale; what nobody explained is hatched.

in   ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇
out  ▇▇▇▇▇▇▇▇▇▇▇▇▇▨▨▨      ├──┤ between which values the hatched part lies
"""

from collections.abc import Sequence
from html import escape

from suyuan.render.charts.svg import (
    COLOURS,
    HATCHED,
    INK,
    LINE,
    PAPER,
    Labels,
    clipped,
    line,
    n,
    number,
    picture,
)
from suyuan.reports.charts import Balance, Part
from suyuan.terms.sentence import Lang, Sentence

WIDE, BAR, LEFT, RIGHT, LEGEND = 720.0, 34.0, 44.0, 14.0, 18.0
IN, OUT = Sentence(zh="进", en="in"), Sentence(zh="出", en="out")
UNEXPLAINED = Sentence(zh="无人解释", en="unexplained")
TOLD = Sentence(
    zh="进 {inward} {unit}，出 {outward} {unit}；其中无人解释 {open} {unit}；另见表格",
    en="in {inward} {unit}, out {outward} {unit}; of these {open} {unit} unexplained; the table says the same",
)
BETWEEN = Sentence(zh="（{low} 至 {high}）", en=" (between {low} and {high})")


def drawing(chart: Balance, lang: Lang, *, wide: float = WIDE) -> str:
    """The balance as SVG; bars are as long as their numbers."""
    parts = (*chart.inward, *chart.outward)
    ends = [sum(part.value for part in side) for side in (chart.inward, chart.outward)]
    # a whisker may reach beyond the bar
    most = max([*ends, *_reaches(chart.inward), *_reaches(chart.outward)], default=0) or 1.0
    scale = (wide - LEFT - RIGHT) / most
    title, drawn = chart.title.show(lang), [line(chart.title.show(lang), 8, 16, size=13)]
    keys, top, number_ = [], 44.0, 0
    for side, name in ((chart.inward, IN), (chart.outward, OUT)):
        drawn.append(line(name.show(lang), LEFT - 10, top + BAR / 2 + 4, anchor="end"))
        labels, x = Labels(), LEFT
        for part in side:
            number_ += 1
            fill = HATCHED if part.unexplained else COLOURS[(number_ - 1) % len(COLOURS)]
            drawn.append(_part(part, x, top, scale, fill, chart.unit, lang))
            middle = x + part.value * scale / 2
            inside = part.value * scale > 20
            if inside and part.unexplained:  # a figure between hatching lines cannot be read
                drawn.append(f'<circle cx="{n(middle)}" cy="{n(top + BAR / 2)}" r="8.5" fill="{PAPER}"/>')
            labels.put(str(number_), middle, top + BAR / 2 if inside else top - 9, anchor="middle")
            keys.append((number_, fill, _key(part, chart.unit, lang)))
            x += part.value * scale
        drawn += labels.drawn
        top += BAR + 40
    drawn += [_legend(key, top + at * LEGEND, wide) for at, key in enumerate(keys)]
    opened = sum(part.value for part in parts if part.unexplained)
    told = TOLD.show(lang).format(
        inward=number(ends[0]), outward=number(ends[1]), open=number(opened), unit=chart.unit
    )
    return picture(wide, top + len(keys) * LEGEND + 6, title, told, "".join(drawn))


def _reaches(side: Sequence[Part]) -> list[float]:
    """How far the upper ends of unexplained parts reach from the bar's beginning."""
    before, found = 0.0, []
    for part in side:
        if part.unexplained and part.high is not None:
            found.append(before + part.high)
        before += part.value
    return found


def _part(part: Part, x: float, top: float, scale: float, fill: str, unit: str, lang: Lang) -> str:
    told = escape(_key(part, unit, lang))
    return (
        f'<rect x="{n(x)}" y="{n(top)}" width="{n(part.value * scale)}" height="{n(BAR)}" fill="{fill}" stroke="{PAPER if fill != HATCHED else INK}" '
        f'stroke-width="1" data-value="{part.value!r}" data-unexplained="{int(part.unexplained)}"><title>{told}</title></rect>'
        + _whisker(part, x, top + BAR + 9, scale)
    )


def _whisker(part: Part, x: float, y: float, scale: float) -> str:
    """Between which values an unexplained part lies, below its bar."""
    if not part.unexplained or part.low is None or part.high is None:
        return ""
    low, high = x + part.low * scale, x + part.high * scale
    return (
        f'<path class="between" data-low="{part.low!r}" data-high="{part.high!r}" stroke="{INK}" stroke-width="1.5" fill="none" '
        f'd="M{n(low)} {n(y - 4)}V{n(y + 4)}M{n(low)} {n(y)}H{n(high)}M{n(high)} {n(y - 4)}V{n(y + 4)}"/>'
    )


def _key(part: Part, unit: str, lang: Lang) -> str:
    text = (
        f"{part.label.show(lang)}: {number(part.value)} {unit}"
        if lang == "en"
        else f"{part.label.show(lang)}：{number(part.value)} {unit}"
    )
    if not part.unexplained:
        return text
    if part.low is not None and part.high is not None:
        text += BETWEEN.show(lang).format(low=number(part.low), high=number(part.high))
    said = UNEXPLAINED.show(lang)
    return text if said in part.label.show(lang) else f"{text} · {said}"


def _legend(key: tuple[int, str, str], top: float, wide: float) -> str:
    number_, fill, text = key
    return (
        f'<rect x="{n(LEFT)}" y="{n(top - 11)}" width="14" height="14" fill="{fill}" stroke="{LINE}"/>'
        + line(f"{number_}", LEFT + 36, top, anchor="end")
        + line(clipped(text, wide - LEFT - 50), LEFT + 44, top, whole=text)
    )
