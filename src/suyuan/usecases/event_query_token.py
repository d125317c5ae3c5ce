"""The token of the next page: where the last one ended, of which query, and of how many entries.

    [digest of the query, upto, given, at, n]      as JSON in base64url

It is a place to go on from, and no secret: whoever alters it asks for other pages of what they may see anyway.

>>> token = Cursor("a1b2", 900, 30, 1770000000000000, 512)
>>> read(token.text(), "a1b2") == token
True
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from suyuan.events.query import QueryParameterException

At = int | float | str | list[int | float | str] | None
_TOKEN_MAX = 8_192


@dataclass(frozen=True, slots=True)
class Cursor:
    """Behind the row (at, n). `upto`: rows that were there when the first page was asked for; `given`: events since then."""

    query: str
    upto: int
    given: int
    at: At
    n: int

    def text(self) -> str:
        """As it goes into a URL."""
        return encoded((self.query, self.upto, self.given, self.at, self.n))


def encoded(fields: Sequence[At]) -> str:
    """Values as text of a URL."""
    told = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).rstrip(b"=").decode()


def decoded(text: str) -> list[At]:
    """The values of a token. Raises QueryParameterException."""
    try:
        if len(text) > _TOKEN_MAX:
            raise ValueError("too long")
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        fields = json.loads(data)
    except (ValueError, RecursionError) as wrong_token:
        raise wrong() from wrong_token
    if not isinstance(fields, list) or not _is_written(fields):
        raise wrong()
    return fields


def _is_written(fields: Sequence[At]) -> bool:
    try:
        json.dumps(fields, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half a character, which no token of ours holds
        return False
    return True


def read(text: str, digest: str) -> Cursor:
    """The cursor that a token writes. Raises QueryParameterException."""
    fields = decoded(text)
    if len(fields) != 5:
        raise wrong()
    query, *counts, at, n = fields
    if not (all(map(_whole, (*counts, n))) and _place(at)):
        raise wrong()
    if query != digest:
        raise QueryParameterException(
            "nextPageToken",
            "belongs to another query; follow the link of the last page unchanged",
            "属于另一个查询；请原样使用上一页给出的链接",
        )
    upto, given, number = (int(str(one)) for one in (*counts, n))
    return Cursor(digest, upto, given, at, number)


def numbers(cursor: Cursor) -> tuple[int, int]:
    """The place of a cursor in an order of numbers. Raises QueryParameterException."""
    if not isinstance(cursor.at, int):
        raise wrong()
    return cursor.at, cursor.n


def at_of(cursor: Cursor) -> Any:
    """The place of a cursor in any order."""
    return tuple(cursor.at) if isinstance(cursor.at, list) else cursor.at


def written(at: Any) -> At:
    """A place as JSON has it."""
    return list(at) if isinstance(at, tuple) else at


def _whole(value: At) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 62


def _place(at: At) -> bool:
    if isinstance(at, list):
        return len(at) == 2 and at[0] in (0, 1, 2) and isinstance(at[1], int | float | str)
    return at is None or (isinstance(at, int) and not isinstance(at, bool) and -(1 << 62) < at < 1 << 62)


def wrong() -> QueryParameterException:
    """What is told of a token that is none."""
    return QueryParameterException(
        "nextPageToken",
        "is no token of this service; follow the link of the last page unchanged",
        "不是本服务给出的令牌；请原样使用上一页给出的链接",
    )
