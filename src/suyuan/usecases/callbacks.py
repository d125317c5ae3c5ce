"""Calling back: where subscriptions may be sent, and sending without being led astray.

    dest ──http(s), no user, no odd port──▶ addresses of the host ──all public?──▶ connect to that very address ──▶ POST

A host is looked up once and the address that was judged is the one that is connected to: an answer of the name server that
changes in between leads nowhere. Redirects are not followed. Hosts that the operator names are let through as they are.

    GS1-Signature: t=1780000000,sha256=<HMAC-SHA256 of "1780000000." and the body, in hex>
"""

import hmac
import http.client
import socket
import ssl
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import urlsplit

from suyuan.terms.errors import SuyuanError

TIMEOUT_S = 10.0
ANSWER_MAX = 4096


class NotToThere(SuyuanError):
    """A destination that nothing is sent to."""


class NotTaken(SuyuanError):
    """The other side does not answer, or not with a 2xx status."""


@dataclass(frozen=True, slots=True)
class Destination:
    """An address that may be called: the host by name, the address that it had when it was judged."""

    scheme: str
    host: str
    port: int
    path: str
    address: str


def destination(dest: str, let_through: Collection[str] = ()) -> Destination:
    """The destination of a URL. Raises NotToThere. `let_through`: hosts that need be no public ones."""
    try:
        parts = urlsplit(dest)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = parts.hostname or ""
    except ValueError as wrong:
        raise _not_there(dest, "it is no address", "不是有效地址") from wrong
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise _not_there(dest, "http or https and a host are expected", "应为 http 或 https 地址")
    if any(ord(letter) <= 32 or ord(letter) >= 127 for letter in dest):
        raise _not_there(dest, "it has characters that must be escaped", "含有需要转义的字符")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as wrong:
        raise _not_there(dest, "its host is not known", "无法解析主机名") from wrong
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    if host not in let_through and not all(is_public(address) for address in addresses):
        raise _not_there(dest, "its host is not a public one", "主机不是公网地址")
    path = parts.path or "/"
    return Destination(
        parts.scheme, host, port, f"{path}?{parts.query}" if parts.query else path, addresses[0]
    )


def is_public(address: str) -> bool:
    """Is it an address out there, and not of this machine, this network, or of a special kind?

    >>> [is_public(each) for each in ("8.8.8.8", "127.0.0.1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "::1")]
    [True, False, False, False, False, False]
    """
    known = ip_address(address.split("%")[0])
    mapped = getattr(known, "ipv4_mapped", None) or getattr(known, "sixtofour", None)
    if mapped is not None:
        return is_public(str(mapped))
    return known.is_global and not known.is_multicast and not known.is_reserved


def send(to: Destination, body: bytes, secret: str, at: datetime) -> None:
    """POST a signed body. Raises NotTaken."""
    moment = int(at.timestamp())
    headers = {
        "Host": to.host if to.port in (80, 443) else f"{to.host}:{to.port}",
        "Content-Type": "application/json",
        "GS1-EPCIS-Version": "2.0.0",
        "GS1-CBV-Version": "2.0.0",
        "GS1-Signature": signature(secret, moment, body),
    }
    connection = _Pinned(to)
    try:
        connection.request("POST", to.path, body, headers)
        answer = connection.getresponse()
        answer.read(ANSWER_MAX)
        if not 200 <= answer.status < 300:
            raise NotTaken(f"{to.host} answered {answer.status}", f"{to.host} 答复 {answer.status}")
    except (OSError, http.client.HTTPException) as wrong:
        raise NotTaken(f"{to.host} does not answer: {wrong}", f"{to.host} 无答复：{wrong}") from wrong
    finally:
        connection.close()


def signature(secret: str, moment: int, body: bytes) -> str:
    """What `GS1-Signature` says of a body sent at a moment (seconds since 1970)."""
    said = hmac.new(secret.encode(), f"{moment}.".encode() + body, sha256).hexdigest()
    return f"t={moment},sha256={said}"


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was judged, speaking to the host by its name."""

    def __init__(self, to: Destination) -> None:
        super().__init__(to.host, to.port, timeout=TIMEOUT_S)
        self._to = to

    def connect(self) -> None:
        """Connect to the address."""
        raw = socket.create_connection((self._to.address, self._to.port), TIMEOUT_S)
        if self._to.scheme == "https":
            raw = ssl.create_default_context().wrap_socket(raw, server_hostname=self._to.host)
        self.sock = raw


def _not_there(dest: str, en: str, zh: str) -> NotToThere:
    return NotToThere(f"nothing is sent to {dest[:200]}: {en}", f"不会发送至 {dest[:200]}：{zh}")
