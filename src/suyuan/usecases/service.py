"""What a running server holds: one writer, threads that read, accepted documents, named queries, subscriptions.

    write ──▶ Recorder (its thread, its workspace) ──▶ ledger
    ask   ──▶ one thread that reads columns and served views, after the index has come up to what was answered
    look  ──▶ threads that read the ledger alone: entries, proofs, tiles

Every thread has a workspace of its own; nothing of one is used by another.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, suppress
from threading import Lock, local
from typing import TypeVar

from suyuan.store.lock import WriterBusy, exclusive
from suyuan.store.service import ServiceStore
from suyuan.terms.errors import SuyuanError
from suyuan.usecases.capture_jobs import CaptureJobs
from suyuan.usecases.named_queries import NamedQueries
from suyuan.usecases.recorder import LINGER_S, Deliver, Recorder
from suyuan.usecases.settings import Settings
from suyuan.usecases.subscribing import Document, Teller
from suyuan.usecases.workspace import Workspace, open_workspace

T = TypeVar("T")

LOOKERS = 2
SETTLE_S = 10.0
TELLER_LOCK = "teller.lock"
HEAD_S = 0.1
WARM_MAX = 50_000
PATIENCE_S = 2.0


class Service:
    """The state of one server process."""

    def __init__(self, settings: Settings, deliver: Deliver, document: Document) -> None:
        self.settings = settings
        self.store = ServiceStore(settings.directory)
        # several processes (or machines) write in turn: none of them may keep the index for itself between two groups
        with closing(self.opened()) as workspace:
            alone = settings.workers == 1 and not workspace.config.record
        linger_s = LINGER_S if alone else 0.0
        self.recorder = Recorder(self.opened, self.store, deliver, linger_s=linger_s)
        self.jobs = CaptureJobs(self.store, self.recorder)
        self.queries = NamedQueries(self.store)
        self._heads = self.opened()
        self._heard = (0.0, 0)
        self.teller = Teller(
            self.queries,
            self.ask,
            document,
            head=self.head,
            alone=self._alone,
            let_through=settings.callbacks,
        )
        self._here = local()
        self._workspaces: list[Workspace] = []
        self._opening = Lock()  # of what threads share
        self._asking = ThreadPoolExecutor(1, "asking")
        self._looking = ThreadPoolExecutor(LOOKERS, "looking")

    def _alone(self) -> AbstractContextManager[object]:
        return exclusive(self.settings.directory / TELLER_LOCK)

    def opened(self) -> Workspace:
        """A workspace of the caller's own."""
        return open_workspace(self.settings.directory, at=self.settings.at)

    def start(self) -> None:
        """Begin to record; documents that an earlier process accepted and did not finish come first."""
        self.recorder.start()
        self.jobs.resume()
        self.teller.start()
        self._asking.submit(self._warm)

    def _warm(self) -> None:
        """Have ready what the first question would wait for; where much has to be brought up, whoever asks first does it."""
        with suppress(SuyuanError):
            workspace = self._own()
            if 0 < workspace.ledger.size < WARM_MAX:
                workspace.bring_up(lambda done, total: None)

    def head(self) -> int:
        """How many entries there are, asked at most some times a second."""
        with self._opening:
            if time.monotonic() > self._heard[0]:
                self._heard = (time.monotonic() + HEAD_S, self._heads.ledger.size)
            return self._heard[1]

    def ask(self, question: Callable[[Workspace], T]) -> Future[T]:
        """An answer from columns and views, which know everything that was answered before."""
        settled = self.recorder.settled()
        return self._asking.submit(self._ask, settled, question)

    def look(self, question: Callable[[Workspace], T]) -> Future[T]:
        """An answer from the ledger alone."""
        return self._looking.submit(lambda: question(self._own()))

    def close(self) -> None:
        """Finish what was accepted, then let go."""
        self.recorder.close()
        self.teller.close()
        self._asking.shutdown()
        self._looking.shutdown()
        for workspace in self._workspaces:
            workspace.close()
        self._heads.close()
        self.store.close()

    def _ask(self, settled: Future[None] | None, question: Callable[[Workspace], T]) -> T:
        if settled:
            settled.result(SETTLE_S)
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                return question(self._fresh())
            except WriterBusy:
                # the index of a young ledger is being written for the first time
                if time.monotonic() > until:
                    raise
                time.sleep(0.02)

    def _fresh(self) -> Workspace:
        """The thread's workspace; its results are brought up to the ledger when they are asked for, and not before."""
        workspace = self._own()
        workspace.__dict__.pop(
            "index", None
        )  # what it keeps open stays open; only whether it is up to date is asked anew
        if brought_up := workspace.__dict__.pop("derived", None):
            brought_up.close()
        return workspace

    def _own(self) -> Workspace:
        if not hasattr(self._here, "workspace"):
            self._here.workspace = self.opened()
            with self._opening:
                self._workspaces.append(self._here.workspace)
        workspace: Workspace = self._here.workspace
        return workspace
