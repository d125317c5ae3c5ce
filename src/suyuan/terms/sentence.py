"""A sentence for people, in Chinese and in English.

>>> Sentence(zh="代码太短", en="the code is too short").show("zh")
'代码太短'
"""

from dataclasses import dataclass
from typing import Literal

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One statement in both languages of the product; never concatenated from parts of speech."""

    zh: str
    en: str

    def show(self, lang: Lang) -> str:
        """The sentence in `lang`."""
        return self.zh if lang == "zh" else self.en
