"""The submission forms: which sheets and columns a party fills in, as data.

    Form "battery-maker"  →  Sheet "packs"  →  Column "pack_code" (battery_code of kind P, required, …)

`submissions/<role>.toml` has a form, `submissions/columns.toml` what columns of several forms share. Template,
importer and simulator read the same forms. Where the official annex could not be read, headers are those of
a public upload client (domain notes 2.3: derived); `cites` says what asks for a column.

>>> form("梯次利用").role
'echelon'
>>> [column.key for column in form("vehicle-maker-sale").sheets[0].columns]
['vin', 'sold_on', 'sale_area', 'buyer_kind', 'buyer_uscc']
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec

from suyuan.terms.errors import SuyuanError
from suyuan.terms.sentence import Sentence

VERSION = "2026.1"
"""Of the forms as a whole; stamped into every template."""

Type = Literal["battery_code", "vin", "uscc", "date", "datetime", "number", "area", "choice", "text"]
CODES: frozenset[Type] = frozenset({"battery_code", "vin", "uscc", "area", "text"})
"""Columns that a spreadsheet must treat as text."""


class UnknownForm(SuyuanError):
    """A role that no form is for."""


class FormRefused(SuyuanError):
    """A form whose table does not fit."""


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One word that a column takes: its stable value, its names, other ways in which people write it."""

    value: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()

    @property
    def spellings(self) -> tuple[str, ...]:
        """All texts that mean it."""
        return (self.zh, self.en, self.value, *self.aliases)


class Column(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One column of a sheet.

    `required_when` / `required_unless` are `key` (that column is filled) or `key=value`. `many`: several
    values in one cell. `kinds` are the battery code kinds allowed; `reuse` asks for codes of reuse products.
    """

    key: str
    zh: str
    en: str
    type: Type
    aliases: tuple[str, ...] = ()
    required: bool = False
    required_when: str = ""
    required_unless: str = ""
    many: bool = False
    kinds: tuple[str, ...] = ()
    reuse: bool = False
    unit: str = ""
    min: float | None = None
    max: float | None = None
    pattern: str = ""
    choices: tuple[Choice, ...] = ()
    example: str = ""
    note_zh: str = ""
    note_en: str = ""
    cites: str = ""

    @property
    def name(self) -> Sentence:
        """The header in both languages."""
        return Sentence(zh=self.zh, en=self.en)

    @property
    def note(self) -> Sentence:
        """What to know before filling it in; '' where nothing."""
        return Sentence(zh=self.note_zh, en=self.note_en)

    @property
    def headers(self) -> tuple[str, ...]:
        """All headers by which it is known."""
        return (self.zh, self.en, self.key, *self.aliases)


class Sheet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of a form.

    No two rows are the same in `unique`; rows that follow each other and agree in `group` are told
    in one go (the modules of a pack, the packs of a vehicle).
    """

    key: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    aliases: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    group: tuple[str, ...] = ()

    @property
    def name(self) -> Sentence:
        """The sheet's name in both languages."""
        return Sentence(zh=self.zh, en=self.en)

    def column(self, key: str) -> Column:
        """The column of that key. Raises KeyError."""
        return next(column for column in self.columns if column.key == key)


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One submission: who fills it in is its role."""

    role: str
    order: int
    zh: str
    en: str
    sheets: tuple[Sheet, ...]
    aliases: tuple[str, ...] = ()
    help_zh: str = ""
    help_en: str = ""
    cites: str = ""

    @property
    def name(self) -> Sentence:
        """The form's title in both languages."""
        return Sentence(zh=self.zh, en=self.en)

    @property
    def help(self) -> Sentence:
        """Who fills it in and how."""
        return Sentence(zh=self.help_zh, en=self.help_en)

    @property
    def stamp(self) -> str:
        """What a template carries, hidden: form and version."""
        return f"suyuan-form {self.role} {VERSION}"

    def sheet(self, key: str) -> Sheet:
        """The sheet of that key. Raises KeyError."""
        for sheet in self.sheets:
            if sheet.key == key:
                return sheet
        raise KeyError(key)


@cache
def forms() -> tuple[Form, ...]:
    """All forms, in the order of a battery's life."""
    folder = files("suyuan.standards").joinpath("submissions")
    shared = tomllib.loads(folder.joinpath("columns.toml").read_text("utf-8"))
    found = [
        read_form(entry.read_text("utf-8"), entry.name, shared)
        for entry in folder.iterdir()
        if entry.name.endswith(".toml") and entry.name != "columns.toml"
    ]
    return tuple(sorted(found, key=lambda form: form.order))


def form(role: str) -> Form:
    """The form of a role, by its name, its title or an alias in either language. Raises UnknownForm."""
    wanted = _plain(role)
    for each in forms():
        if wanted in map(_plain, (each.role, each.zh, each.en, *each.aliases)):
            return each
    near = get_close_matches(wanted, [each.role for each in forms()], n=1)
    hint_en, hint_zh = (f"; perhaps {near[0]}?", f"；是否为 {near[0]}？") if near else ("", "")
    roles = ", ".join(each.role for each in forms())
    raise UnknownForm(
        f"no form for {role!r}{hint_en}; roles are {roles}",
        f"没有“{role}”的表{hint_zh}；可用：{roles}",
    )


def read_form(text: str, file: str, shared: Mapping[str, Mapping[str, Any]]) -> Form:
    """A form from TOML; columns take what they do not say from `shared`. Raises FormRefused."""
    body = tomllib.loads(text)
    for sheet in body.get("sheets", ()):
        sheet["columns"] = [
            {**shared.get(column.get("use", column["key"]), {}), **_without_use(column)}
            for column in sheet["columns"]
        ]
    try:
        read = msgspec.convert(body, Form)
    except msgspec.ValidationError as wrong:
        raise FormRefused(f"{file}: {wrong}", f"{file}：{wrong}") from wrong
    for told, where in _faults(read):
        raise FormRefused(f"{file}, {where}: {told.en}", f"{file} {where}：{told.zh}")
    return read


def _without_use(column: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in column.items() if key != "use"}


def _faults(read: Form) -> Iterator[tuple[Sentence, str]]:
    """What a form's types cannot say: choices have words, conditions name columns of the same sheet."""
    for sheet in read.sheets:
        keys = [column.key for column in sheet.columns]
        if len(set(keys)) != len(keys):
            yield Sentence(zh="两列的 key 相同", en="two columns have the same key"), sheet.key
        for column in sheet.columns:
            where = f"{sheet.key}.{column.key}"
            if (column.type == "choice") != bool(column.choices):
                yield Sentence(zh="仅选择列须有选项", en="a choice has choices, and nothing else has"), where
            if (column.type == "battery_code") != bool(column.kinds):
                yield Sentence(zh="仅编码列须写明类别", en="a battery code says which kinds it takes"), where
            for condition in (column.required_when, column.required_unless):
                if condition and condition.partition("=")[0] not in keys:
                    yield _no_column(condition), where
        for key in (*sheet.unique, *sheet.group):
            if key not in keys:
                yield _no_column(key), sheet.key


def _no_column(named: str) -> Sentence:
    return Sentence(zh=f"本表没有“{named}”所指的列", en=f"{named!r} names no column of its sheet")


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "-", unicodedata.normalize("NFKC", name).strip().casefold())
