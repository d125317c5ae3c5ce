"""Where requests meet the service: answers of its threads awaited, events handed to its writer, callers known by their keys."""

import asyncio
import time
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from typing import Any, TypeVar

from litestar.connection import ASGIConnection

from suyuan.api.problems import Refused
from suyuan.identifiers import uscc
from suyuan.rights.deciding import may, scopes
from suyuan.rights.principal import PUBLIC, Principal, Thing
from suyuan.rights.sight import Sight, visible
from suyuan.rights.words import Role, Scope, Verb
from suyuan.usecases.recorder import Outcome, Recorded, Single
from suyuan.usecases.service import Service
from suyuan.usecases.settings import Settings
from suyuan.usecases.signing_in import who
from suyuan.usecases.subscribing import Document
from suyuan.usecases.workspace import Workspace

T = TypeVar("T")
Connection = ASGIConnection[Any, Any, Any, Any]

ANSWER_S = 60.0
"""No answer takes longer; a question that needs more is a report or a job."""
RECORD_S = 30.0
KNOWN_S = 1.0
"""For how long a credential that was good is taken to be good: a revoked key opens no door after that."""
KNOWN_MAX = 4096


class Hall:
    """One server process's service and its event loop."""

    def __init__(self, settings: Settings, document: Document) -> None:
        self.service = Service(settings, self._deliver, document)
        self.loop = asyncio.get_running_loop()
        self._known: dict[bytes, tuple[float, Principal]] = {}
        with closing(self.service.opened()) as workspace:
            self.operator = Principal(tenant=workspace.config.operator, role=Role.OPERATOR)
            self.demo = workspace.config.demo
            self.clock = workspace.clock

    def _deliver(self, pairs: list[tuple[object, Outcome]]) -> None:
        self.loop.call_soon_threadsafe(_hand_out, pairs)

    async def ask(self, question: Callable[[Workspace], T]) -> T:
        """An answer from columns and views."""
        return await _within(asyncio.wrap_future(self.service.ask(question)), ANSWER_S)

    async def look(self, question: Callable[[Workspace], T]) -> T:
        """An answer from the ledger alone."""
        return await _within(asyncio.wrap_future(self.service.look(question)), ANSWER_S)

    def head(self) -> int:
        """How many entries there are, as far as this process has heard."""
        return self.service.head()

    async def beside(self, work: Callable[[], T]) -> T:
        """A bit of work that waits for the disk, away from the event loop."""
        return await self.loop.run_in_executor(None, work)

    async def record(self, single: Single) -> Recorded:
        """One event on record. Raises ServerBusy, TenantBusy, KeyReused, WriterBusy, DiskFull."""
        future: asyncio.Future[Recorded] = self.loop.create_future()
        self.service.recorder.offer(future, single)
        return await _within(future, RECORD_S)

    # -- who asks ---------------------------------------------------------------------------------

    async def caller(self, connection: Connection) -> Principal:
        """Who asks. Raises NotSignedIn for a credential that is none."""
        said = connection.headers.get("authorization")
        if said is None:
            return self.operator if self.service.settings.open_to_all else PUBLIC
        scheme, _, credential = said.partition(" ")
        if scheme.lower() != "bearer" or not credential.strip():
            raise Refused(
                401, "send Authorization: Bearer and a key", "请以 Authorization: Bearer 方式提供密钥"
            )
        digest = sha256(credential.strip().encode("utf-8", "surrogateescape")).digest()
        known = self._known.get(digest)
        if known and known[0] > time.monotonic():
            return known[1]
        principal = await self.look(lambda workspace: who(workspace, credential.strip()))
        if len(self._known) >= KNOWN_MAX:
            self._known.clear()
        self._known[digest] = (time.monotonic() + KNOWN_S, principal)
        return principal

    async def allowed(self, connection: Connection, verb: Verb, thing: Thing | None = None) -> Principal:
        """Who asks, if he may. Raises NotSignedIn, Forbidden."""
        principal = await self.caller(connection)
        decision = may(principal, verb, thing, self.clock())
        if not decision.allowed and principal == PUBLIC:
            raise Refused(
                401, "a key is needed: Authorization: Bearer …", "需要密钥：Authorization: Bearer …"
            )
        decision.required()
        return principal

    async def submitter(self, connection: Connection) -> str:
        """The legal person for whom is submitted, if the caller may: his own, or the one named in Suyuan-Party."""
        named = connection.headers.get("suyuan-party")
        party = uscc.parse(named).code if named else (await self.caller(connection)).tenant
        await self.allowed(connection, Verb.CAPTURE, Thing(tenant=party))
        return party

    def sight(self, principal: Principal, verb: Verb) -> Sight | None:
        """What he sees of entries behind this door; None where nothing is hidden."""
        found = visible(principal, verb, self.clock())
        return None if found.everything else found

    def sees_all(self, principal: Principal, verb: Verb) -> bool:
        """Is nothing hidden from him behind this door?"""
        return Scope.ALL in scopes(principal, verb, self.clock())

    def close(self) -> None:
        """Finish what was accepted."""
        self.service.close()


def hall_of(connection: Connection) -> Hall:
    """The hall of the app that serves this connection."""
    hall: Hall = connection.app.state.hall
    return hall


def _hand_out(pairs: list[tuple[object, Outcome]]) -> None:
    for future, outcome in pairs:
        assert isinstance(future, asyncio.Future), "an event that nobody waits for"
        if future.done():
            continue  # the sender went away; the event is on record
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)


async def _within(future: "asyncio.Future[T]", seconds: float) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await future
    except TimeoutError as late:
        raise Refused(
            503, f"no answer within {seconds:.0f} seconds; try again", f"{seconds:.0f} 秒内未得出答复；请重试"
        ) from late
