"""The tree of a TractionBatteryCode: a pack, its modules, their cells, each with its code.

    {"productType": "pack", "tractionBatteryCode": "…", "subcomponents": [{"productType": "module", …}, …]}

Every coded thing is made on the day that its code carries (unless its own part says when), and what it
consists of is in it from then on.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from suyuan.capture.catena_parts import Child, Part, code_of, commissioned, day_of_code, relation
from suyuan.capture.collected import Collected
from suyuan.events.pointer import step
from suyuan.identifiers import battery_code


class Codes:
    """Codes met so far in a file: each is commissioned once."""

    def __init__(self, out: Collected) -> None:
        self._out = out
        self._met: set[str] = set()

    def claim(self, code: str, pointer: str) -> None:
        """A part says that the code is its own, and is commissioned as such."""
        if code in self._met:
            self._out.remark(
                "code-twice", pointer,
                f"another part of this file has the code {code}", f"编码 {code} 已属于本文件中另一部件", code,
            )  # fmt: skip
        self._met.add(code)

    def take_tree(self, root: Mapping[str, Any], pointer: str) -> None:
        """Commission every coded thing of the tree, and put the parts into what they are parts of."""
        waiting = [(root, pointer)]
        while waiting:
            node, at = waiting.pop()
            code = self._code_at(node, at)
            below = list(_below(node, at))
            waiting += below
            inner = [found for child, _ in below if (found := code_of(child.get("tractionBatteryCode")))]
            if code is not None:
                self._put_in(code, inner, at)

    def _put_in(self, code: str, inner: list[str], pointer: str) -> None:
        if code in inner:
            self._out.remark(
                "code-in-itself", pointer,
                f"{code} is no part of itself: left out", f"{code} 不能是自身的部件：已略去", code,
            )  # fmt: skip
        parts = [Child(Part("", each).item) for each in dict.fromkeys(inner) if each != code]
        day = day_of_code(code)
        if day is not None and parts:
            self._out.emit(relation(Part("", code).item, parts, day), pointer)

    def _code_at(self, node: Mapping[str, Any], pointer: str) -> str | None:
        text = node.get("tractionBatteryCode")
        at = step(pointer, "tractionBatteryCode")
        if not isinstance(text, str):
            self._out.refuse("code-missing", at, "a tractionBatteryCode is missing", "缺 tractionBatteryCode")
            return None
        code = battery_code.normalise(text)
        if not battery_code.is_valid(code):
            wrong = battery_code.diagnose(text)
            assert wrong is not None, f"{text!r} is invalid without a reason"
            self._out.refuse(wrong.id, at, wrong.reason.en, wrong.reason.zh, text, wrong.suggestion)
            return None
        self._check_kind(node.get("productType"), code, step(pointer, "productType"))
        if code not in self._met:
            self._met.add(code)
            part = Part("", code, made_at=day_of_code(code))
            self._out.emit(commissioned(part.item, part), pointer)
        return code

    def _check_kind(self, said: object, code: str, pointer: str) -> None:
        kind = battery_code.parse(code).kind.name.lower()
        if isinstance(said, str) and said.lower() != kind:
            self._out.remark(
                "code-other-kind", pointer,
                f"productType says {said}; the code's fourth character says {kind}",
                f"productType 为 {said}，而编码第 4 位表明是 {kind}",
                said, kind,
            )  # fmt: skip


def _below(node: Mapping[str, Any], pointer: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    listed = node.get("subcomponents")
    for number, child in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(child, dict):
            yield child, step(step(pointer, "subcomponents"), number)
