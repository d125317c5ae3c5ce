"""The table of steps within the page of events, from the table `lifecycle-step`."""

import re

from tools.reference import markdown

from suyuan.standards.shapes import Step, Written
from suyuan.standards.tables import table

MARKED = re.compile(r"(<!-- steps: .*? -->\n).*?(<!-- end of steps -->)", re.DOTALL)


def filled(page: str) -> str:
    """The page with its table of steps as it is now."""
    assert MARKED.search(page), "the page has a place for the table of steps"
    return MARKED.sub(lambda found: f"{found[1]}\n{_table()}\n\n{found[2]}", page)


def _table() -> str:
    rows = [
        (
            step.number,
            f"{step.zh} · {step.en}",
            ", ".join(step.roles),
            "; ".join(map(_written, step.writes)),
            ", ".join(f"`{word}`" for word in step.carries),
            step.duty,
        )
        for step in sorted(table("lifecycle-step", Step).rows, key=lambda step: step.number)
    ]
    return markdown.table(("#", "step", "who", "written as", "carries", "clause"), rows)


def _written(one: Written) -> str:
    told = " ".join(
        filter(None, (one.event.removesuffix("Event"), one.action, one.biz_step and f"`{one.biz_step}`"))
    )
    return told + (f" → {' or '.join(f'`{word}`' for word in one.dispositions)}" if one.dispositions else "")
