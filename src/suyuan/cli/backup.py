"""Commands that copy a record away and bring it back: backup, restore."""

from pathlib import Path

from suyuan.cli.options import Common
from suyuan.cli.output import console, progress
from suyuan.cli.workspace import read_checkpoint
from suyuan.usecases import backup as backup_

OK = 0


def backup(to: Path, *, common: Common | None = None) -> int:
    """Copy the record as it is now, documents with it, into a new directory; captures go on meanwhile.

    The copy is a workspace that can be read and verified (`suyuan -w TO verify`). The key is not in it: keep
    ledger.key apart, where no backup goes.

    Parameters
    ----------
    to
        A new or an empty directory.
    """
    common = common or Common()
    with common.opened() as workspace, progress("backup") as advance:
        head = backup_.backup(workspace, to, lambda done, total: advance(done, total, done))
    console().print(
        f"已备份 {head.size:,} 条到 {to}；核验：suyuan -w {to} verify"
        if common.language == "zh"
        else f"backed up {head.size:,} entries to {to}; check it: suyuan -w {to} verify"
    )
    return OK


def restore(
    backup: Path,
    to: Path,
    *,
    record: str | None = None,
    key: Path | None = None,
    checkpoint: Path | None = None,
    common: Common | None = None,
) -> int:
    """Make a workspace of a backup, to be read and verified; with key and newest checkpoint, to be written on.

    A log that went on from an old state would sign a second history. So it goes on only where the newest checkpoint
    that anybody kept (parties, supervisors, witnesses) lies within the backup.

    Parameters
    ----------
    backup
        A directory that `suyuan backup` made.
    to
        A new or an empty directory.
    record
        PostgreSQL keeps the record instead: postgresql://user@host/database. So a record also moves from one to the other.
    key
        The private key (ledger.key), from where it is kept apart.
    checkpoint
        The newest checkpoint of the log that anybody kept. `-` reads standard input.
    """
    common = common or Common()
    newest = read_checkpoint(checkpoint) if checkpoint else None
    with progress("restore") as advance:
        head = backup_.restore(
            backup,
            to,
            address=record or "",
            key=key,
            newest=newest,
            advance=lambda done, total: advance(done, total, done),
        )
    zh = common.language == "zh"
    may = ("可读写" if key else "只读") if zh else ("to be written on" if key else "to be read and verified")
    console().print(
        f"已恢复 {head.size:,} 条到 {to}（{may}）"
        if zh
        else f"restored {head.size:,} entries to {to} ({may})"
    )
    return OK
