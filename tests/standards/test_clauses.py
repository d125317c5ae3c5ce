"""Clauses are shown as people cite them, never as the keys under which rows keep them."""

import re

import pytest

from suyuan.rules.catalogue import RULES
from suyuan.standards.clauses import cited, place
from suyuan.standards.forms import forms
from suyuan.standards.tables import TABLES, table

CITES = sorted(
    {row.cites for name in TABLES for row in table(name).rows}
    | {cites for rule in RULES.values() for cites in rule.cites}
    | {form.cites for form in forms()}
)


@pytest.mark.parametrize("cites", CITES)
def test_no_clause_that_rows_rules_or_forms_cite_is_shown_as_its_key(cites: str) -> None:
    clause = cites.partition("#")[2]
    told = place(clause)
    assert clause
    assert clause not in (told.zh, told.en)
    assert not re.search(r"[a-z]", told.zh)


def test_articles_items_annexes_and_chapters() -> None:
    keys = (
        "12",
        "article-24",
        "article-24-7",
        "24(7)",
        "annex-3",
        "annex-iv",
        "annex-xii-c",
        "chapter-3",
        "position-15",
    )
    assert [(place(key).zh, place(key).en) for key in keys] == [
        ("第12条", "Art. 12"), ("第24条", "Art. 24"), ("第24条第7项", "Art. 24(7)"), ("第24条第7项", "Art. 24(7)"),
        ("附件三", "Annex III"), ("附件四", "Annex IV"), ("附件十二第C部分", "Annex XII, Part C"), ("第三章", "Chapter 3"),
        ("代码第15位", "position 15"),
    ]  # fmt: skip


def test_a_clause_that_an_operator_words_himself_stays_as_he_wrote_it() -> None:
    assert cited("operator-decision#minutes of May").en.endswith(", minutes of May")


def test_the_numbered_parts_of_a_standard_are_no_articles() -> None:
    assert cited("gbt-34014-2017#4").en.endswith("GB/T 34014-2017, clause 4")
