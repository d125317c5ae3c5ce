"""The page of commands, from the command line itself."""

import dataclasses
import inspect
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from cyclopts import App
from cyclopts.argument import Argument
from tools.reference.markdown import page, table

from suyuan import cli
from suyuan.cli.options import Common

INTRO = """\
`suyuan COMMAND --help` shows the same on the terminal. A `-` in place of a file is standard input. Answers go to standard output,
progress and remarks to standard error, so that every answer can be piped on.

## Exit codes

| | |
|---|---|
| 0 | done; of `capture`: everything is recorded, or was already |
| 1 | could not be done; the message says why and what to do |
| 2 | the command line was not understood; of `capture`: nothing was recorded |
| 3 | done, but the data has faults: refused rows, an event that is not valid, a code that is none, a ledger that does not agree |
| 130 | interrupted; an unfinished document was not recorded |
"""

COMMON = "Options of every command"
FORMAT = "table, json, ndjson, csv or parquet."
TAKES = {Path: "path", int: "number", str: "text", date: "day"}
SECTION = re.compile(r"^(\w+)\n((?:[ \t]+.*\n|\n)*)", re.MULTILINE)
COMMON_OPTIONS = {"workspace", "lang", "at", "common"}


def text() -> str:
    """The whole page."""
    parts = [INTRO + "\n## " + COMMON + "\n\n" + _common()]
    for words, app in _commands(cli.app, ("suyuan",)):
        parts.append(_command(words, app))
    return page("Commands", *parts)


def _commands(app: App, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], App]]:
    for name in app:
        if not name.startswith("-"):
            command = app[name]
            if command.default_command is None:
                yield from _commands(command, (*words, name))
            else:
                yield (*words, name), command


def _command(words: tuple[str, ...], app: App) -> str:
    assert app.default_command is not None
    told = inspect.getdoc(app.default_command) or ""
    prose, _, parameters = told.partition("\nParameters\n----------\n")
    helps = {name: " ".join(body.split()) for name, body in SECTION.findall(parameters + "\n")}
    every = [
        argument
        for argument in app.assemble_argument_collection()
        if argument.parameter.show is not False and argument.field_info.names[0] not in COMMON_OPTIONS
    ]
    groups = [argument for argument in every if argument.names == ("*",)]
    for group in groups:
        helps = {**_below_fields(group.hint), **helps}
    arguments = [argument for argument in every if argument not in groups]
    rows = [_row(argument, helps) for argument in arguments]
    shown = " ".join([*words, *(_shape(a) for a in arguments if _positional(a))])
    parts = [f"## {' '.join(words)}", f"```console\n{shown}\n```", prose.strip()]
    return "\n\n".join(parts + ([table(("option", "takes", "default", "what"), rows)] if rows else []))


def _row(argument: Argument, helps: dict[str, str]) -> tuple[str, str, str, str]:
    field = argument.field_info
    names = _shape(argument) if _positional(argument) else ", ".join(_names(argument))
    default = field.default
    shown = "" if default in (inspect.Parameter.empty, None, False) else f"`{default}`"
    name = field.names[0]
    told = {"format": FORMAT, **helps}
    assert name in told, f"option {name} is not told in its command's docstring"
    return f"`{names}`", _takes(argument.hint), shown, told[name]


def _positional(argument: Argument) -> bool:
    return argument.field_info.kind in (
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.VAR_POSITIONAL,
        inspect.Parameter.POSITIONAL_ONLY,
    )


def _shape(argument: Argument) -> str:
    name = argument.field_info.names[0].upper()
    many = argument.field_info.kind is inspect.Parameter.VAR_POSITIONAL
    shown = name.removesuffix("S") + "…" if many else name
    return shown if argument.required or many else f"[{shown}]"


def _names(argument: Argument) -> list[str]:
    return [name for name in argument.names if not name.startswith(("--no-", "--empty-"))]


def _takes(kind: Any) -> str:
    """What a person writes for a value of this type."""
    if get_origin(kind) is Literal:
        return " / ".join(get_args(kind))
    kinds = [one for one in get_args(kind) or (kind,) if one not in (type(None), ...)]
    if get_args(kind):
        return ", ".join(map(_takes, kinds))
    return "" if kind is bool else TAKES.get(kind, str(kind))


def _below_fields(group: Any) -> dict[str, str]:
    """What the strings below the fields of a dataclass tell of them; every field has one."""
    kinds = (each for each in (group, *get_args(group)) if isinstance(each, type))
    kind = next(each for each in kinds if dataclasses.is_dataclass(each))
    found = re.findall(
        r'^    (\w+): .*? = .*?\n    """(.*?)"""', inspect.getsource(kind), re.MULTILINE | re.DOTALL
    )
    helps = {name: " ".join(told.split()) for name, told in found}
    assert set(helps) == {field.name for field in dataclasses.fields(kind)}, f"every option of {kind} is told"
    return helps


def _common() -> str:
    helps = _below_fields(Common)
    written = {"workspace": "--workspace, -w", "lang": "--lang", "at": "--at"}
    extra = {"workspace": " Also from the environment: `SUYUAN_WORKSPACE`."}
    return table(
        ("option", "what"),
        [(f"`{written[name]}`", told + extra.get(name, "")) for name, told in helps.items()],
    )
