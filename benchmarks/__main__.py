"""`python -m benchmarks [--docs] [NAME…]`: run the benchmarks, print a table, write benchmarks/out/figures.json.

With `--docs` the table also goes into docs/benchmarks.md, between its two marks.
"""

import importlib
import json
import platform
import sys
from pathlib import Path

from benchmarks.figures import Figure

NAMES = ("codes", "hash", "capture", "trace", "verify", "workbook", "judge")
OUT = Path(__file__).parent / "out"
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def main(names: list[str]) -> int:
    """Run the benchmarks named (all by default); 1 where a goal is missed."""
    figures: list[Figure] = []
    into_docs, names = "--docs" in names, [name for name in names if name != "--docs"]
    for name in names or NAMES:
        print(f"… {name}", file=sys.stderr, flush=True)
        figures += importlib.import_module(f"benchmarks.{name}").run()
    OUT.mkdir(exist_ok=True)
    report = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "figures": [figure.row() for figure in figures],
    }
    (OUT / "figures.json").write_text(json.dumps(report, indent=1))
    print(as_table(figures))
    if into_docs:
        page = PAGE.read_text("utf-8")
        before, after = page.split(BEGIN)[0], page.split(END)[1]
        PAGE.write_text(f"{before}{BEGIN}\n\n{as_table(figures)}\n\n{END}{after}", "utf-8")
    return 0 if all(figure.held for figure in figures) else 1


def as_table(figures: list[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = ["| figure | ours | against | ratio | goal | held |", "|---|---|---|---|---|---|"]
    for f in figures:
        sign = "≥" if f.better == "more" else "≤"
        lines.append(
            f"| {f.name} | {f.ours:,.4g} {f.unit} | {f.against:,.4g} {f.unit} ({f.peer}) "
            f"| {f.ratio:.3g} | {sign} {f.goal:.3g} | {'yes' if f.held else 'NO'} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
