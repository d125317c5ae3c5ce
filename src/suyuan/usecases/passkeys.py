"""Passkeys (WebAuthn): a key in a phone, a computer or a stick, which shows presence and knowledge of a person at once.

    registering ──options──▶ browser ──answer──▶ register          (for who has signed in)
    signing_in  ──options──▶ browser ──answer──▶ sign_in → Session (both factors in one)

`Site` says for which name and origin keys are good: a page elsewhere gets nothing out of them. Challenges are good once, for
some minutes, and stand hashed under a token that the face hands back.
"""

from dataclasses import dataclass
from datetime import timedelta

import webauthn
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from suyuan.usecases.accounts import UnknownAccount
from suyuan.usecases.factors import minutes, new_token, token_hash
from suyuan.usecases.signing_in import NotSignedIn, Session, begun, session_of
from suyuan.usecases.workspace import Workspace

__all__ = ["Asked", "PasskeyRefused", "Site", "register", "registering", "remove", "sign_in", "signing_in"]

_ANYBODY = ""


class PasskeyRefused(NotSignedIn):
    """An answer of a passkey that does not fit what was asked, or comes from elsewhere."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where passkeys are good: `id` is the host's name, `origin` scheme, host and port as the browser says them."""

    id: str
    origin: str
    name: str = "suyuan"


@dataclass(frozen=True, slots=True)
class Asked:
    """Options for the browser (JSON), and the token that comes back with its answer."""

    options: str
    token: str


def registering(workspace: Workspace, token: str, site: Site) -> Asked:
    """What a browser is asked to make a passkey for the session's account. Raises NotSignedIn."""
    held = session_of(workspace, token)
    known = workspace.accounts.people.account(held.account)
    options = webauthn.generate_registration_options(
        rp_id=site.id,
        rp_name=site.name,
        user_id=bytes.fromhex(held.account),  # opaque: an authenticator keeps it
        user_name=known.login if known else "",
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(row["id"])
            for row in workspace.accounts.access.passkeys(held.account)
        ],
    )
    return _asked(workspace, held.account, options.challenge, webauthn.options_to_json(options))


def register(workspace: Workspace, token: str, asked: str, answer: str, site: Site, *, label: str) -> bytes:
    """Keep the passkey that a browser made; returns its id. `asked` is the token. Raises NotSignedIn, PasskeyRefused."""
    held = session_of(workspace, token)
    account, challenge = _challenge(workspace, asked)
    if account != held.account:
        raise _refused()
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError) as wrong:
        raise _refused() from wrong
    access = workspace.accounts.access
    if access.passkey(made.credential_id) is not None:
        raise _refused()
    access.add_passkey(
        made.credential_id, account, made.credential_public_key, made.sign_count, label, workspace.clock()
    )
    return made.credential_id


def signing_in(workspace: Workspace, site: Site) -> Asked:
    """What a browser is asked to show a passkey, whosever: the question tells nothing of who there is."""
    options = webauthn.generate_authentication_options(
        rp_id=site.id, user_verification=UserVerificationRequirement.REQUIRED
    )
    return _asked(workspace, _ANYBODY, options.challenge, webauthn.options_to_json(options))


def sign_in(
    workspace: Workspace, asked: str, answer: str, site: Site, *, grant: int | None = None
) -> Session:
    """A session for whose passkey it is; both factors are shown. Raises PasskeyRefused, NotSignedIn."""
    account, challenge = _challenge(workspace, asked)
    access = workspace.accounts.access
    try:
        shown = webauthn.helpers.parse_authentication_credential_json(answer)
        known = access.passkey(base64url_to_bytes(shown.id))
        if known is None or account != _ANYBODY:
            raise _refused()
        done = webauthn.verify_authentication_response(
            credential=shown,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=known["public_key"],
            credential_current_sign_count=known["uses"],  # a count that goes back is a copied key
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError) as wrong:
        raise _refused() from wrong
    access.passkey_used(known["id"], done.new_sign_count)
    return begun(workspace, known["account"], grant, strong=True)


def remove(workspace: Workspace, token: str, passkey: bytes) -> None:
    """Forget a passkey of the session's account. Raises NotSignedIn, UnknownAccount."""
    held = session_of(workspace, token)
    if not workspace.accounts.access.remove_passkey(held.account, passkey):
        raise UnknownAccount("you have no such passkey", "没有该通行密钥")


def _asked(workspace: Workspace, account: str, challenge: bytes, options: str) -> Asked:
    token, now = new_token(), workspace.clock()
    until: timedelta = minutes("second-factor-minutes")
    workspace.accounts.access.challenge(token_hash(token), account, challenge, now, now + until)
    return Asked(options, token)


def _challenge(workspace: Workspace, asked: str) -> tuple[str, bytes]:
    found = workspace.accounts.access.use_challenge(token_hash(asked), workspace.clock())
    if found is None:
        raise _refused()
    return found


def _refused() -> PasskeyRefused:
    return PasskeyRefused(
        "the passkey was not accepted; try again, or sign in with password and code",
        "通行密钥未被接受；请重试，或使用密码与验证码登录",
    )
