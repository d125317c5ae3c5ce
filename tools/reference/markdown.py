"""The little Markdown that generated pages need.

>>> print(table(("a", "b"), [("x|y", "1")]))
| a | b |
|---|---|
| x\\|y | 1 |
"""

from collections.abc import Iterable, Sequence


def cell(text: object) -> str:
    """A text as it may stand in a table: one line, no bar and no tag that would be taken for markup."""
    told = "" if text is None else str(text)
    return " ".join(told.split()).replace("|", "\\|").replace("<", "&lt;")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(map(cell, row)) + " |" for row in rows]
    return "\n".join(lines)


def page(title: str, *parts: str) -> str:
    """A page that says where it comes from."""
    note = (
        "<!-- Written by `python -m tools.reference`; change the code or the table it comes from instead. -->"
    )
    return "\n\n".join((note, f"# {title}", *parts)) + "\n"
