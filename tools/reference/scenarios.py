"""Which scenarios of the tests speak of a rule: read from their source, by the rule's id.

    def test_a_pack_sold_twice_is_a_gap() -> None:            fires("custody-gap")
        assert life(…).subjects("custody-gap") == [PACK]
        assert life(…).of("custody-gap") == []                keeps("custody-gap")

    Scenario("a pack in two cars", told, {"one-code-in-two-vehicles": PACK})        fires
    Scenario("a pack taken out in between", told, {})                               keeps what the scenario before it fires

A rule is kept where what is asserted of it is that nothing is found (`== []`, `== ()`, `not …`); else it fires. What a helper inside
the test asks for counts where the helper is called. `….rules == []` keeps all rules of the subject (`custody` of test_custody.py).
"""

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from suyuan.rules.catalogue import RULES

FIRES, KEPT, ALL = "fires", "kept", "all"
EVERY = ("OURS", "RULES")
"""Names of lists of all rules of a subject."""
SCENARIOS = Path(__file__).resolve().parents[2] / "tests" / "rules"


@dataclass(frozen=True, slots=True)
class Told:
    """Titles of the scenarios in which a rule fires, of those in which it is kept, and of those in which all of its subject are."""

    fires: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    all_kept: list[str] = field(default_factory=list)


def title(name: str) -> str:
    """A test's name as a sentence.

    >>> title("test_a_firm_s_code_is_its_own")
    "a firm's code is its own"
    """
    return name.removeprefix("test_").replace("_s_", "'s_").replace("_", " ")


@cache
def scenarios(rules: frozenset[str], tests: Path = SCENARIOS) -> Mapping[str, Told]:
    """What the tests say of each of these rules."""
    found: dict[str, Told] = defaultdict(Told)
    for source in sorted(tests.glob("test_*.py")):
        tree = ast.parse(source.read_text("utf-8"))
        subject = source.stem.removeprefix("test_").partition("_")[0]
        for rule, said, how in _of_module(tree, rules, _of_subject(subject, rules)):
            titles = {FIRES: found[rule].fires, KEPT: found[rule].kept, ALL: found[rule].all_kept}[how]
            if said not in titles:
                titles.append(said)
    return found


def _of_subject(subject: str, rules: Collection[str]) -> set[str]:
    """The rules of modules that are called by the subject: `recycling`, `recycling_lots`."""
    modules = {rule: RULES[rule].expression.__module__.rpartition(".")[2] for rule in rules}
    return {rule for rule, module in modules.items() if module.partition("_")[0] == subject}


def _of_module(
    tree: ast.Module, rules: Collection[str], subject: Collection[str]
) -> Iterator[tuple[str, str, str]]:
    last: list[str] = []
    for node in _scenarios(tree):
        said, fired = _of_scenario(node, rules)
        yield from ((rule, said, FIRES if fired else KEPT) for rule in fired or last)
        yield from ((rule, said, ALL) for rule in subject if rule not in (fired or last))
        last = fired or last
    for test in tree.body:
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
            told = title(test.name)
            yield from ((rule, told, kept) for rule, kept in _of_test(test, rules, subject))


def _scenarios(tree: ast.Module) -> list[ast.Call]:
    """All `Scenario(…)` in the order in which they stand."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    found = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Scenario"]
    return sorted(found, key=lambda call: call.lineno)


def _of_scenario(call: ast.Call, rules: Collection[str]) -> tuple[str, list[str]]:
    """Its title and the rules that fire."""
    said, fired = call.args[0], call.args[-1]
    assert isinstance(said, ast.Constant), "a Scenario has a title"
    assert isinstance(fired, ast.Dict), "a Scenario has a table of what is found"
    keys = [str(key.value) for key in fired.keys if isinstance(key, ast.Constant)]
    return str(said.value), [key for key in keys if key in rules]


def _of_test(
    test: ast.FunctionDef, rules: Collection[str], subject: Collection[str]
) -> Iterator[tuple[str, str]]:
    helpers = {
        node.name: _ids(node, rules) for node in ast.walk(test) if isinstance(node, ast.FunctionDef) and node is not test
    }  # fmt: skip
    held: dict[str, set[str]] = {}
    for statement in _statements(test):
        names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        ids = _ids(statement, rules).union(*(helpers.get(name) or held.get(name, set()) for name in names))
        ids |= set(subject) if names & set(EVERY) or _of_all(statement) else set()
        if isinstance(statement, ast.Assign) and not _unpacks(statement):
            held |= {target.id: ids for target in statement.targets if isinstance(target, ast.Name)}
        elif isinstance(statement, (ast.Assign, ast.Assert)):
            nothing = isinstance(statement, ast.Assert) and _nothing(statement.test)
            every = ids >= set(subject) and len(subject) > 1
            if nothing or not every:
                yield from ((rule, (ALL if every else KEPT) if nothing else FIRES) for rule in ids)
    for decorator in test.decorator_list:
        yield from ((rule, FIRES) for rule in _ids(decorator, rules))


def _statements(test: ast.FunctionDef) -> Iterator[ast.stmt]:
    """The statements of a test, those of blocks too, those of helpers not."""
    waiting: list[ast.stmt] = list(test.body)
    while waiting:
        statement = waiting.pop(0)
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            continue
        inner = [node for node in ast.iter_child_nodes(statement) if isinstance(node, ast.stmt)]
        waiting = [*inner, *waiting]
        if not inner:
            yield statement


def _of_all(statement: ast.stmt) -> bool:
    """Does it ask for whatever rule of the subject: `….rules`?"""
    return any(isinstance(node, ast.Attribute) and node.attr == "rules" for node in ast.walk(statement))


def _unpacks(statement: ast.Assign) -> bool:
    """`(one,) = …`: exactly one is found."""
    return any(isinstance(target, ast.Tuple) for target in statement.targets)


def _nothing(asserted: ast.expr) -> bool:
    """`… == []`, `… == ()`, `not …`."""
    if isinstance(asserted, ast.UnaryOp):
        return isinstance(asserted.op, ast.Not)
    if isinstance(asserted, ast.Compare):
        last = asserted.comparators[-1]
        return isinstance(last, (ast.List, ast.Tuple)) and not last.elts
    return False


def _ids(node: ast.AST, rules: Collection[str]) -> set[str]:
    return {
        each.value for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value in rules
    }  # fmt: skip
