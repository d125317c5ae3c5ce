"""With keys, each door asks who it is: a firm records its own, sees its own, and learns nothing of others."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.api.served import Server, event, serving
from tests.usecases.lives import MAKER
from tests.usecases.lives import OEM as DEALER

from suyuan.rights.words import Role, Verb
from suyuan.usecases import accounts
from suyuan.usecases.workspace import init, opened

VERBS = frozenset({Verb.CAPTURE, Verb.QUERY, Verb.READ_EVENT, Verb.PROOFS, Verb.TRACE, Verb.SUBSCRIBE})


class Keys:
    """A server without `--open`, and keys of two firms."""

    def __init__(self, server: Server, secrets: dict[str, str]) -> None:
        self.server = server
        self._secrets = secrets

    def of(self, who: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._secrets[who]}"}


def _key(directory: Path, tenant: str, role: Role) -> str:
    with opened(directory) as workspace:
        by = accounts.operator(workspace)
        made = accounts.add_user(
            workspace, by, login=f"{role}-{tenant[-3:]}", name="n", tenant=tenant, role=role
        )
        account = next(each for each in accounts.users(workspace, by) if each.id == made.account)
        return accounts.make_key(
            workspace, by, account=made.account, grant=account.grants[0].id, label="erp", verbs=VERBS if role is Role.ENTRY else VERBS - {Verb.CAPTURE},
            until=datetime.now(UTC) + timedelta(days=1),
        ).secret  # fmt: skip


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keys]:
    directory = tmp_path_factory.mktemp("keys") / "ws"
    init(directory, demo=True)
    secrets = {
        "maker": _key(directory, MAKER, Role.ENTRY),
        "dealer": _key(directory, DEALER, Role.ENTRY),
        "viewer": _key(directory, MAKER, Role.VIEWER),
    }
    with serving(directory, "--host", "127.0.0.1") as server:
        yield Keys(server, secrets)


def events(keys: Keys, who: str) -> list[str]:
    found = keys.server.get("/events?perPage=1000", keys.of(who)).json
    return sorted(
        each["epcList"][0].rsplit("/", 1)[1]
        for each in found["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    )


@pytest.mark.parametrize(
    "path", ["/events", "/epcs", "/queries", "/capture", "/api/v1/jobs", "/api/v1/entries/0"]
)
def test_without_a_key_nobody_gets_in(keys: Keys, path: str) -> None:
    answer = keys.server.get(path)
    assert (answer.status, answer.problem) == (401, "epcisException:SecurityException")
    assert answer.headers["www-authenticate"] == "Bearer"
    wrong = keys.server.get(path, {"Authorization": "Bearer sy_0000_nonsense"})
    assert wrong.status == 401
    assert keys.server.get(path, {"Authorization": "Basic YTpi"}).status == 401


def test_without_a_key_nothing_is_recorded(keys: Keys) -> None:
    assert keys.server.post("/events", event(900)).status == 401
    assert keys.server.post("/capture", event(901)).status == 401


def test_checkpoints_are_everybodys(keys: Keys) -> None:
    assert keys.server.get("/checkpoint").status == 200
    assert keys.server.get("/tile/entries/000.p/1").status == 401


def test_a_firm_sees_its_own_and_nothing_of_others(keys: Keys) -> None:
    mine = keys.server.post("/events", event(1), keys.of("maker"))
    theirs = keys.server.post("/events", event(2), keys.of("dealer"))
    assert (mine.status, theirs.status) == (201, 201)
    assert events(keys, "maker") == events(keys, "viewer") == ["pack0000001"]
    assert events(keys, "dealer") == ["pack0000002"]
    assert keys.server.get(theirs.headers["location"], keys.of("maker")).status == 404
    assert keys.server.get(theirs.headers["location"], keys.of("dealer")).status == 200
    seq = theirs.headers["suyuan-entry"]
    assert keys.server.get(f"/api/v1/entries/{seq}/receipt", keys.of("maker")).status == 404
    assert keys.server.get(f"/api/v1/entries/{seq}/receipt", keys.of("dealer")).status == 200
    hidden = keys.server.get(f"/api/v1/entries/{seq}", keys.of("maker"))
    absent = keys.server.get("/api/v1/entries/999999", keys.of("maker"))
    assert hidden.body.replace(seq.encode(), b"#") == absent.body.replace(b"999999", b"#")


def test_nobody_submits_for_another_firm(keys: Keys) -> None:
    answer = keys.server.post("/events", event(3), {**keys.of("maker"), "Suyuan-Party": DEALER})
    assert (answer.status, answer.problem) == (403, "epcisException:SecurityException")


def test_who_only_looks_does_not_submit(keys: Keys) -> None:
    assert keys.server.post("/events", event(4), keys.of("viewer")).status == 403


def test_a_key_opens_only_what_it_was_made_for(keys: Keys) -> None:
    assert keys.server.get("/api/v1/duties", keys.of("maker")).status == 403


def test_queries_and_jobs_are_the_firms_own(keys: Keys) -> None:
    asked = {"name": "mine", "query": {"EQ_bizStep": ["inspecting"]}}
    assert keys.server.post("/queries", asked, keys.of("maker")).status == 201
    assert keys.server.get("/queries/mine", keys.of("dealer")).status == 404
    assert keys.server.post("/queries", asked, keys.of("dealer")).status == 201
    job = keys.server.post("/capture", event(5), keys.of("maker")).headers["location"]
    assert keys.server.get(job, keys.of("dealer")).status in (403, 404)
    assert keys.server.get("/capture", keys.of("dealer")).json == []


def test_a_key_that_was_revoked_opens_nothing(keys: Keys) -> None:
    secret = _key(keys.server.directory, MAKER, Role.APPROVER)
    header = {"Authorization": f"Bearer {secret}"}
    assert keys.server.get("/events", header).status == 200
    with opened(keys.server.directory) as workspace:
        by = accounts.operator(workspace)
        made = next(each for each in accounts.keys(workspace, by) if each.id == secret.split("_")[1])
        accounts.revoke_key(workspace, by, made.id)
    import time

    time.sleep(1.2)
    assert keys.server.get("/events", header).status == 401
