"""Write the reference pages, or say which are not as the code is (`--check`).

python -m tools.reference [--check]
"""

import sys
from pathlib import Path

from tools.reference import commands, findings, forms, rules, steps, tables

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


def pages() -> dict[Path, str]:
    """Each generated page and its text."""
    events = REFERENCE / "events.md"
    return {
        REFERENCE / "cli.md": commands.text(),
        REFERENCE / "forms.md": forms.text(),
        REFERENCE / "findings.md": findings.text(),
        REFERENCE / "tables.md": tables.text(),
        REFERENCE / "rules.md": rules.text(),
        events: steps.filled(events.read_text("utf-8")),
    }


def stale() -> list[str]:
    """Names of pages that are not as the code is."""
    return [
        page.name for page, text in pages().items() if not page.exists() or page.read_text("utf-8") != text
    ]


def main() -> int:
    """Write or check."""
    if "--check" in sys.argv:
        old = stale()
        if old:
            print(f"not as the code is: {', '.join(old)}; run python -m tools.reference", file=sys.stderr)
        return bool(old)
    for page, text in pages().items():
        page.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
