"""Sign-on by a provincial identity provider (OpenID Connect): an ID token, checked against keys that the operator named.

    trust(issuer, client, keys, roles)            the operator, once; claims choose among these roles, and give no others
    sign_on(id_token, nonce) ──▶ Session          account by (issuer, subject); made when it first comes

Keys (JWKS) come from a file, or from an address on this machine: nothing is fetched from elsewhere. Only asymmetric
signatures count. The token must be for us (aud), from the issuer (iss), in time (exp, iat, nbf) and answer our nonce.
"""

import http.client
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from suyuan.identifiers import uscc
from suyuan.rights.deciding import Forbidden, may
from suyuan.rights.deciding import role as role_row
from suyuan.rights.held import Grant
from suyuan.rights.principal import Principal
from suyuan.rights.words import Role, Scope, Verb
from suyuan.usecases.accounts import AccountRefused
from suyuan.usecases.factors import new_id
from suyuan.usecases.signing_in import NotSignedIn, Session, begun
from suyuan.usecases.workspace import Workspace

__all__ = ["Mapped", "SignOnRefused", "sign_on", "trust"]

ALGORITHMS = ["ES256", "ES384", "RS256", "PS256", "EdDSA", "Ed25519"]
LOOPBACK = ("127.0.0.1", "::1", "localhost")
LEEWAY_S = 30
SIZE_MAX = 1 << 20
SECONDS = 5


class SignOnRefused(NotSignedIn):
    """An ID token that is not believed."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What one value of the role claim stands for here."""

    role: Role
    tenant: str
    area: str = ""


def trust(
    workspace: Workspace,
    by: Principal,
    issuer: str,
    *,
    client: str,
    keys: str,
    claim: str,
    roles: Mapping[str, Mapped],
    strong: tuple[str, ...] = (),
) -> None:
    """Believe an issuer from now on. `keys` is a file or loopback URL; `strong` are `amr` values that are two factors.

    Time-boxed roles are not given this way. Raises Forbidden, AccountRefused, NotAUscc.
    """
    if may(by, Verb.USERS, None, workspace.clock()).required() is not Scope.ALL:
        raise Forbidden("only the operator names providers", "只有平台运行单位可指定身份提供方")
    for mapped in roles.values():
        uscc.parse(mapped.tenant)
        row = role_row(mapped.role)
        if row.time_boxed or mapped.role in (Role.PUBLIC, Role.OPERATOR) or row.by_area != bool(mapped.area):
            raise AccountRefused(
                f"the role {row.en} cannot be given by a provider like this (area: {mapped.area or 'none'})",
                f"角色“{row.zh}”不能这样由身份提供方授予（地区：{mapped.area or '无'}）",
            )
    said = {"client": client, "keys": keys, "claim": claim, "strong": list(strong)}
    workspace.accounts.access.set_provider(
        issuer, {**said, "roles": {value: asdict(mapped) for value, mapped in roles.items()}}
    )


def sign_on(workspace: Workspace, issuer: str, id_token: str, *, nonce: str) -> Session:
    """A session for whom the token speaks of. Its roles are those that the token names now. Raises SignOnRefused."""
    provider = workspace.accounts.access.provider(issuer)
    if provider is None:
        raise _refused("the issuer is not trusted", "未信任该身份提供方")
    claims = _believed(workspace, provider, issuer, id_token, nonce)
    values = claims.get(provider["claim"])
    named = values if isinstance(values, list) else [values]
    roles = [
        provider["roles"][value] for value in named if isinstance(value, str) and value in provider["roles"]
    ]
    if not roles:
        raise _refused("it names no role that is known here", "未包含本平台认可的角色")
    account, grant = _account(workspace, issuer, str(claims["sub"]), roles)
    methods = claims.get("amr")
    strong = isinstance(methods, list) and not set(provider["strong"]).isdisjoint(map(str, methods))
    return begun(workspace, account, grant, strong=strong)


def _believed(
    workspace: Workspace, provider: Mapping[str, Any], issuer: str, id_token: str, nonce: str
) -> dict[str, Any]:
    """The claims of a token that is right in every way. Raises SignOnRefused."""
    try:
        token = jwt.decode(id_token, KeySet.import_key_set(_keys(provider["keys"])), algorithms=ALGORITHMS)
        rules = jwt.JWTClaimsRegistry(
            now=int(workspace.clock().timestamp()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": provider["client"]},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        rules.validate(token.claims)
    except (JoseError, ValueError, TypeError) as wrong:
        raise _refused(type(wrong).__name__, type(wrong).__name__) from wrong
    claims = dict(token.claims)
    audiences = claims["aud"]
    if isinstance(audiences, list) and len(audiences) > 1 and claims.get("azp") != provider["client"]:
        raise _refused("it is for several, and not from us", "令牌面向多方，且非由本平台请求")
    return claims


def _account(workspace: Workspace, issuer: str, subject: str, roles: list[dict[str, str]]) -> tuple[str, int]:
    """The account of a subject with exactly these roles of this issuer, and the first of them."""
    accounts, now = workspace.accounts, workspace.clock()
    with accounts.file.transaction():
        account = accounts.access.of_provider(issuer, subject)
        if account is None:
            account = new_id()
            accounts.people.add(account, None, "", roles[0]["tenant"], now)
            accounts.people.set(account, issuer=issuer, subject=subject)
        wanted = {(Role(each["role"]), each["tenant"], each["area"]) for each in roles}
        held = {(g.role, g.tenant, g.area): g for g in accounts.people.grants(account)}
        for key, grant in held.items():
            if key not in wanted:
                accounts.people.revoke(account, grant.id, now)
        for role, tenant, area in sorted(wanted - held.keys()):
            accounts.people.grant(account, Grant(0, role, tenant, area, None), issuer)
        first = (Role(roles[0]["role"]), roles[0]["tenant"], roles[0]["area"])
        given = {(g.role, g.tenant, g.area): g.id for g in accounts.people.grants(account)}
    return account, given[first]


def _keys(where: str) -> Any:
    """The JWKS of a file, or of an address on this machine. Raises SignOnRefused."""
    try:
        text = _fetched(where) if where.startswith(("http://", "https://")) else Path(where).read_bytes()
        return json.loads(text)
    except (OSError, ValueError, http.client.HTTPException) as wrong:
        raise _refused("the provider's keys cannot be read", "无法读取身份提供方的公钥") from wrong


def _fetched(url: str) -> bytes:
    parts = urlsplit(url)
    if parts.hostname not in LOOPBACK or parts.scheme != "http":
        raise ValueError("keys come from a file or from http on this machine")
    connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=SECONDS)
    try:
        connection.request("GET", parts.path + (f"?{parts.query}" if parts.query else ""))
        answer = connection.getresponse()
        body = answer.read(SIZE_MAX + 1)
        if answer.status != 200 or len(body) > SIZE_MAX:  # a redirection is followed nowhere
            raise ValueError(f"status {answer.status}, {len(body)} bytes")
        return body
    finally:
        connection.close()


def _refused(en: str, zh: str) -> SignOnRefused:
    return SignOnRefused(f"the sign-on was not accepted: {en}", f"统一登录未被接受：{zh}")
