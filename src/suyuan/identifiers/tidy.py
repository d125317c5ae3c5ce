"""What people and spreadsheets do to a code before it arrives, undone and reported.

Scanners send line breaks between two label plates, office programs full-width letters and invisible
characters, people blanks, hyphens and lower case. `tidy` takes these away and says which it found;
it never replaces one letter or digit by another.

>>> tidy(" 04qcb76836300\\njbc40000903 ")
Tidied(text='04QCB76836300JBC40000903', done=('blanks', 'lower-case'))
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from suyuan.terms.sentence import Sentence

PLAIN = re.compile(r"[0-9A-Z]*")

DONE = {
    "invisible": Sentence(zh="去掉了不可见字符", en="invisible characters were taken out"),
    "full-width": Sentence(zh="全角字符改为半角", en="full-width characters were made plain"),
    "blanks": Sentence(zh="去掉了空格或换行", en="blanks or line breaks were taken out"),
    "hyphens": Sentence(zh="去掉了连字符", en="hyphens were taken out"),
    "quotes": Sentence(zh="去掉了引号", en="quotation marks were taken off"),
    "lower-case": Sentence(zh="小写改为大写", en="lower case was made upper case"),
}
"""What may have been done, in the order in which it is done and told."""

_QUOTES = re.compile("^\\s*['\"‘’“”`′]+|['\"‘’“”`′]+\\s*$")


@dataclass(frozen=True, slots=True)
class Tidied:
    """The text as it can be checked, and the keys of `DONE` that were needed."""

    text: str
    done: tuple[str, ...] = ()


def tidy(text: str) -> Tidied:
    """Upper-case text without blanks, hyphens, quotes and invisible characters."""
    if PLAIN.fullmatch(text):
        return Tidied(text)
    done = []
    for name, change in _CHANGES:
        changed = change(text)
        if changed != text:
            done.append(name)
            text = changed
    return Tidied(text, tuple(done))


# Zero-width and direction marks, the byte-order mark, variation selectors; the control characters that scanners
# send between fields. Those that are line breaks (U+0009 to U+000D, U+0085) are blanks.
_INVISIBLE = re.compile(
    "[\\x00-\\x08\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f\\u00ad\\u034f\\u061c\\u180b-\\u180e"
    "\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufe00-\\ufe0f\\ufeff\\ufff9-\\ufffb]"
)
_BLANKS = re.compile(r"\s")
_HYPHENS = re.compile("[-_\\u00b7\\u2010-\\u2015\\u2212\\u30fb\\ufe58\\ufe63]")


def _half_width(text: str) -> str:
    """Letters, digits and signs of the full-width block, and other styled forms of A-Z and 0-9, as plain ones."""
    return "".join(_plain(c) if ord(c) > 0x7F else c for c in text)


def _plain(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 and folded.isascii() else character


def _upper(text: str) -> str:
    """Upper case of a-z only: `ß` or a Turkish dotless i must not turn into letters of the code."""
    return "".join(c.upper() if c.isascii() else c for c in text)


_CHANGES: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("invisible", lambda text: _INVISIBLE.sub("", text)),
    ("full-width", _half_width),
    ("blanks", lambda text: _BLANKS.sub("", text)),
    ("hyphens", lambda text: _HYPHENS.sub("", text)),
    ("quotes", lambda text: _QUOTES.sub("", text)),
    ("lower-case", _upper),
)
