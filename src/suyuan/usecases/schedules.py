"""When a scheduled subscription is due: second, minute, hour, day of month, month, day of week (1 = Monday), in UTC.

A field is a number, a list of them (`0,30`), a range (`[1-5]`), a step (`0/15`: from 0 on, every 15) or `*`. Fields that are
left out hold always, but for those finer than the coarsest one given, which are 0: `{"hour": "1"}` is one o'clock sharp.

Source: epcis-2.0 section 8.2.5.3 and the schedule of its REST binding.

>>> Schedule.read({"hour": "1", "minute": "5"}).next_after(datetime(2026, 5, 1, 2, tzinfo=UTC)).isoformat()
'2026-05-02T01:05:00+00:00'
>>> Schedule.read({"second": "0/30"}).next_after(datetime(2026, 5, 1, 2, 0, 10, tzinfo=UTC)).isoformat()
'2026-05-01T02:00:30+00:00'
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from suyuan.terms.errors import SuyuanError

_LIMITS = {"second": (0, 59), "minute": (0, 59), "hour": (0, 23), "dayOfMonth": (1, 31), "month": (1, 12), "dayOfWeek": (1, 7)}  # fmt: skip
_RANGE = re.compile(r"\[?(\d{1,2})-(\d{1,2})\]?")
_STEP = re.compile(r"(\d{1,2}|\*)/(\d{1,2})")
YEARS_AHEAD = 5


class NoSchedule(SuyuanError):
    """A schedule that cannot be read, or that never comes."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Which values of each field are due."""

    fields: Mapping[str, frozenset[int]]

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> "Schedule":
        """The schedule of a subscription. Raises NoSchedule."""
        if unknown := sorted(set(said) - set(_LIMITS)):
            raise NoSchedule(
                f"a schedule has no {unknown[0]}; it has {', '.join(_LIMITS)}",
                f"计划没有 {unknown[0]} 字段；可用字段：{'、'.join(_LIMITS)}",
            )
        if not said:
            raise NoSchedule("the schedule names no time", "计划未写明时间")
        names = list(_LIMITS)
        coarsest = max(names.index(name) for name in said)
        fields = {}
        for at, (name, (least, most)) in enumerate(_LIMITS.items()):
            if name in said:
                fields[name] = _values(name, str(said[name]), least, most)
            elif at < min(coarsest, 3):
                fields[name] = frozenset({least})
            else:
                fields[name] = frozenset(range(least, most + 1))
        made = cls(fields)
        made.next_after(datetime(2027, 1, 1, tzinfo=UTC))
        return made

    def next_after(self, moment: datetime) -> datetime:
        """The first due moment behind this one. Raises NoSchedule where none comes within some years."""
        at = (moment.astimezone(UTC) + timedelta(seconds=1)).replace(microsecond=0)
        end = at + timedelta(days=366 * YEARS_AHEAD)
        while at < end:
            if not self._day_fits(at):
                at = at.replace(hour=0, minute=0, second=0) + timedelta(days=1)
            elif at.hour not in self.fields["hour"]:
                at = at.replace(minute=0, second=0) + timedelta(hours=1)
            elif at.minute not in self.fields["minute"]:
                at = at.replace(second=0) + timedelta(minutes=1)
            elif at.second not in self.fields["second"]:
                at += timedelta(seconds=1)
            else:
                return at
        raise NoSchedule("the time that the schedule names never comes", "计划所写的时间不会到来")

    def _day_fits(self, at: datetime) -> bool:
        fields = self.fields
        return (
            at.month in fields["month"]
            and at.day in fields["dayOfMonth"]
            and at.isoweekday() in fields["dayOfWeek"]
        )


def _values(name: str, text: str, least: int, most: int) -> frozenset[int]:
    found: set[int] = set()
    for part in text.replace(" ", "").split(","):
        if part == "*":
            found |= set(range(least, most + 1))
        elif part.isascii() and part.isdigit() and len(part) < 3:
            found.add(int(part))
        elif step := _STEP.fullmatch(part):
            start = least if step[1] == "*" else int(step[1])
            found |= set(range(start, most + 1, max(int(step[2]), 1)))
        elif (spread := _RANGE.fullmatch(part)) and int(spread[1]) <= int(spread[2]):
            found |= set(range(int(spread[1]), int(spread[2]) + 1))
        else:
            raise _wrong(name, text, least, most)
    if not found or min(found) < least or max(found) > most:
        raise _wrong(name, text, least, most)
    return frozenset(found)


def _wrong(name: str, text: str, least: int, most: int) -> NoSchedule:
    return NoSchedule(
        f"{name} {text!r}: a number from {least} to {most}, a list, [range] or step is expected",
        f"{name} {text!r}：应为 {least} 至 {most} 的数、列表、[区间] 或步长",
    )
