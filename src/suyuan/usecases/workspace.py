"""The workspace: the one place where the world (disk, clock, keys, random numbers) comes in.

DIR/workspace.toml    operator, origin of the log, demonstration or not, address of a record that stands elsewhere
DIR/ledger.*          the truth (decision note 0001), or its key alone where PostgreSQL keeps it (0021)
DIR/documents/        what was submitted
DIR/accounts.sqlite   who may sign in and what for; made when it is first asked for
DIR/index/            derived: items, edges, ids of events
DIR/columns.duckdb    derived: the entries as columns
DIR/serving.sqlite    derived: results of views by item; `suyuan rebuild` makes all three anew
"""

import json
import secrets
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from suyuan.identifiers import uscc
from suyuan.ledger.checkpoint import DEMO_CLOCK
from suyuan.ledger.note import Signer, Verifier
from suyuan.store import keys, record
from suyuan.store.failures import DatabaseBusy
from suyuan.store.index import Index
from suyuan.store.ledger_port import Ledger
from suyuan.store.lock import WriterBusy, exclusive
from suyuan.terms.errors import SuyuanError
from suyuan.terms.instants import Clock, show_instant
from suyuan.terms.sentence import Sentence
from suyuan.usecases.catch_up import catch_up_index

if TYPE_CHECKING:
    from suyuan.store.accounts import Accounts
    from suyuan.store.derived import Derived

# Derived files are imported where they are asked for: DuckDB takes memory and time that a capture does not have.

INDEX = "index"
INDEX_LOCK = "index.lock"
CONFIG = "workspace.toml"
FORMAT = 1
NO_OPERATOR = "operator"
"""Stands for the operator where `suyuan init` was given no credit code."""


class NotAWorkspace(SuyuanError):
    """A directory that `suyuan init` did not make."""


class AlreadyThere(SuyuanError):
    """A workspace is not made over something else."""


class CannotMake(SuyuanError):
    """The disk does not let a workspace be made there."""


class ClockNotSettable(SuyuanError):
    """`--at` was given for a workspace that is no demonstration."""


@dataclass(frozen=True, slots=True)
class Config:
    """What `workspace.toml` says."""

    operator: str
    origin: str
    demo: bool
    record: str = ""
    """Address of the database that keeps the record; '' for SQLite in the workspace."""

    def toml(self) -> str:
        """The file's text."""
        kept = f"record = {json.dumps(self.record, ensure_ascii=False)}\n" if self.record else ""
        return (
            "# A suyuan workspace. The log's name (origin) stands in every checkpoint: never change it.\n"
            f'format = {FORMAT}\noperator = "{self.operator}"\norigin = "{self.origin}"\n'
            f"demo = {str(self.demo).lower()}\n{kept}"
        )


class Workspace:
    """An open workspace. Derived files are brought up to the ledger when they are first asked for."""

    def __init__(self, directory: Path, config: Config, clock: Clock, clock_set: datetime | None) -> None:
        self.directory = directory
        self.config = config
        self.clock = clock
        self.clock_set_to = clock_set

    @cached_property
    def ledger(self) -> Ledger:
        """The log, for reading; `ledger.writing()` writes. A copy without the private key can be read and verified."""
        extension = (DEMO_CLOCK,) if self.config.demo else ()
        key: Signer | Verifier
        try:
            key = keys.private_key(self.directory)
        except keys.NoKey:
            key = self.public_key
        return record.opened(self.directory, self.config.record, key, self.clock, extensions=extension)

    @cached_property
    def public_key(self) -> Verifier:
        """What signatures of this ledger are checked with."""
        return keys.public_key(self.directory)

    @property
    def signs_as(self) -> Verifier:
        """The public half of the private key that is here. Raises NoKey, KeyExposed, NotAKey."""
        return keys.private_key(self.directory).verifier()

    @cached_property
    def index(self) -> Index:
        """Items, edges and ids of events, for reading; brought up to the ledger if a writer died before it did so.

        Raises WriterBusy while it is made from the beginning: an empty index would deny what is on record.
        """
        index = self._index
        if index.position != self.ledger.size:
            try:
                with exclusive(self.directory / INDEX_LOCK):
                    self._bring_up_index()
            except WriterBusy:
                # a writer at work is between its two commits, and about to finish: its index is used as it stands
                index.refresh()
                if not index.position:
                    raise
        return index

    @cached_property
    def _index(self) -> Index:
        return Index(self.directory / INDEX)

    def bring_up_recording(self) -> None:
        """Within `recording()` and the ledger's own transaction: take in what another machine wrote in between.

        Whoever asks whether an event is on record already must ask after this.
        """
        self._bring_up_index()

    def _bring_up_index(self) -> None:
        if self._index.position > self.ledger.size:
            # the ledger was put back from a backup; entries that come now must not be taken for those that are lost
            from suyuan.store.derived import Derived

            Derived.forget(self.directory)
        catch_up_index(self.ledger, self._index)

    @contextmanager
    def recording(self) -> Iterator[Index]:
        """Hold the index for writing, at the ledger's head; what is added in the block is kept if it ends well.

        Ends after the ledger's own transaction. Raises WriterBusy.
        """
        with exclusive(self.directory / INDEX_LOCK):
            index = self._index
            self._bring_up_index()
            try:
                yield index
            except BaseException:
                index.rollback()
                raise
            try:
                index.commit()
            except (SuyuanError, OSError):
                # the record is on disk and stands; whoever opens the workspace next brings the index up
                index.rollback()

    @cached_property
    def accounts(self) -> "Accounts":
        """Accounts, sessions and keys; the file is made where there is none. Safe to use from several threads."""
        from suyuan.store.accounts import Accounts

        return Accounts(self.directory)

    @cached_property
    def derived(self) -> "Derived":
        """Columns and served views, brought up to the ledger (or as far as another process has brought them)."""
        return self._brought_up(lambda done, total: None)

    def bring_up(self, advance: Callable[[int, int], None]) -> None:
        """Bring columns and served views up, telling how far: after a bulk capture that takes minutes."""
        if "derived" not in self.__dict__:
            self.__dict__["derived"] = self._brought_up(advance)

    def _brought_up(self, advance: Callable[[int, int], None]) -> "Derived":
        from suyuan.store.derived import Derived

        derived = Derived(self.directory, self.ledger, self.index)
        with suppress(DatabaseBusy):
            derived.catch_up(advance)
        return derived

    def rebuild(self, advance: Callable[[int, int], None] = lambda done, total: None) -> int:
        """Make index, columns and served views anew from the ledger; returns the entries read. Raises WriterBusy."""
        from suyuan.store.derived import Derived

        with exclusive(self.directory / INDEX_LOCK):
            self._index.clear()
            self._bring_up_index()
            Derived.forget(self.directory)
            derived = Derived(self.directory, self.ledger, self._index)
            try:
                derived.catch_up(advance)
            finally:
                derived.close()
        return self.ledger.size

    def remarks(self) -> list[Sentence]:
        """What every answer of this workspace has to say about itself."""
        if not self.config.demo:
            return []
        if self.clock_set_to is None:
            return [
                Sentence(
                    zh="演示工作区：时钟可人为设定，不作证据",
                    en="demonstration: its clock may be set by hand; no evidence",
                )
            ]
        at = show_instant(self.clock_set_to)
        return [
            Sentence(
                zh=f"演示工作区：时钟设为 {at}，不作证据",
                en=f"demonstration: clock set by hand to {at}; no evidence",
            )
        ]

    def close(self) -> None:
        """Let go of every file."""
        if "derived" in self.__dict__:
            self.derived.close()
        if "accounts" in self.__dict__:
            self.accounts.close()
        if "_index" in self.__dict__:
            self._index.close()
        if "ledger" in self.__dict__:
            self.ledger.close()


def init(directory: Path, *, operator: str | None = None, demo: bool = False, record: str = "") -> Config:
    """Make a workspace in `directory`, which must be new or empty; with `record` its ledger stands at that address.

    Raises AlreadyThere, CannotMake; NotAUscc for an operator that is no credit code; NotAnAddress,
    SecretInAddress, LedgerExists, ServerGone for the record.
    """
    try:
        return _made(directory, operator, demo, record)
    except OSError as error:
        raise CannotMake(
            f"cannot make {directory}: {error.strerror}; name a directory that you may write to",
            f"无法建立 {directory}：{error.strerror}；请指定可写的目录",
        ) from error


def _made(directory: Path, operator: str | None, demo: bool, address: str) -> Config:
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise AlreadyThere(
            f"{directory} is not empty; name a new or an empty directory",
            f"{directory} 不为空；请指定新目录或空目录",
        )
    named = uscc.parse(operator).code if operator else NO_OPERATOR
    if address:
        record.check_address(address)
    config = Config(named, f"w3id.org/suyuan/log/{secrets.token_hex(6)}", demo, address)
    directory.mkdir(parents=True, exist_ok=True)
    key = keys.create(directory, config.origin)
    try:
        record.create(directory, address, key, _now, extensions=(DEMO_CLOCK,) if demo else ()).close()
    except SuyuanError:
        keys.forget(
            directory
        )  # nothing was signed with it: the directory is empty again, to be tried once more
        raise
    # written last: a directory with this file is a whole workspace
    (directory / CONFIG).write_text(config.toml(), encoding="utf-8")
    return config


def migrate(directory: Path) -> tuple[str, str]:
    """Bring the record's tables up to this suyuan; the versions before and after. Raises NotAWorkspace, OldLedger."""
    before, after = record.migrate(_read_config(directory).record)
    return before or "", after


def open_workspace(directory: Path, *, at: datetime | None = None) -> Workspace:
    """The workspace in `directory`. Raises NotAWorkspace; ClockNotSettable for `at` outside a demonstration."""
    config = _read_config(directory)
    if at is not None and not config.demo:
        raise ClockNotSettable(
            "--at sets the clock of a demonstration only; this workspace was not made with suyuan init --demo",
            "--at 只能设定演示工作区的时钟；本工作区不是用 suyuan init --demo 建立的",
        )
    clock = _now if at is None else lambda: at
    return Workspace(directory, config, clock, at)


@contextmanager
def opened(directory: Path, *, at: datetime | None = None) -> Iterator[Workspace]:
    """The workspace for the length of a block."""
    workspace = open_workspace(directory, at=at)
    try:
        yield workspace
    finally:
        workspace.close()


def _read_config(directory: Path) -> Config:
    try:
        fields = tomllib.loads((directory / CONFIG).read_text(encoding="utf-8"))
        if fields["format"] != FORMAT:
            raise NotAWorkspace(
                f"{directory} has format {fields['format']}; this suyuan reads format {FORMAT}: use a newer suyuan",
                f"{directory} 的格式为 {fields['format']}，本版本只读格式 {FORMAT}：请使用新版 suyuan",
            )
        return Config(fields["operator"], fields["origin"], fields["demo"], fields.get("record", ""))
    except (OSError, KeyError, ValueError) as wrong:
        raise NotAWorkspace(
            f"{directory} is not a workspace ({CONFIG} is missing or broken); make one: suyuan init {directory}",
            f"{directory} 不是工作区（缺少或损坏 {CONFIG}）；新建：suyuan init {directory}",
        ) from wrong


def _now() -> datetime:
    return datetime.now(UTC)
