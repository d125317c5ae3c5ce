"""Which elements of a GS1 element string need each other, and which exclude each other.

They are remarks rather than faults: what one label lacks, another one on the same thing may carry.

Source: GS1 General Specifications, section 4.13 and 4.14.

>>> from suyuan.identifiers.element_string import parse
>>> [wrong.id for wrong in associations(parse("(21)ABC123"))]
['gs1-needs-other']
"""

from collections.abc import Iterator

from suyuan.identifiers.diagnosis import Diagnosis, diagnosis
from suyuan.identifiers.element_string import ElementString


def associations(value: ElementString) -> tuple[Diagnosis, ...]:
    """What is wrong among the elements: those that exclude each other, those that are missing, repeated with another value."""
    return (*_exclusions(value), *_needs(value), *_repetitions(value), *_unsigned(value))


def _matches(pattern: str, ai: str) -> bool:
    digits = pattern.rstrip("n")
    return len(pattern) == len(ai) and bool(digits) and ai.startswith(digits)


def _exclusions(value: ElementString) -> Iterator[Diagnosis]:
    present = {one.ai.ai: one.ai for one in value.elements}
    for ai, entry in present.items():
        for other in present:
            if other != ai and any(_matches(pattern, other) for pattern in entry.never_with):
                yield diagnosis(
                    "gs1-never-with",
                    f"({ai}) and ({other}) exclude each other",
                    f"({ai}) 与 ({other}) 不能并存",
                )


def _needs(value: ElementString) -> Iterator[Diagnosis]:
    present = {one.ai.ai: one.ai for one in value.elements}
    for ai, entry in present.items():
        for need in entry.needs:
            groups = [group.split("+") for group in need.split(",")]
            others = [other for other in present if other != ai]
            if not any(
                all(any(_matches(one, other) for other in others) for one in group) for group in groups
            ):
                yield diagnosis(
                    "gs1-needs-other",
                    f"({ai}) needs one of {need} beside it",
                    f"({ai}) 必须与 {need} 之一同时出现",
                )


def _repetitions(value: ElementString) -> Iterator[Diagnosis]:
    seen: dict[str, str] = {}
    for one in value.elements:
        if seen.setdefault(one.ai.ai, one.value) != one.value:
            yield diagnosis(
                "gs1-repeated",
                f"({one.ai.ai}) stands twice with two values",
                f"({one.ai.ai}) 出现两次且值不同",
            )


def _unsigned(value: ElementString) -> Iterator[Diagnosis]:
    if value.value("8030") is None:
        return
    for ai, bare in (("253", 13), ("255", 13), ("8003", 14)):
        key = value.value(ai)
        if key is not None and len(key) == bare:
            yield diagnosis(
                "gs1-no-serial",
                f"({ai}) needs a serial number under a signature (8030)",
                f"({ai}) 有数字签名 (8030) 时必须带序列号",
            )
