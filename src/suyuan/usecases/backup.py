"""Backup and restore: a copy of the record at one moment, and back; a restored copy never signs a fork.

    workspace, either driver ──▶ BACKUP/: a workspace on SQLite without the key ──▶ workspace, either driver

A backup can be read and verified as it stands. The key is not in it: it is kept apart, and goes back only together
with the newest checkpoint that anybody kept. Decision note 0021.
"""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from suyuan.ledger import checkpoint, merkle
from suyuan.ledger.checkpoint import Checkpoint
from suyuan.ledger.note import Signer, Verifier, signer
from suyuan.store import keys, record
from suyuan.store.copying import copy, copy_file
from suyuan.store.keys import PUBLIC
from suyuan.store.signed import Signed, WouldFork
from suyuan.store.sql_ledger import SqlLedger
from suyuan.usecases.workspace import CONFIG, AlreadyThere, Config, Workspace, opened

Advance = Callable[[int, int], None]
BESIDE = ("accounts.sqlite", "service.sqlite")
"""What a server remembers beside the record: no evidence, and taken along."""


def backup(workspace: Workspace, to: Path, advance: Advance = lambda done, total: None) -> Checkpoint:
    """Copy the record as it is now into a new directory; the checkpoint that it ends with. Raises AlreadyThere, DiskFull."""
    _check_empty(to)
    head = _copied(workspace, to, replace(workspace.config, record=""), advance)
    _beside(workspace.directory, to)
    return head


def restore(
    kept: Path,
    to: Path,
    *,
    address: str = "",
    key: Path | None = None,
    newest: str | None = None,
    advance: Advance = lambda done, total: None,
) -> Checkpoint:
    """Make a workspace of a backup, on either driver. With `key` and the `newest` checkpoint it may be written on.

    Raises NotAWorkspace, AlreadyThere, OtherKey, WouldFork where the newest checkpoint is beyond the backup.
    """
    _check_empty(to)
    if (key is None) != (newest is None):
        raise WouldFork(
            "a restored record signs again only with --key and --checkpoint together: the key, and the newest checkpoint that anybody kept",
            "恢复的账本须同时给出 --key 与 --checkpoint（密钥，以及留存的最新检查点）方可继续签署",
        )
    with opened(kept) as backed_up:
        signs = signer(key.read_text(encoding="utf-8")) if key else None
        if signs and newest is not None:
            _check_complete(backed_up.ledger, signs, newest)
        head = _copied(backed_up, to, replace(backed_up.config, record=address), advance)
        if signs:
            keys.put_back(to, signs)
            Signed(to).write(backed_up.ledger.checkpoint_note())
    _beside(kept, to)
    return head


def _beside(found: Path, to: Path) -> None:
    for name in BESIDE:
        if (found / name).exists():
            copy_file(found / name, to / name)


def _copied(workspace: Workspace, to: Path, config: Config, advance: Advance) -> Checkpoint:
    ledger = workspace.ledger
    assert isinstance(ledger, SqlLedger), "both drivers are"
    to.mkdir(parents=True, exist_ok=True)
    stored = ledger.stored()
    target, documents = record.create_empty(to, config.record, stored.key_text())
    try:
        copy(stored, target, documents, advance)
        target.commit()
    except BaseException:
        target.close()
        shutil.rmtree(to, ignore_errors=True)  # half a copy is none
        raise
    target.close()
    public = workspace.public_key
    (to / PUBLIC).write_text(f"{public.show()}\n", encoding="utf-8")
    # written last: a directory with this file is a whole workspace
    (to / CONFIG).write_text(config.toml(), encoding="utf-8")
    *_, (_n, _size, note) = stored.checkpoint_notes()
    return checkpoint.opened(note, public)


def _check_complete(ledger: object, signs: Signer, newest: str) -> None:
    """The newest checkpoint that anybody kept lies within what was restored: nothing that was signed is missing."""
    assert isinstance(ledger, SqlLedger)
    public: Verifier = signs.verifier()
    head = checkpoint.opened(ledger.checkpoint_note(), public)
    kept = checkpoint.opened(newest, public)
    if (kept.size, _documents(kept)) > (head.size, _documents(head)):
        raise WouldFork(
            f"the log had {kept.size} entries, the backup has {head.size}: what was signed after it is lost here, and writing on would fork the log. "
            "Restore a newer backup; or restore without --key, to be read, and begin a new log: suyuan init",
            f"日志曾有 {kept.size} 条，备份只有 {head.size} 条：其后签署的内容在此缺失，继续写入将使日志分叉。"
            "请恢复更新的备份；或不带 --key 恢复（只读），并新建日志：suyuan init",
        )
    path = ledger.consistency(kept.size, head.size)
    if not merkle.extends(kept.size, head.size, kept.root, head.root, path):
        raise WouldFork(
            f"the checkpoint at {kept.size} entries is not one of this backup: the two are different histories",
            f"{kept.size} 条处的检查点不属于此备份：两者是不同的历史",
        )


def _documents(head: Checkpoint) -> int:
    """How many documents a checkpoint covers: one without entries leaves the size as it was."""
    return int((head.extension("documents") or "0").split()[0])


def _check_empty(to: Path) -> None:
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise AlreadyThere(
            f"{to} is not empty; name a new or an empty directory", f"{to} 不为空；请指定新目录或空目录"
        )
