"""Long names short: what people read of a lot, a run, a site; the whole name stands beside it (title, --json).

>>> short("https://w3id.org/suyuan/class/black-mass/HF-P2340-2", "zh")
'电极粉料 HF-P2340-2'
>>> short("https://w3id.org/suyuan/xform/91610100TEH00002XE/P2340-2", "en")
'P2340-2'
>>> short("91610100TEH00002XE/plant-1", "en"), short("001PE050000001A7C0000042", "en")
('plant-1', '001PE050000001A7C0000042')
>>> short("https://id.gs1.org/01/04012345111118/21/4711", "en")
'01/04012345111118/21/4711'
"""

import re
from unicodedata import east_asian_width
from urllib.parse import unquote

from suyuan.identifiers import uscc
from suyuan.render.words import material_name
from suyuan.terms.sentence import Lang

_LOT = re.compile(r"https?://[^?#]*/class/([^/?#]+)/([^/?#]+)")
_RUN = re.compile(r"https?://[^?#]*/xform/[^/?#]+/([^?#]+)")
_PLACE = re.compile(r"([0-9A-HJ-NPQRTUWXY]{18})/([^/]+)")
_GS1 = re.compile(r"https?://id\.gs1\.org/(.+)")


def short(name: object, lang: Lang) -> str:
    """The name as people read it; '' for None."""
    text = "" if name is None else str(name)
    if lot := _LOT.fullmatch(text):
        return f"{material_name(unquote(lot[1]), lang)} {unquote(lot[2])}"
    if run := _RUN.fullmatch(text):
        return unquote(run[1])
    if (place := _PLACE.fullmatch(text)) and uscc.is_valid(place[1]):
        return unquote(place[2])
    if gs1 := _GS1.fullmatch(text):
        return unquote(gs1[1])
    return text


def clipped(text: str, width: int) -> str:
    """At most `width` Latin letters wide, the middle left out: both ends tell codes apart.

    >>> clipped("urn:example:a-very-long-name-of-a-thing-0042", 20)
    'urn:exampl…hing-0042'
    >>> clipped("三元前驱体中间品三元前驱体-0042", 20)
    '三元前驱体中…体-0042'
    """
    if _width(text) <= width:
        return text
    front, back = len(text) // 2, len(text) // 2
    while _width(text[:front] + text[len(text) - back :]) > width - 1:
        front, back = (front - 1, back) if front > back else (front, back - 1)
    return f"{text[:front]}…{text[len(text) - back :]}"


def _width(text: str) -> int:
    """In Latin letters: a Chinese character is as wide as two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
