"""What the caller did wrong, told in both languages.

Three kinds of wrong are kept apart: submitted data (a `Finding`, a value), the caller (these
exceptions) and ourselves (assertions).

>>> str(SuyuanError("no such file: a.xlsx", "没有这个文件：a.xlsx"))
'no such file: a.xlsx'
"""

from suyuan.terms.sentence import Lang, Sentence


class SuyuanError(Exception):
    """The caller asked for something that cannot be done; says what, where and the remedy."""

    def __init__(self, en: str, zh: str | None = None) -> None:
        super().__init__(en)
        self.sentence = Sentence(zh=zh or en, en=en)

    def show(self, lang: Lang) -> str:
        """The message in `lang`."""
        return self.sentence.show(lang)
