"""Answers with a tag of their content: who has them already is told so (304) and spared the bytes."""

import json
from hashlib import sha256
from typing import Any

from litestar import Response

from suyuan.api.shapes import AnyRequest


def tagged(
    request: AnyRequest, data: bytes, media_type: str, headers: dict[str, str] | None = None
) -> Response[Any]:
    """The bytes under their tag, or 304 for who sent it along."""
    tag = f'"{sha256(data).hexdigest()[:32]}"'
    said = {"ETag": tag, "Cache-Control": "private, no-cache", **(headers or {})}
    known = [part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")]
    if tag in known or known == ["*"]:
        return Response(b"", status_code=304, headers=said)
    return Response(data, media_type=media_type, headers=said)


def tagged_json(
    request: AnyRequest,
    value: object,
    headers: dict[str, str] | None = None,
    media_type: str = "application/json",
) -> Response[Any]:
    """A value as JSON under its tag: instants and days as ISO text."""
    said = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return tagged(request, said.encode("utf-8", "replace"), media_type, headers)
