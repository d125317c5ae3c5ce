"""The table beside every chart: the same figures, exactly, with the entries behind each.

>>> from suyuan.reports.charts import Balance, Part
>>> both = Balance(Sentence("镍", "nickel"), [Part(Sentence("投料", "fed"), 10.0)], [Part(Sentence("产品", "product"), 9.0)], "kg")
>>> rows(both, "en")[1]
{'side': 'out', 'part': 'product', 'value': '9', 'explained': 'yes', 'least': '', 'most': ''}
"""

from suyuan.reports.charts import Balance, Chart, Sankey, Timeline
from suyuan.reports.report import Cell, Column, Kind, Table, shown, table
from suyuan.terms.sentence import Lang, Sentence


def twin(chart: Chart) -> Table:
    """The chart as a table."""
    if isinstance(chart, Timeline):
        return _timeline(chart)
    return _sankey(chart) if isinstance(chart, Sankey) else _balance(chart)


def rows(chart: Chart, lang: Lang) -> list[dict[str, str]]:
    """The chart as rows of text by key."""
    made = twin(chart)
    return [
        {column.key: shown(cell, column, lang) for column, cell in zip(made.columns, row, strict=True)}
        for row in made.rows
    ]


def _amounts(unit: str) -> list[Column]:
    return [
        Column("value", Sentence("数量", "amount"), Kind.NUMBER, unit),
        Column("explained", Sentence("有解释", "explained")),
        Column("least", Sentence("最少", "least"), Kind.NUMBER, unit),
        Column("most", Sentence("最多", "most"), Kind.NUMBER, unit),
    ]


def _exact(value: float | None) -> float | int | None:
    return int(value) if value is not None and value == int(value) else value


def _timeline(chart: Timeline) -> Table:
    columns = (
        Column("start", Sentence("日期", "day"), Kind.DAY),
        Column("end", Sentence("至", "until"), Kind.DAY),
        Column("lane", Sentence("主线", "line")),
        Column("what", Sentence("环节", "step")),
        Column("alarm", Sentence("有发现", "found wanting")),
    )
    return table(
        columns,
        [
            (Cell(each.start, each.entries), each.end, each.lane, each.label, each.alarm)
            for each in sorted(chart.moments, key=lambda moment: moment.start)
        ],
    )


def _sankey(chart: Sankey) -> Table:
    names = {node.key: node.label for node in chart.nodes}
    columns = (
        Column("from", Sentence("来自", "from")),
        Column("to", Sentence("去往", "to")),
        *_amounts(chart.unit),
    )
    return table(
        columns,
        [
            (names[flow.source], names[flow.target], Cell(_exact(flow.value), flow.entries), not flow.unexplained, _exact(flow.low), _exact(flow.high))
            for flow in chart.flows
        ],
    )  # fmt: skip


def _balance(chart: Balance) -> Table:
    columns = (
        Column("side", Sentence("方向", "side")),
        Column("part", Sentence("部分", "part")),
        *_amounts(chart.unit),
    )
    sides = ((Sentence("进", "in"), chart.inward), (Sentence("出", "out"), chart.outward))
    return table(
        columns,
        [
            (side, part.label, Cell(_exact(part.value), part.entries), not part.unexplained, _exact(part.low), _exact(part.high))
            for side, parts in sides
            for part in parts
        ],
    )  # fmt: skip
