"""The submission forms are complete, and refuse to load where they are not."""

import pytest

from suyuan.standards.documents import register
from suyuan.standards.forms import FormRefused, UnknownForm, form, forms, read_form
from suyuan.standards.shapes import BatteryType
from suyuan.standards.tables import table

GOOD = """
role = "x"
order = 1
zh = "甲"
en = "a"
[[sheets]]
key = "s"
zh = "甲"
en = "a"
columns = [{ key = "vin", zh = "车", en = "v", type = "vin" }, %s]
"""


def test_the_roles_are_these() -> None:
    assert [each.role for each in forms()] == [
        "battery-maker", "vehicle-maker-production", "vehicle-maker-sale", "after-sales-stock", "replacement",
        "outlet-in", "outlet-out", "swap", "dismantler", "echelon", "recycler-in", "recycler-batch", "recycler-out",
    ]  # fmt: skip


def test_a_form_is_found_by_role_title_and_alias() -> None:
    for each in forms():
        for name in (
            each.role,
            each.role.upper(),
            each.role.replace("-", "_"),
            each.zh,
            each.en,
            *each.aliases,
        ):
            assert form(name) is each


def test_an_unknown_role_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownForm, match="perhaps dismantler"):
        form("dismantlers")


def test_every_cited_document_is_in_the_register() -> None:
    cited = {c.cites.partition("#")[0] for f in forms() for s in f.sheets for c in s.columns if c.cites}
    cited |= {f.cites.partition("#")[0] for f in forms()}
    assert cited - register().keys() == set()


def test_the_chemistries_are_those_of_the_code_table() -> None:
    choices = form("battery-maker").sheets[0].column("chemistry").choices
    rows = table("battery-type", BatteryType).newest
    assert {c.value: c.zh for c in choices} == {row.word: row.zh for row in rows.values()}


def test_no_two_columns_of_a_sheet_have_a_header_in_common() -> None:
    for each in forms():
        for sheet in each.sheets:
            headers = [h for c in sheet.columns for h in {name.casefold() for name in (c.zh, c.en, c.key)}]
            assert len(set(headers)) == len(headers), (each.role, sheet.key)


def test_no_two_choices_of_a_column_share_a_spelling() -> None:
    for each in forms():
        for sheet in each.sheets:
            for column in sheet.columns:
                spellings = [
                    s.casefold() for c in column.choices for s in {x.casefold() for x in c.spellings}
                ]
                assert len(set(spellings)) == len(spellings), (each.role, column.key)


@pytest.mark.parametrize(
    ("column", "why"),
    [
        ('{ key = "k", zh = "词", en = "w", type = "choice" }', "a choice has choices"),
        ('{ key = "k", zh = "码", en = "c", type = "battery_code" }', "says which kinds it takes"),
        ('{ key = "vin", zh = "车", en = "v", type = "vin" }', "two columns have the same key"),
        ('{ key = "k", zh = "数", en = "n", type = "numbr" }', "Invalid enum value"),
        ('{ key = "k", zh = "数", en = "n", type = "text", required_when = "z=1" }', "names no column"),
    ],
)
def test_a_form_that_does_not_fit_is_refused(column: str, why: str) -> None:
    with pytest.raises(FormRefused, match=why):
        read_form(GOOD % column, "x.toml", {})


def test_every_material_of_a_form_is_one_that_accounts_know() -> None:
    known = {row.key for row in table("material").rows} | {"other"}
    named = {
        choice.value
        for form in forms()
        for sheet in form.sheets
        for column in sheet.columns
        if column.key == "material"
        for choice in column.choices
    }
    assert named - known == set()
