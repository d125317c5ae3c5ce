"""GB/T 34014 battery code: 24 characters that name one pack, module or cell.

    001    P     E          05             0000001  A7C  0000042
    maker  kind  chemistry  specification  tracing  day  serial of that day

Source: gbt-34014-2017 in standards/documents.toml.

>>> parse("001PE050000001A7C0000042").kind
<Kind.PACK: 'P'>
"""

from suyuan.identifiers.battery_form import is_valid
from suyuan.identifiers.tidy import tidy

__all__ = ["is_valid", "normalise", "tidy"]


def normalise(text: str) -> str:
    """The text in the form that is checked; `tidy` also tells what was done to it."""
    return tidy(text).text
