"""docs/vocabulary.md speaks the words of the tables and of the code."""

import re
from pathlib import Path

import pytest

from suyuan.standards.shapes import Word
from suyuan.standards.tables import table

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "vocabulary.md").read_text("utf-8")
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| English")
]


def test_each_row_has_an_english_and_a_chinese_term() -> None:
    assert len(ROWS) >= 90
    for row in ROWS:
        assert len(row) == 4, row
        assert re.search("[a-zA-Z]", row[0]), row
        assert re.search("[\u4e00-\u9fff]|^VIN$", row[1]), row


def test_a_term_stands_once() -> None:
    terms = [row[0] for row in ROWS]
    assert sorted({term for term in terms if terms.count(term) > 1}) == []


@pytest.mark.parametrize("name", ["party-role", "site-kind", "lifecycle-step"])
def test_rows_of_tables_have_the_names_of_the_tables(name: str) -> None:
    page = {(en, zh, code.strip("`")) for en, zh, code, _ in ROWS}
    assert [
        (row.en, row.zh, row.key) for row in table(name, Word).rows if (row.en, row.zh, row.key) not in page
    ] == []


def test_every_name_that_the_page_gives_is_a_name_in_the_code() -> None:
    sources = [path.read_text("utf-8") for kind in ("*.py", "*.toml") for path in (ROOT / "src").rglob(kind)]
    known = set(re.findall(r"[\w-]+", "\n".join(sources)))
    given = {
        name
        for row in ROWS
        for code in re.findall("`([^`]+)`", row[2])
        for name in re.findall(r"[\w-]+", code)
    }
    assert sorted(given - known) == []
