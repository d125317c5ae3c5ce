"""Pages: how many a page has, and tokens that can be given back before they are used."""

from collections.abc import Mapping
from hashlib import sha256

from suyuan.api.hall import Hall
from suyuan.api.problems import QUERY_PARAMETER, Refused
from suyuan.events.query import PER_PAGE, PER_PAGE_MAX


def counted(asked: Mapping[str, str]) -> int:
    """`perPage`. Raises Refused (400)."""
    said = asked.get("perPage", str(PER_PAGE))
    if not (said.isascii() and said.isdigit() and len(said) < 10 and int(said) > 0):
        raise Refused(
            400, f"perPage is a number of 1 or more, not {said}", f"perPage 应为不小于 1 的整数，而不是 {said}",
            type_=QUERY_PARAMETER,
        )  # fmt: skip
    return min(int(said), PER_PAGE_MAX)


def token(hall: Hall, asked: Mapping[str, str]) -> str | None:
    """`nextPageToken`, if it was not given back. Raises Refused (400)."""
    said = asked.get("nextPageToken")
    if said is None:
        return None
    if hall.service.store.first("SELECT 1 FROM spent_token WHERE token = ?", spent(said)):
        raise _no_token(said)
    return said


def token_number(hall: Hall, asked: Mapping[str, str]) -> int | None:
    """`nextPageToken` where it is a number. Raises Refused (400)."""
    said = token(hall, asked)
    if said is None:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        raise _no_token(said)
    return int(said)


def spent(said: str) -> str:
    """A token as it is remembered when it was given back."""
    return sha256(said.encode("utf-8", "surrogateescape")).hexdigest()


def _no_token(said: str) -> Refused:
    return Refused(
        400, f"nextPageToken {said[:80]!r} leads nowhere; begin with the first page",
        f"nextPageToken {said[:80]!r} 无效；请从第一页开始", type_=QUERY_PARAMETER,
    )  # fmt: skip
