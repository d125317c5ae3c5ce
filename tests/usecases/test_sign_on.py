"""Sign-on by a provider: a token that is right in every way, roles among those that the operator named, nothing fetched elsewhere."""

import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from tests.usecases.authenticator import b64
from tests.usecases.lives import MAKER, OEM
from tests.usecases.people import BEGIN, Clock, peopled, person

from suyuan.rights.deciding import Forbidden
from suyuan.rights.words import Role
from suyuan.usecases import accounts, sign_on
from suyuan.usecases import signing_in as sign
from suyuan.usecases.accounts import AccountRefused
from suyuan.usecases.sign_on import Mapped, SignOnRefused
from suyuan.usecases.workspace import Workspace

ISSUER, CLIENT, NONCE = "https://sso.sx.example", "suyuan", "n-1"
KEY = ECKey.generate_key("P-256", {"kid": "k1"})
OTHER = ECKey.generate_key("P-256", {"kid": "k1"})
ROLES = {
    "officer": Mapped(Role.PROVINCE, OEM, "61"),
    "clerk": Mapped(Role.VIEWER, MAKER),
}


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    (tmp_path / "keys.json").write_text(json.dumps(KeySet([KEY]).as_dict(private=False)))
    with peopled(tmp_path / "w", Clock()) as made:
        trusted(made, str(tmp_path / "keys.json"))
        yield made


def trusted(space: Workspace, keys: str) -> None:
    sign_on.trust(
        space, accounts.operator(space), ISSUER, client=CLIENT, keys=keys, claim="groups", roles=ROLES, strong=("mfa",)
    )  # fmt: skip


def token(key: Any = KEY, alg: str = "ES256", **claims: Any) -> str:
    now = int(BEGIN.timestamp())
    said = {
        "iss": ISSUER, "aud": CLIENT, "sub": "u-77", "iat": now, "exp": now + 300, "nonce": NONCE, "groups": ["officer"], "amr": ["pwd", "mfa"],
    } | claims  # fmt: skip
    said = {name: value for name, value in said.items() if value is not None}
    return jwt.encode({"alg": alg, "kid": "k1"}, said, key)


def test_a_token_of_the_provider_opens_a_session_in_the_role_it_names(space: Workspace) -> None:
    session = sign_on.sign_on(space, ISSUER, token(), nonce=NONCE)
    who = sign.who(space, session.token)
    assert (who.role, who.tenant, who.area) == (Role.PROVINCE, OEM, "61")
    again = sign_on.sign_on(space, ISSUER, token(), nonce=NONCE)
    assert again.account == session.account
    assert "u-77" not in session.account


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"}, {"iss": None}, {"aud": "another"}, {"aud": None}, {"sub": None}, {"exp": None}, {"iat": None},
        {"nonce": "n-2"}, {"nonce": None}, {"exp": int(BEGIN.timestamp()) - 60}, {"nbf": int(BEGIN.timestamp()) + 600},
        {"iat": int(BEGIN.timestamp()) + 600}, {"groups": ["stranger"]}, {"groups": None}, {"groups": {"officer": 1}},
        {"aud": [CLIENT, "another"]},
    ],
)  # fmt: skip
def test_a_token_that_is_wrong_in_one_thing_is_refused(space: Workspace, claims: dict[str, Any]) -> None:
    with pytest.raises(SignOnRefused):
        sign_on.sign_on(space, ISSUER, token(**claims), nonce=NONCE)


def test_signatures_of_others_and_none_are_refused(space: Workspace) -> None:
    unsigned = "eyJhbGciOiJub25lIn0." + token().split(".")[1] + "."
    said = b64(b'{"alg":"HS256","kid":"k1"}') + "." + token().split(".")[1]
    by_public_key = said + "." + b64(hmac.digest(KEY.as_pem(private=False), said.encode(), "sha256"))
    for forged in (token(OTHER), unsigned, by_public_key, token()[:-3], "", "a.b.c"):
        with pytest.raises(SignOnRefused):
            sign_on.sign_on(space, ISSUER, forged, nonce=NONCE)
    with pytest.raises(SignOnRefused):
        sign_on.sign_on(space, "https://nobody.example", token(), nonce=NONCE)


def test_roles_follow_the_token_and_what_stood_on_them_ends(space: Workspace) -> None:
    first = sign_on.sign_on(space, ISSUER, token(groups=["officer", "clerk"]), nonce=NONCE)
    second = sign_on.sign_on(space, ISSUER, token(groups="clerk"), nonce=NONCE)
    assert sign.who(space, second.token).role is Role.VIEWER
    with pytest.raises(sign.NotSignedIn):
        sign.who(space, first.token)
    assert [grant.role for grant in space.accounts.people.grants(second.account)] == [Role.VIEWER]


def test_a_role_that_needs_two_factors_needs_them_from_the_provider_or_here(space: Workspace) -> None:
    assert sign_on.sign_on(space, ISSUER, token(amr=["pwd"]), nonce=NONCE).needs == "enrolment"
    assert sign_on.sign_on(space, ISSUER, token(amr=None, groups=["clerk"]), nonce=NONCE).needs == "nothing"


def test_who_is_erased_comes_back_as_somebody_new(space: Workspace) -> None:
    first = sign_on.sign_on(space, ISSUER, token(), nonce=NONCE)
    accounts.erase_user(space, accounts.operator(space), first.account)
    assert sign_on.sign_on(space, ISSUER, token(), nonce=NONCE).account != first.account


def test_only_the_operator_names_providers_and_no_provider_gives_every_role(space: Workspace) -> None:
    head = person(space, "head", Role.FIRM_ADMIN, MAKER)
    with pytest.raises(Forbidden):
        sign_on.trust(space, head, ISSUER, client=CLIENT, keys="x", claim="groups", roles=ROLES)
    for mapped in (
        Mapped(Role.OPERATOR, OEM),
        Mapped(Role.AUDITOR, OEM),
        Mapped(Role.CITY, OEM),
        Mapped(Role.VIEWER, OEM, "61"),
    ):
        with pytest.raises(AccountRefused):
            sign_on.trust(
                space,
                accounts.operator(space),
                ISSUER,
                client=CLIENT,
                keys="x",
                claim="groups",
                roles={"x": mapped},
            )


def test_keys_come_from_this_machine_and_no_redirection_is_followed(space: Workspace) -> None:
    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("Location", "/keys")
                self.end_headers()
                return
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(KeySet([KEY]).as_dict(private=False)).encode())

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Keys)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        trusted(space, f"http://127.0.0.1:{server.server_port}/keys")
        assert sign_on.sign_on(space, ISSUER, token(), nonce=NONCE)
        for keys in (
            f"http://127.0.0.1:{server.server_port}/moved",
            "http://192.0.2.1/keys",
            "https://sso.example/keys",
            "/nowhere.json",
        ):
            trusted(space, keys)
            with pytest.raises(SignOnRefused):
                sign_on.sign_on(space, ISSUER, token(), nonce=NONCE)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
