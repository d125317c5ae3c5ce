"""The pages of the documentation, cut into what a reader types and what a reader is shown.

```sh            runs, in order, in one shell for the page; `… # exit 3` at the end of a line says how it ends
```text          was printed before on this page, line by line; `…` stands for anything
```console, or anything below `<!-- not run -->`, is only shown
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_BLOCK = re.compile(
    r"^(?P<not_run><!-- not run -->\s*)?```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_ENDS = re.compile(r"^(?P<command>.*?)\s+# exit (?P<code>\d+)$")


@dataclass(frozen=True)
class Block:
    """One fenced block and the line on which it begins."""

    kind: str
    text: str
    line: int


def pages() -> list[Path]:
    """README and everything under docs/."""
    return [*sorted(ROOT.glob("README*.md")), ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def named(page: Path) -> str:
    """The page as seen from the checkout."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Iterator[Block]:
    """The blocks that run (`sh`) and that were printed (`text`), in order."""
    text = page.read_text("utf-8")
    for found in _BLOCK.finditer(text):
        if found["kind"] in ("sh", "text") and not found["not_run"]:
            yield Block(found["kind"], found["text"], text.count("\n", 0, found.start()) + 1)


def script(page: Path) -> str:
    """All blocks to run as one shell script that stops at the first command with another end than told."""
    parts = ["set -euo pipefail", "trap 'echo \"stopped in the block at $at\" >&2' ERR"]
    for block in blocks(page):
        if block.kind == "sh":
            parts.append(f'at="{named(page)}:{block.line}"')
            parts += map(_line, block.text.splitlines())
    return "\n".join(parts) + "\n"


def _line(line: str) -> str:
    told = _ENDS.match(line)
    if not told:
        return line
    return (
        f"ended=0; {{ {told['command']}; }} || ended=$?; "
        f'[ "$ended" = {told["code"]} ] || {{ echo "exit $ended at $at" >&2; exit 99; }}'
    )


def was_printed(line: str, output: str) -> bool:
    """Whether a line that the page shows stood in the output; blanks count once, `…` stands for anything."""
    pieces = [re.escape(" ".join(piece.split())) for piece in line.split("…")]
    return re.search(r"[^\n]*".join(pieces), output) is not None


def plain(output: str) -> str:
    """Output with blanks once."""
    return "\n".join(" ".join(line.split()) for line in output.splitlines())
