"""Documents accepted now and recorded soon: a capture job, as EPCIS calls it.

    bytes ──spool──▶ file, row of `job` ──202──▶ the sender      (both on disk before the answer)
                          └──────▶ the writer ──capture──▶ ledger ──▶ outcome of the job

A job that a process did not finish is taken up by the next one. Recording a document twice changes nothing
(decision note 0003), so a job that was cut off between its commit and its outcome ends as if it had not been.
"""

import json
import logging
import os
import secrets
import sqlite3
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any, Literal

from suyuan.capture.importer import OnError
from suyuan.store.failures import told
from suyuan.store.lock import WriterBusy
from suyuan.store.service import Row, ServiceStore
from suyuan.terms.errors import SuyuanError
from suyuan.terms.finding import Finding
from suyuan.terms.instants import parse_instant, show_instant
from suyuan.terms.sentence import Lang
from suyuan.usecases import template
from suyuan.usecases.capture import Captured, Outcome, capture
from suyuan.usecases.recorder import KeyReused, Recorder, Stopping, key_reused
from suyuan.usecases.workspace import Workspace

ERRORS_KEPT = 1000
SWEPT_AFTER_S = 86_400
log = logging.getLogger("suyuan.jobs")
Behaviour = Literal["rollback", "proceed"]
ON_ERROR: dict[str, OnError] = {"rollback": "refuse", "proceed": "proceed"}


class UnknownJob(SuyuanError):
    """A job that there is not, or that is another tenant's."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a job is to do: record the document `name` for `party`; `importer` where the sender says which.

    `back`: in which language a workbook with findings is given back.
    """

    party: str
    name: str
    behaviour: Behaviour = "rollback"
    importer: str | None = None
    dry_run: bool = False
    back: Lang | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A capture job as it stands. `errors` are findings as plain values, the first of them; `counts` of a finished one."""

    id: str
    number: int
    tenant: str
    created_at: datetime
    finished_at: datetime | None
    running: bool
    success: bool
    asked: Asked
    errors: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, Any] = field(default_factory=dict)


class Spool:
    """A document on its way in: written piece by piece, then accepted or thrown away."""

    def __init__(self, directory: Path) -> None:
        self.id = secrets.token_hex(12)
        self.path = directory / self.id
        self.size = 0
        with told("service-incoming"):
            self._file = self.path.open("xb")

    def write(self, part: bytes) -> None:
        """The next bytes. Raises DiskFull."""
        with told("service-incoming"):
            self._file.write(part)
        self.size += len(part)

    def head(self, size: int) -> bytes:
        """The first bytes of what was written."""
        self._file.flush()
        with self.path.open("rb") as file:
            return file.read(size)

    def sync(self) -> None:
        """On disk."""
        with told("service-incoming"), self._file as file:
            file.flush()
            os.fsync(file.fileno())

    def discard(self) -> None:
        """As if it had not come."""
        self._file.close()
        self.path.unlink(missing_ok=True)


class CaptureJobs:
    """The jobs of a server."""

    def __init__(self, store: ServiceStore, recorder: Recorder) -> None:
        self._store, self._recorder = store, recorder

    def spool(self) -> Spool:
        """Room for a document that comes in. Raises DiskFull."""
        return Spool(self._store.incoming)

    def accept(
        self,
        spool: Spool,
        tenant: str,
        asked: Asked,
        *,
        kind: str = "capture",
        key: str | None = None,
        digest: bytes = b"",
    ) -> str:
        """Take a document on; when this returns nothing but the disk can lose it. The id of its job.

        Under an Idempotency-Key that was used for the same document the id of the first job. Raises KeyReused, Stopping,
        DiskFull.
        """
        spool.sync()
        now = show_instant(datetime.now(UTC))
        said = json.dumps({name: getattr(asked, name) for name in Asked.__slots__}, ensure_ascii=False)
        try:
            with self._store.transaction() as connection:
                if key is not None and (known := _known(connection, tenant, key, digest, spool.id)):
                    spool.discard()
                    return known
                connection.execute(
                    "INSERT INTO job (id, tenant, kind, created_at, running, success, asked) VALUES (?, ?, ?, ?, 1, 1, ?)",
                    (spool.id, tenant, kind, now, said),
                )
        except BaseException:
            spool.discard()
            raise
        self._start(spool.id, asked)
        return spool.id

    def resume(self) -> None:
        """Take up what was not finished; sweep away old files that no job knows."""
        rows = self._store.all("SELECT id, asked FROM job WHERE running ORDER BY n")
        known = {row["id"] for row in rows}
        for path in self._store.incoming.iterdir():
            # what is young may be on its way in, through another process
            if (
                path.name not in known
                and path.is_file()
                and time.time() - path.stat().st_mtime > SWEPT_AFTER_S
            ):
                path.unlink(missing_ok=True)
        for row in rows:
            self._start(row["id"], _asked(row))

    def job(self, job_id: str, tenant: str | None = None) -> Job:
        """One job; of `tenant` alone, where one is given. Raises UnknownJob."""
        row = self._store.first("SELECT * FROM job WHERE id = ?", job_id)
        if row is None or (tenant is not None and row["tenant"] != tenant):
            raise UnknownJob(f"there is no job {job_id}", f"没有任务 {job_id}")
        return _job(row)

    def jobs(
        self, tenant: str | None, per_page: int, before: int | None = None, *, kind: str = "capture"
    ) -> list[Job]:
        """Jobs, the newest first; `before` is the number of the last one that was shown."""
        rows = self._store.all(
            "SELECT * FROM job WHERE kind = ?1 AND (?2 IS NULL OR tenant = ?2) AND (?3 IS NULL OR n < ?3) ORDER BY n DESC LIMIT ?4",
            kind, tenant, before, per_page,
        )  # fmt: skip
        return [_job(row) for row in rows]

    def wait(self, job_id: str) -> bool:
        """Is the job finished?"""
        return not self.job(job_id).running

    def _start(self, job_id: str, asked: Asked) -> None:
        # a server on its way down leaves the job to the next one
        with suppress(Stopping):
            self._recorder.run(lambda workspace: self._do(workspace, job_id, asked))

    def _do(self, workspace: Workspace, job_id: str, asked: Asked) -> None:
        path = self._store.incoming / job_id
        try:
            with path.open("rb") as source:
                captured = capture(
                    workspace, source, asked.name, party=asked.party, on_error=ON_ERROR[asked.behaviour],
                    importer=asked.importer, dry_run=asked.dry_run,
                )  # fmt: skip
        except WriterBusy:
            time.sleep(0.05)
            self._start(job_id, asked)  # another process writes: when others have had their turn
            return
        except SuyuanError as wrong:
            self._finish(job_id, False, {"errors": [told_error(wrong)]})
        except (
            Exception
        ):  # ours or the disk's: the sender has to hear that it is not on record, we what it was
            log.exception("job %s", job_id)
            self._finish(
                job_id,
                False,
                {"errors": [_plain("job-failed", "the server could not do it", "服务器未能完成")]},
            )
        else:
            self._give_back(job_id, asked, captured.findings)
            self._finish(
                job_id, captured.outcome not in (Outcome.PARTLY, Outcome.REFUSED), _outcome(captured)
            )
        path.unlink(missing_ok=True)

    def _give_back(self, job_id: str, asked: Asked, findings: list[Finding]) -> None:
        """The same workbook, its faulty cells coloured and noted; kept until the job is forgotten."""
        if asked.back is None or not findings:
            return
        source = self._store.incoming / f"{job_id}.result" / f"sent{PurePath(asked.name).suffix}"
        try:
            source.parent.mkdir(exist_ok=True)
            os.link(self._store.incoming / job_id, source)
            template.give_back(source, findings, source.parent, asked.back)
            source.unlink()
        except (SuyuanError, OSError):
            log.exception("giving back the file of job %s", job_id)

    def given_back(self, job_id: str) -> bytes | None:
        """The workbook that a job gives back, if it gives one back."""
        for path in (self._store.incoming / f"{job_id}.result").glob("*.checked.xlsx"):
            return path.read_bytes()
        return None

    def _finish(self, job_id: str, success: bool, outcome: dict[str, Any]) -> None:
        self._store.write(
            "UPDATE job SET running = 0, success = ?, finished_at = ?, outcome = ? WHERE id = ?",
            int(success), show_instant(datetime.now(UTC)), json.dumps(outcome, ensure_ascii=False), job_id,
        )  # fmt: skip


def _known(connection: sqlite3.Connection, tenant: str, key: str, digest: bytes, job_id: str) -> str | None:
    row = connection.execute(
        "SELECT digest, answer FROM request WHERE tenant = ? AND key = ?", (tenant, key)
    ).fetchone()
    if row is None:
        connection.execute("INSERT INTO request VALUES (?, ?, ?, ?)", (tenant, key, digest, job_id))
        return None
    if row["digest"] != digest or row["answer"] is None:
        raise key_reused(key)
    return str(row["answer"])


def _asked(row: Row) -> Asked:
    return Asked(**json.loads(row["asked"]))


def _job(row: Row) -> Job:
    outcome = json.loads(row["outcome"]) if row["outcome"] else {}
    return Job(
        row["id"], row["n"], row["tenant"], parse_instant(row["created_at"]),
        parse_instant(row["finished_at"]) if row["finished_at"] else None,
        bool(row["running"]), bool(row["success"]), _asked(row), outcome.pop("errors", []), outcome,
    )  # fmt: skip


def _outcome(captured: Captured) -> dict[str, Any]:
    return {
        "outcome": captured.outcome.value,
        "document": captured.digest,
        "importer": captured.importer,
        "recorded": captured.recorded,
        "unchanged": captured.unchanged,
        "refused": captured.refused,
        "remarks": captured.remarks,
        "first_seq": captured.first_seq,
        "errors": [told_finding(finding) for finding in captured.findings[:ERRORS_KEPT]],
    }


def told_finding(finding: Finding) -> dict[str, Any]:
    """A finding as plain values."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "place": finding.place.show(),
        "pointer": finding.place.pointer,
        "line": finding.place.line,
        "sheet": finding.place.sheet,
        "cell": finding.place.cell,
        "found": finding.found,
        "suggestion": finding.suggestion,
        "en": finding.reason.en,
        "zh": finding.reason.zh,
    }


def told_error(wrong: SuyuanError) -> dict[str, Any]:
    """What is wrong with a whole document, in the same shape."""
    return _plain(type(wrong).__name__, wrong.sentence.en, wrong.sentence.zh)


def _plain(rule: str, en: str, zh: str) -> dict[str, Any]:
    return {"rule": rule, "severity": "block", "place": "", "en": en, "zh": zh}


__all__ = ["Asked", "Behaviour", "CaptureJobs", "Job", "KeyReused", "Spool", "UnknownJob"]
