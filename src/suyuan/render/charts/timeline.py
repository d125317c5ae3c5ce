"""A timeline: a line a lane, a mark a step, days along the foot.

2026-05        2026-06
─●────────────●──────◆───   ● a step   ━ one that lasts   ◆ with a ! : something was found about it
 made         installed
"""

from collections.abc import Sequence
from datetime import date
from html import escape

from suyuan.render.charts.svg import (
    ALARM,
    COLOURS,
    DIM,
    INK,
    LINE,
    LINE_HEIGHT,
    Labels,
    clipped,
    line,
    n,
    picture,
    width,
)
from suyuan.reports.charts import Moment, Timeline
from suyuan.terms.sentence import Lang, Sentence

WIDE, LANE_MOST, FOOT, HEAD, MARK = 720.0, 170.0, 26.0, 26.0, 5.0
LABELS_MOST = 40
"""Of one lane; the steps beyond have their mark alone, and stand in the table."""
TOLD = Sentence(
    zh="{lanes} 条主线，{moments} 个环节，{first} 至 {last}；另见表格",
    en="{lanes} lines, {moments} steps, {first} to {last}; the table says the same",
)
EMPTY = Sentence(zh="没有环节", en="no steps")


def drawing(chart: Timeline, lang: Lang, *, wide: float = WIDE) -> str:
    """The timeline as SVG."""
    title = chart.title.show(lang)
    if not chart.moments:
        return picture(wide, 60, title, EMPTY.show(lang), line(EMPTY.show(lang), 10, 34, fill=DIM))
    first = min(moment.start for moment in chart.moments)
    last = max(moment.end or moment.start for moment in chart.moments)
    lanes: dict[Sentence, list[Moment]] = {}
    for moment in chart.moments:
        lanes.setdefault(moment.lane, []).append(moment)
    left = min(LANE_MOST, max(width(lane.show(lang)) for lane in lanes)) + 18
    axis = _Axis(first, last, left + MARK, wide - MARK - 12)
    drawn, top = [line(title, 8, 16, size=13)], HEAD + 4
    for at, (lane, moments) in enumerate(lanes.items()):
        drawing_, high = _lane(lane.show(lang), moments, axis, top, wide, COLOURS[at % 6], lang)
        drawn.append(drawing_)
        top += high
    told = TOLD.show(lang).format(lanes=len(lanes), moments=len(chart.moments), first=first, last=last)
    return picture(wide, top + FOOT, title, told, axis.drawing(HEAD, top) + "".join(drawn))


class _Axis:
    def __init__(self, first: date, last: date, left: float, right: float) -> None:
        self.first, self.last, self.left, self.right = first, last, left, right
        self.days = max((last - first).days, 1)

    def x(self, day: date) -> float:
        return self.left + (day - self.first).days / self.days * (self.right - self.left)

    def drawing(self, top: float, bottom: float) -> str:
        return "".join(
            f'<path d="M{n(self.x(day))} {n(top)}V{n(bottom)}" stroke="{LINE}" stroke-width="0.5" stroke-dasharray="2 3"/>'
            + line(text, self.x(day), bottom + 15, anchor=anchor, fill=DIM)
            for day, text, anchor in self._ticks()
        )

    def _ticks(self) -> list[tuple[date, str, str]]:
        """First and last day, and beginnings of months (or years) between that leave room for their label."""
        ticks = [(self.first, self.first.isoformat(), "start")]
        end = [(self.last, self.last.isoformat(), "end")] if self.last > self.first else []
        room = width("2026-05-01") + 10
        right = self.left + room
        limit = (self.right - room) if end else self.right
        half = width("2026-05") / 2 + 4
        for year in range(self.first.year, self.last.year + 1):
            for month in range(1, 13) if self.days < 366 * 4 else (1,):
                day = date(year, month, 1)
                if self.first < day < self.last and right < self.x(day) - half and self.x(day) + half < limit:
                    ticks.append((day, f"{day:%Y-%m}" if self.days < 366 * 4 else f"{day:%Y}", "middle"))
                    right = self.x(day) + half
        return ticks + end


def _lane(
    name: str, moments: Sequence[Moment], axis: _Axis, top: float, wide: float, colour: str, lang: Lang
) -> tuple[str, float]:
    """One lane and how high it is: marks on a line, labels below it in as many rows as they need."""
    y = top + 16
    labels = Labels(top=y + MARK + 3)
    marks = [
        f'<path d="M{n(axis.left)} {n(y)}H{n(axis.right)}" stroke="{LINE}" stroke-width="1"/>',
        line(clipped(name, LANE_MOST), 8, y + 4, whole=name),
    ]
    ordered = sorted(moments, key=lambda moment: moment.start)
    for at, moment in enumerate(ordered):
        marks.append(_mark(moment, axis, y, colour, lang))
        if at < LABELS_MOST or moment.alarm:
            text = clipped(("! " if moment.alarm else "") + moment.label.show(lang), 150)
            x = min(max(axis.x(moment.start), axis.left), wide - width(text) - 6)
            labels.put(
                text, x, y + MARK + 10, fill=ALARM if moment.alarm else INK, whole=moment.label.show(lang)
            )
    return "".join(marks) + "".join(labels.drawn), max(labels.bottom - top, 16 + LINE_HEIGHT) + 8


def _mark(moment: Moment, axis: _Axis, y: float, colour: str, lang: Lang) -> str:
    x, until = axis.x(moment.start), axis.x(moment.end or moment.start)
    days = f"{moment.start} – {moment.end}" if moment.end else str(moment.start)
    told = f'<g data-day="{moment.start}"><title>{days} {escape(moment.label.show(lang))}</title>'
    lasting = f'<path d="M{n(x)} {n(y)}H{n(until)}" stroke="{colour}" stroke-width="6"/>' if until > x else ""
    if moment.alarm:
        shape = f'<path d="M{n(x)} {n(y - 7)}L{n(x + 7)} {n(y)}L{n(x)} {n(y + 7)}L{n(x - 7)} {n(y)}Z" fill="{ALARM}"/>'
    else:
        shape = f'<circle cx="{n(x)}" cy="{n(y)}" r="{n(MARK)}" fill="{colour}"/>'
    return f"{told}{lasting}{shape}</g>"
