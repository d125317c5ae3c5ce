"""The shapes of rows of law and standards: what every row says of itself, and what each table adds.

    key   what it is about      unit   from … to   cites            mark
    "A"   value columns …       code   2018-02-01  gbt-34014-2017#  C

Every row carries its own evidence: unit, first day in force, document and clause, mark. `verified` is
False where a person still has to look the text up (marks S and M).

>>> row = Word(key="A", unit="code", since=date(2018, 2, 1), cites="gbt-34014-2017#x", mark=Mark.MEMORY, zh="甲", en="a")
>>> row.verified, row.citation.document
(False, 'gbt-34014-2017')
"""

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from suyuan.terms.citation import Citation, Mark
from suyuan.terms.sentence import Sentence


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row, in force from `since` to `until`, both included; `until` None where no end is known."""

    key: str
    unit: str
    since: date = msgspec.field(name="from")
    until: date | None = msgspec.field(default=None, name="to")
    cites: str
    mark: Mark
    note: str = ""

    @property
    def verified(self) -> bool:
        """False where nobody has read the text that the row cites."""
        return self.mark.verified

    @property
    def citation(self) -> Citation:
        """The document and the clause."""
        document, _, clause = self.cites.partition("#")
        return Citation(document, clause)

    def in_force(self, day: date) -> bool:
        """Does the row hold on `day`?"""
        return self.since <= day and (self.until is None or day <= self.until)


class Word(Row, frozen=True, kw_only=True):
    """A word of a code list with its names in both languages."""

    zh: str
    en: str

    @property
    def name(self) -> Sentence:
        """The word's names."""
        return Sentence(zh=self.zh, en=self.en)


class Number(Row, frozen=True, kw_only=True):
    """A letter that stands for a number: a year, a month, a day, a length."""

    number: int


class BatteryType(Word, frozen=True, kw_only=True):
    """A chemistry letter of the battery code; `word` is the short name used in events."""

    word: str
    cell_v: Decimal | None = None


class CodeForm(Word, frozen=True, kw_only=True):
    """A length that battery codes come in."""

    length: int


class Vendor(Row, frozen=True, kw_only=True):
    """A vendor code seen in the field and whose it is."""

    maker: str
    alias_of: str = ""


class Regime(Word, frozen=True, kw_only=True):
    """A set of rules in force together; `days` says how its deadlines are counted."""

    days: Literal["working", "calendar"]


class Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One event that a step is written as; any of `dispositions` may stand in it."""

    event: str
    action: str = ""
    biz_step: str = ""
    dispositions: tuple[str, ...] = ()


class Step(Word, frozen=True, kw_only=True):
    """A step of a battery's life: who takes it, how it is written, what it carries, which clause asks for it."""

    number: int
    roles: tuple[str, ...] = ()
    duty: str = ""
    carries: tuple[str, ...] = ()
    writes: tuple[Written, ...] = ()


class Unit(Word, frozen=True, kw_only=True):
    """A unit of measure; one of it is `factor` of the unit `base`."""

    symbol: str
    quantity: str
    base: str
    factor: Decimal


class Material(Word, frozen=True, kw_only=True):
    """What a lot consists of."""

    stands: Literal["feed", "intermediate", "product", "residue", "resource"]
    element: str = ""


class Composition(Row, frozen=True, kw_only=True):
    """What a kilowatt hour of a chemistry holds; `letter` is its letter in the battery code."""

    letter: str
    cathode: Decimal
    lithium: Decimal
    nickel: Decimal
    cobalt: Decimal
    manganese: Decimal
    iron: Decimal
    phosphorus: Decimal
    graphite: Decimal


class Bounds(Word, frozen=True, kw_only=True):
    """A range, both ends included."""

    least: Decimal
    most: Decimal


class Amount(Row, frozen=True, kw_only=True):
    """One number."""

    value: Decimal


class Archetype(Word, frozen=True, kw_only=True):
    """A typical pack: ranges from least to most. `modules` None where they are many."""

    chemistry: str
    kwh: tuple[Decimal, Decimal]
    cells: tuple[int, int]
    modules: tuple[int, int] | None = None
    mass_kg: tuple[Decimal, Decimal]
    packs: tuple[int, int] = (1, 1)


class Holiday(Word, frozen=True, kw_only=True):
    """Days on which the rule of weekdays does not hold; the row is in force on those very days."""

    day: Literal["off", "work"]


class Duty(Word, frozen=True, kw_only=True):
    """What a role owes after what, and until when.

    `trigger`, `fulfilled_by` are steps of `views.meaning` (several in one text); without `fulfilled_by` the report of the
    trigger itself is owed. `things`: which kinds of things. `owes`: who of the trigger owes it; of several in `role` any.
    `allowance`: key of a `threshold` row whose days are added, since the day that counts was not seen. `form`: the sheet
    of the submission form in which it is told. A row that is not `watched` is told, and not judged.
    """

    role: str
    trigger: str = ""
    things: str = ""
    owes: Literal["actor", "giver", "taker", "maker", ""] = ""
    only_listed: bool = False
    """Only parties listed with the role owe it, rather than whoever took the step."""
    fulfilled_by: str = ""
    any_time: bool = False
    """What fulfils it may have happened before the trigger."""
    days: int | None = None
    months: int | None = None
    calendar: Literal["working", "calendar", ""] = ""
    allowance: str = ""
    form: str = ""
    watched: bool = True


class Limit(Word, frozen=True, kw_only=True):
    """One number that is a bound: at least, at most, or strictly under or above it."""

    value: Decimal
    bound: Literal["least", "most", "below", "above"]


class Recovery(Limit, frozen=True, kw_only=True):
    """The least share of a material that a stage of recycling has to win back."""

    material: str
    stage: str


class Coverage(Word, frozen=True, kw_only=True):
    """Who has to have an outlet in which areas: the first `digits` of an area code name one."""

    level: Literal["prefecture", "province"]
    digits: int


class AccountRole(Word, frozen=True, kw_only=True):
    """A role of an account: which roles it may give to others, and what it needs itself."""

    grants: tuple[str, ...] = ()
    by_area: bool = False
    """It is given for an area."""
    time_boxed: bool = False
    """It is given until a day, and changes nothing."""
    second_factor: bool = False
    """It signs in with a second factor."""


class Right(Word, frozen=True, kw_only=True, rename="kebab"):
    """A verb, and for each role the scopes in which it may: words with blanks between them, none where it may not."""

    changes: bool = False
    """It changes something: not for who may only read."""
    four_eyes: bool = msgspec.field(default=False, name="four_eyes")
    """Not by the account that began it."""
    person: bool = False
    """Only by someone who has signed in, never with an API key."""
    public: str = ""
    viewer: str = ""
    entry: str = ""
    approver: str = ""
    firm_admin: str = ""
    park: str = ""
    city: str = ""
    province: str = ""
    auditor: str = ""
    operator: str = ""
