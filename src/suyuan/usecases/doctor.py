"""Doctor: looks over the installation and a workspace, and says what to do about what is not in order."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from suyuan.terms.errors import SuyuanError
from suyuan.terms.sentence import Lang, Sentence
from suyuan.usecases.workspace import Workspace, opened

ROOM_MIN = 1 << 30
"""Below this much free disk a capture may soon stop; it is undone cleanly, but better told before."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: whether it is in order, what was found, what to do."""

    name: Sentence
    ok: bool
    found: Sentence

    def row(self, lang: Lang) -> dict[str, object]:
        """As a row to show."""
        return {"check": self.name.show(lang), "ok": self.ok, "found": self.found.show(lang)}


def examine(directory: Path | None) -> list[Check]:
    """Everything that can be looked at, the installation first, then the workspace if one is named."""
    checks = [*_installation()]
    if directory is None:
        checks.append(
            Check(
                Sentence(zh="工作区", en="workspace"),
                True,
                Sentence(zh="未指定；用 -w 目录 一并检查", en="none named; -w DIR looks it over too"),
            )
        )
        return checks
    try:
        with opened(directory) as workspace:
            checks += _workspace(workspace)
    except SuyuanError as wrong:
        checks.append(Check(Sentence(zh="工作区", en="workspace"), False, wrong.sentence))
    return checks


def _installation() -> Iterator[Check]:
    version = sys.version.split()[0]
    yield Check(
        Sentence(zh="Python", en="Python"), sys.version_info >= (3, 11), Sentence(zh=version, en=version)
    )
    sqlite = sqlite3.sqlite_version
    yield Check(
        Sentence(zh="SQLite", en="SQLite"),
        sqlite3.sqlite_version_info >= (3, 35),
        Sentence(zh=sqlite, en=sqlite),
    )


def _workspace(workspace: Workspace) -> Iterator[Check]:
    directory = workspace.directory
    free = shutil.disk_usage(directory).free
    yield Check(
        Sentence(zh="磁盘空间", en="room on the disk"),
        free >= ROOM_MIN,
        Sentence(zh=f"剩余 {free / 1e9:.1f} GB", en=f"{free / 1e9:.1f} GB free"),
    )
    writable = os.access(directory, os.W_OK)
    yield Check(
        Sentence(zh="可写", en="writable"),
        writable,
        Sentence(
            zh="是" if writable else f"否；请检查 {directory} 的权限",
            en="yes" if writable else f"no; check the permissions of {directory}",
        ),
    )
    yield _tried(Sentence(zh="签名密钥", en="signing key"), lambda: workspace.signs_as.name)
    yield _tried(Sentence(zh="公钥", en="public key"), lambda: workspace.public_key.show())
    yield _tried(
        Sentence(zh="账本", en="ledger"),
        lambda: f"{workspace.ledger.size:,} · {workspace.ledger.checkpoint().origin}",
    )
    yield _tried(
        Sentence(zh="索引", en="index"), lambda: f"{workspace.index.position:,} / {workspace.ledger.size:,}"
    )
    yield _tried(
        Sentence(zh="派生表", en="derived tables"),
        lambda: f"{workspace.derived.position:,} / {workspace.ledger.size:,}",
    )


def _tried(name: Sentence, look: Callable[[], str]) -> Check:
    try:
        found = look()
    except SuyuanError as wrong:
        return Check(name, False, wrong.sentence)
    return Check(name, True, Sentence(zh=found, en=found))
