"""Commands about the workspace and its ledger: init, verify, checkpoint, receipt, rebuild, migrate, doctor."""

import json
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from suyuan.cli.options import STDIN, Common, credit_code
from suyuan.cli.output import Format, console, progress, remark, show_rows
from suyuan.terms.errors import SuyuanError
from suyuan.usecases import doctor as doctor_
from suyuan.usecases import verify as verify_
from suyuan.usecases.workspace import init as make
from suyuan.usecases.workspace import migrate as bring_up
from suyuan.usecases.workspace import opened

OK, FAILED, DATA_ERRORS = 0, 1, 3


def init(
    directory: Path,
    *,
    operator: str | None = None,
    demo: bool = False,
    record: str | None = None,
    common: Common | None = None,
) -> int:
    """Make a workspace: an empty ledger with its own signing key. Nothing is ever written outside it.

    Parameters
    ----------
    directory
        A new or an empty directory.
    operator
        Credit code (USCC) of who keeps the ledger; submissions without --party are theirs.
    demo
        A demonstration: `--at INSTANT` may set its clock, and every checkpoint and answer says so.
    record
        PostgreSQL keeps the record instead: postgresql://user@host/database. The password is read from PGPASSWORD or
        ~/.pgpass, and never written down.
    """
    common = common or Common()
    config = make(directory, operator=credit_code("--operator", operator), demo=demo, record=record or "")
    zh = common.language == "zh"
    out = console()
    out.print(
        f"工作区已建立：{directory}（账本 {config.origin}）"
        if zh
        else f"workspace made: {directory} (ledger {config.origin})"
    )
    out.print(
        f"下一步：suyuan -w {directory} capture 文件…　公钥在 {directory}/ledger.pub，请交给核验者"
        if zh
        else f"next: suyuan -w {directory} capture FILE…   hand {directory}/ledger.pub to whoever will verify"
    )
    return OK


def verify(
    *,
    checkpoint: Path | None = None,
    format: Annotated[Format, Parameter(alias="-f")] = "table",  # noqa: A002  # the option's name
    common: Common | None = None,
) -> int:
    """Read everything again from its bytes and name the first thing that does not agree. Exit code 3 if one does.

    Parameters
    ----------
    checkpoint
        A checkpoint that was kept earlier: proves that the ledger has only grown since. `-` reads standard input.
    format
        table, json, ndjson, csv or parquet.
    """
    common = common or Common()
    kept = [read_checkpoint(checkpoint)] if checkpoint else []
    with common.opened() as workspace:
        with progress("verify") as advance:
            verdict = verify_.verify_workspace(
                workspace, kept, lambda done, total: advance(done, total, done)
            )
        if format == "table":
            console().print(verify_.sentence(verdict, bool(kept)).show(common.language), markup=False)
            if verdict.disagreements:
                show_rows(verify_.rows(verdict, common.language), "table")
            remark(workspace.remarks(), common.language)
        else:
            show_rows(
                [verify_.summary(verdict)]
                if format in ("json", "ndjson")
                else verify_.rows(verdict, common.language),
                "ndjson" if format == "json" else format,
            )
    return OK if verdict.ok else DATA_ERRORS


def read_checkpoint(path: Path) -> str:
    """A file's text, or standard input's for `-`."""
    if str(path) == STDIN:
        return sys.stdin.read()
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SuyuanError(f"cannot read {path}: {error}", f"无法读取 {path}：{error}") from error


def checkpoint(*, size: int | None = None, common: Common | None = None) -> int:
    """Print the last signed checkpoint (C2SP tlog-checkpoint). Keep it: it proves later that nothing was changed.

    Parameters
    ----------
    size
        The checkpoint at exactly that many entries instead of the last one.
    """
    common = common or Common()
    with common.opened() as workspace:
        sys.stdout.write(workspace.ledger.checkpoint_note(size))
        remark(workspace.remarks(), common.language)
    return OK


def receipt(
    entry: int,
    *,
    format: Annotated[Format, Parameter(alias="-f")] = "table",  # noqa: A002  # the option's name
    common: Common | None = None,
) -> int:
    """Print the receipt of an entry: its bytes, the path to the root, the signed checkpoint (C2SP tlog-proof).

    Parameters
    ----------
    entry
        The entry's number, as capture and trace show it.
    format
        json gives the twin for programs; anything else the text form.
    """
    common = common or Common()
    with common.opened() as workspace:
        found = workspace.ledger.receipt(entry)
        sys.stdout.write(found.json() + "\n" if format in ("json", "ndjson") else found.show())
        remark(workspace.remarks(), common.language)
    return OK


def rebuild(*, common: Common | None = None) -> int:
    """Make everything derived anew from the ledger: index, columns, serving tables. The answers stay the same."""
    common = common or Common()
    with common.opened() as workspace:
        with progress("rebuild") as advance:
            rebuilt = workspace.rebuild(lambda done, total: advance(done, total, done))
        zh = common.language == "zh"
        console().print(
            f"已由账本重建 {rebuilt:,} 条" if zh else f"rebuilt from {rebuilt:,} entries of the ledger"
        )
        remark(workspace.remarks(), common.language)
    return OK


def migrate(*, common: Common | None = None) -> int:
    """Bring a record on PostgreSQL that an earlier suyuan made up to this one, in one step or not at all."""
    common = common or Common()
    before, after = bring_up(common.directory)
    zh = common.language == "zh"
    if before == after:
        said = f"账本已是版本 {after}" if zh else f"the record stands at version {after} already"
    else:
        said = (
            f"账本由版本 {before} 升级至 {after}"
            if zh
            else f"the record was brought from version {before} to {after}"
        )
    console().print(said)
    return OK


def doctor(
    *,
    format: Annotated[Format, Parameter(alias="-f")] = "table",  # noqa: A002  # the option's name
    common: Common | None = None,
) -> int:
    """Look over the installation and the workspace and say what to do about anything that is not in order."""
    common = common or Common()
    checks = doctor_.examine(common.workspace)
    rows = [check.row(common.language) for check in checks]
    if format == "json":
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    elif format == "table":
        heads = ("检查", "正常", "情况") if common.language == "zh" else ("check", "in order", "found")
        values = [(row["check"], "✓" if row["ok"] else "✗", row["found"]) for row in rows]
        show_rows([dict(zip(heads, row, strict=True)) for row in values], format)
    else:
        show_rows(rows, format)
    return OK if all(check.ok for check in checks) else FAILED


__all__ = ["checkpoint", "doctor", "init", "migrate", "opened", "rebuild", "receipt", "verify"]
