"""The page of rules, from `suyuan.rules`: what each says, what it rests on, what it reads, and which scenarios try it.

Rows of law and documents come from `suyuan.standards`, scenarios from `tests/rules`, planted faults from `suyuan.simulate.lies`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import CodeType, FunctionType

from tools.reference import markdown
from tools.reference.scenarios import scenarios

from suyuan.reports.findings import clause
from suyuan.rules.catalogue import RULES
from suyuan.rules.rule import FAMILIES, Family, Rule
from suyuan.simulate.lies.catalogue import firm_lies, lies
from suyuan.simulate.lies.lie import FirmLie, Lie
from suyuan.standards.tables import table
from suyuan.terms.sentence import Lang, Sentence

INTRO = """\
A *rule* judges what is on record. What it finds is told with its sentence, the clause it rests on, the row of law in force on that day, and every
entry that proves it: `suyuan judge`. The id is stable. 规则核查的是账本上已有的记录；每条发现都附依据条款、当日有效的法律行，以及作为证据的全部账本条目。

| | | |
|---|---|---|
| **serious** | 严重 | what is told cannot be, or is banned |
| **warning** | 存疑 | probably wrong, or not done in time |
| **note** | 提示 | worth knowing; no alarm |

*Scope* says what a finding is told from, so that new entries have only that judged again which they can change. `item`: what is on record of a thing and its
family; `party`: all of a party; `runs`: the process runs of the whole ledger, what went into them and came out; `whole`: anything. Documents marked 未核实 / not verified have not been read by anybody; findings that rest on them say so.
*Fires* and *kept* name the scenarios of `tests/rules` that try the rule; *planted* the made-up faults (`suyuan simulate --faults`) that it has to find."""
TITLES: Mapping[Family, Sentence] = {
    "identity": Sentence(zh="身份", en="Identity"),
    "lifecycle": Sentence(zh="生命周期", en="Lifecycle"),
    "custody": Sentence(zh="流转", en="Custody"),
    "assembly": Sentence(zh="装配", en="Assembly"),
    "scrapping": Sentence(zh="报废", en="Scrapping"),
    "outlets": Sentence(zh="回收服务网点", en="Outlets"),
    "recycling": Sentence(zh="再生利用", en="Recycling"),
    "reporting": Sentence(zh="报送", en="Reporting"),
    "producers": Sentence(zh="生产者责任", en="Producers"),
}


def text() -> str:
    """The whole page."""
    by_family = {family: [rule for rule in RULES.values() if rule.family == family] for family in FAMILIES}
    overview = markdown.table(
        ("family", "", "rules", "serious", "warning", "note"),
        [
            (f"[{TITLES[family].en}](#{family})", TITLES[family].zh, len(rules), *_weights(rules))
            for family, rules in by_family.items()
        ],
    )
    return markdown.page("Rules", INTRO, overview, *(_family(*each) for each in by_family.items()))


def _weights(rules: Sequence[Rule]) -> tuple[int, ...]:
    return tuple(
        sum(rule.severity.value == weight for rule in rules) for weight in ("serious", "warning", "note")
    )


def _family(family: Family, rules: Sequence[Rule]) -> str:
    title = TITLES[family]
    return "\n\n".join((f'<a id="{family}"></a>\n## {title.en} · {title.zh}', *map(_rule, rules)))


def _rule(rule: Rule) -> str:
    told = scenarios(frozenset(RULES))[rule.id]
    owner = _word("party-role", rule.owner)
    lines = [
        f"### {rule.id}",
        f"**{rule.title.en} · {rule.title.zh}** — {rule.severity.value} · {rule.severity.words.zh}; scope `{rule.scope}`; "
        f"for: {owner.en} · {owner.zh}",
        f"> {rule.sentence.en}  \n> {rule.sentence.zh}",
        "\n".join(
            (
                f"- What to do: {rule.remedy.en} · {rule.remedy.zh}",
                *_line("Rests on", _clauses(rule)),
                *_line("Reads", [", ".join(_read(rule))] if rule.law else []),
                *_line("Fires", told.fires),
                *_line("Kept", told.kept),
                *_line(
                    "Planted",
                    [", ".join(f"`{kind}`" for kind in planted()[rule.id])] if rule.id in planted() else [],
                ),
            )
        ),
    ]
    return "\n\n".join(lines)


def _line(name: str, told: Sequence[str]) -> Iterator[str]:
    if told:
        yield (
            "\n".join((f"- {name}:", *(f"  - {each}" for each in told)))
            if len(told) > 1
            else f"- {name}: {told[0]}"
        )


def _clauses(rule: Rule) -> list[str]:
    langs: tuple[Lang, Lang] = ("en", "zh")
    return [" · ".join(clause(cited, lang) for lang in langs) for cited in rule.cites]


def _word(name: str, key: str) -> Sentence:
    row = table(name).newest[key]
    return Sentence(zh=row.zh, en=row.en)  # type: ignore[attr-defined]  # rows of words have both


def _read(rule: Rule) -> list[str]:
    """Tables of law, and which thresholds of ours."""
    told = [f"[{name}](tables.md#{name})" for name in rule.law if name != "threshold"]
    return told + [f"[`{name}`](tables.md#threshold)" for name in thresholds(rule)]


def thresholds(rule: Rule) -> list[str]:
    """The thresholds that a rule reads: those named in its function, or in what it calls of our rules."""
    known = table("threshold").newest
    return sorted(name for name in set(_texts(rule.expression)) if name in known)  # type: ignore[arg-type]  # a function


def _texts(function: FunctionType, seen: set[str] | None = None) -> Iterator[str]:
    seen = set() if seen is None else seen
    for code in _codes(function.__code__):
        yield from (text for text in _flat(code.co_consts) if isinstance(text, str))
        for name in code.co_names:
            value = function.__globals__.get(name)
            if isinstance(value, str):
                yield value
            elif isinstance(value, FunctionType) and value.__module__.startswith("suyuan.rules."):
                called = f"{value.__module__}.{name}"
                if called not in seen:
                    seen.add(called)
                    yield from _texts(value, seen)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)


def _flat(constants: tuple[object, ...]) -> Iterator[object]:
    for constant in constants:
        if isinstance(constant, tuple):
            yield from _flat(constant)
        else:
            yield constant


@cache
def planted() -> Mapping[str, Sequence[str]]:
    """The kinds of planted faults that each rule must find."""
    found: dict[str, list[str]] = defaultdict(list)
    every: Mapping[str, Lie | FirmLie] = {**lies(), **firm_lies()}
    for kind, lie in every.items():
        for rule in lie.rules:
            found[rule].append(kind)
    return found
