"""Charts: values of `reports.charts` → SVG text, and the same as a table. No script, no style sheet, no font of its own."""

from suyuan.render.charts import balance, sankey, timeline
from suyuan.reports.charts import Chart, Sankey, Timeline
from suyuan.terms.sentence import Lang, Sentence


def drawn(chart: Chart | Sentence, lang: Lang) -> str:
    """The chart as SVG text; a finished one as it is."""
    if isinstance(chart, Sentence):
        return chart.show(lang)
    if isinstance(chart, Timeline):
        return timeline.drawing(chart, lang)
    return sankey.drawing(chart, lang) if isinstance(chart, Sankey) else balance.drawing(chart, lang)
