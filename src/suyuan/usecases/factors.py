"""What proves who somebody is: passwords (argon2id), codes of an authenticator (TOTP, RFC 6238), random tokens.

>>> hashed = hash_password("correct horse battery")
>>> hashed[:10], password_fits(hashed, "correct horse battery"), password_fits(hashed, "wrong")
('$argon2id$', True, False)
>>> token = new_token()
>>> len(token), len(token_hash(token))
(43, 32)
"""

import base64
import secrets
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from hmac import compare_digest

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from suyuan.standards.shapes import Amount
from suyuan.standards.tables import table
from suyuan.terms.errors import SuyuanError

# RFC 9106 names this choice for places with little memory (its second); 2 cores serve some ten sign-ins a second.
_HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)
_RECOVERY_BYTES = 15
"""120 bits: a fast hash of it cannot be turned round."""


class PasswordRefused(SuyuanError):
    """A password that is too short, too long or easy to guess from the account."""


def rule(key: str) -> int:
    """A number of the table `account-rule`."""
    return int(table("account-rule", Amount).newest[key].value)


def minutes(key: str) -> timedelta:
    """A duration of the table `account-rule`, by its unit."""
    row = table("account-rule", Amount).newest[key]
    return timedelta(seconds=int(row.value) * {"min": 60, "h": 3_600, "d": 86_400}[row.unit])


# -- passwords


def check_password(password: str, *words: str) -> None:
    """Raises PasswordRefused. `words` of the account (login, name, tenant) may not stand in it; any characters may."""
    least, most = rule("password-length-least"), rule("password-length-most")
    if not least <= len(password) <= most:
        raise PasswordRefused(
            f"the password has {len(password)} characters; it needs {least} to {most}",
            f"密码为 {len(password)} 个字符；须为 {least} 至 {most} 个",
        )
    plain = password.casefold()
    near = {word for word in (*words, "suyuan", "溯源", "password", "密码") if len(word) > 1}
    left = plain
    for word in sorted(near, key=len, reverse=True):  # a name goes whole, before the login inside it
        left = left.replace(word.casefold(), "")
    if len(set(left)) < 5:
        raise PasswordRefused(
            "the password is made of the account's own words, or of few different characters; choose another",
            "密码由账户自身的词语或过少的不同字符组成；请另选",
        )


def hash_password(password: str) -> str:
    """The password as it may stand on disk."""
    return _HASHER.hash(password)


def password_fits(hashed: str | None, password: str) -> bool:
    """Is it the password? Without a hash it takes the same time, and is not."""
    try:
        return _HASHER.verify(hashed or _no_password(), password) and hashed is not None
    except (Argon2Error, InvalidHashError):
        return False


def wants_new_hash(hashed: str) -> bool:
    """Was it hashed in a weaker way than today?"""
    return _HASHER.check_needs_rehash(hashed)


@cache
def _no_password() -> str:
    return _HASHER.hash(secrets.token_urlsafe())


# -- tokens


def new_token() -> str:
    """256 random bits, as text for a URL."""
    return secrets.token_urlsafe(32)


def new_id() -> str:
    """An opaque id: 128 random bits that say nothing of whom they name."""
    return secrets.token_hex(16)


def token_hash(token: str) -> bytes:
    """A token as it may stand on disk."""
    return sha256(token.encode()).digest()


def same(one: bytes, other: bytes) -> bool:
    """Are they equal? Takes the same time wherever they differ."""
    return compare_digest(one, other)


# -- the second factor


def new_totp_secret() -> str:
    """160 random bits in base32."""
    return pyotp.random_base32(32)


def totp_uri(secret: str, account: str, issuer: str) -> str:
    """What the QR code of an authenticator app holds."""
    totp = pyotp.TOTP(secret, interval=rule("totp-step-seconds"))
    return totp.provisioning_uri(name=account, issuer_name=issuer)


def totp_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step of which `code` (six digits) is the code, of now and the steps aside; None where it is of none.

    Who accepts it uses the step up, so that nobody says the same code again (RFC 6238, 5.2).
    """
    step_s, aside = rule("totp-step-seconds"), rule("totp-steps-aside")
    totp, step = pyotp.TOTP(secret, interval=step_s), int(now.timestamp()) // step_s
    typed = code.replace(" ", "")
    found = None
    for near in range(step - aside, step + aside + 1):
        if typed.isascii() and compare_digest(totp.generate_otp(near), typed):
            found = near
    return found


def new_recovery_codes() -> list[str]:
    """Codes for the day on which the phone is lost, each good for once."""
    return [
        _grouped(base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower())
        for _ in range(rule("recovery-codes"))
    ]


def recovery_hash(code: str) -> bytes:
    """A recovery code as it may stand on disk; typed with or without hyphens.

    >>> recovery_hash("ABCD-efgh") == recovery_hash("abcd efgh")
    True
    """
    return token_hash(code.replace("-", "").replace(" ", "").lower())


def _grouped(text: str) -> str:
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))
