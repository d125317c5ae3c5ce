"""Options that every command understands, wherever on the line they stand.

>>> command_first(["-w", "ws", "trace", "X"])
['trace', 'X', '-w', 'ws']
>>> command_first(["trace", "-", "--lang=zh"])
['trace', '/dev/stdin', '--lang=zh']
"""

import os
import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from suyuan.identifiers import uscc
from suyuan.terms.errors import SuyuanError
from suyuan.terms.instants import parse_instant
from suyuan.terms.sentence import Lang
from suyuan.usecases.workspace import Workspace, opened

STDIN = "/dev/stdin"
GLOBAL = ("-w", "--workspace", "--lang", "--at")


class NoWorkspace(SuyuanError):
    """A command that needs a workspace was given none."""


class WrongOption(SuyuanError):
    """An option was given a value that cannot be one."""

    exit_code = 2


def credit_code(option: str, text: str | None) -> str | None:
    """The credit code given with an option. Raises WrongOption with what is wrong about it.

    >>> credit_code("--party", "91610100TEB000010")
    Traceback (most recent call last):
    ...
    suyuan.cli.options.WrongOption: --party 91610100TEB000010: 17 characters; a credit code has 18
    """
    if text is None:
        return None
    try:
        return uscc.parse(text).code
    except SuyuanError as wrong:
        raise WrongOption(
            f"{option} {text}: {wrong.sentence.en}", f"{option} {text}：{wrong.sentence.zh}"
        ) from wrong


def _default_lang() -> Lang:
    """Chinese where the terminal speaks Chinese, else English."""
    spoken = os.environ.get("SUYUAN_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG", "")
    return "zh" if spoken.lower().startswith("zh") else "en"


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Common:
    """Where, in which language, and (in a demonstration) when."""

    workspace: Annotated[
        Path | None, Parameter(name=["--workspace", "-w"], env_var="SUYUAN_WORKSPACE", show_env_var=True)
    ] = None
    """The workspace: a directory made by `suyuan init`."""

    lang: Lang | None = None
    """Language of messages, zh or en (default: that of the terminal, or SUYUAN_LANG)."""

    at: str | None = None
    """Set the clock of a demonstration workspace, e.g. 2026-05-31T18:00:00+08:00."""

    @property
    def language(self) -> Lang:
        """The language to answer in."""
        return self.lang or _default_lang()

    @property
    def clock_set_to(self) -> datetime | None:
        """The instant given with `--at`. Raises NotAnInstant."""
        return parse_instant(self.at) if self.at else None

    def opened(self) -> AbstractContextManager[Workspace]:
        """The workspace named, for the length of a block. Raises NoWorkspace, NotAWorkspace."""
        return opened(self.directory, at=self.clock_set_to)

    @property
    def directory(self) -> Path:
        """The workspace named. Raises NoWorkspace."""
        if self.workspace is None:
            raise NoWorkspace(
                "no workspace named; give -w DIR or set SUYUAN_WORKSPACE (suyuan init DIR makes one)",
                "没有指定工作区；请用 -w 目录 或设置 SUYUAN_WORKSPACE（suyuan init 目录 可新建）",
            )
        return self.workspace


def language_of(argv: list[str]) -> Lang:
    """The language that a command line asks for, before it is understood.

    >>> language_of(["trace", "X", "--lang", "zh"])
    'zh'
    """
    for at, word in enumerate(argv):
        asked = word.removeprefix("--lang=") if word.startswith("--lang=") else None
        if word == "--lang" and at + 1 < len(argv):
            asked = argv[at + 1]
        if asked in ("zh", "en"):
            return "zh" if asked == "zh" else "en"
    return _default_lang()


def command_first(argv: list[str]) -> list[str]:
    """Global options before the command are moved behind it; `-` is standard input."""
    leading: list[str] = []
    rest = list(argv)
    while rest and rest[0].split("=", 1)[0] in GLOBAL:
        leading.append(rest.pop(0))
        if "=" not in leading[-1] and rest:
            leading.append(rest.pop(0))
    return [STDIN if word == "-" else word for word in rest] + leading


def wants_colour() -> bool:
    """No colour when piped or told so (https://no-color.org)."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ
