"""A trace as text for a terminal: header, timeline, family both ways, what became of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from suyuan.render.short import short
from suyuan.render.words import step_name, word
from suyuan.terms.instants import day_in_china
from suyuan.terms.sentence import Lang

Answer = Mapping[str, Any]


def show(answer: Answer, lang: Lang, out: Console) -> None:
    """Print the answer of `usecases.trace`."""
    out.print(Text(f"{word(answer['kind'], lang)}  {answer['code']}", style="bold"))
    for label, text in header(answer, lang):
        out.print(f"  {label}: {text}", markup=False)
    out.print()
    out.print(_timeline(answer["timeline"], lang))
    for side in ("made_of", "went_into"):
        nodes = answer["family"][side]
        tree = Tree(Text(word(side, lang), style="bold"))
        _grow(tree, nodes, lang)
        if not nodes:
            tree.add(word("nothing", lang))
        out.print(tree)
    if answer["became"]:
        out.print(_became(answer["became"], lang))


def header(answer: Answer, lang: Lang) -> list[tuple[str, str]]:
    """What stands at the top: label and text, the most asked first."""
    state, holder = answer["state"], answer["holder"]
    lines = []
    if state:
        through = f"（{word('through', lang)} {state['through']}）" if state.get("through") else ""
        lines.append((word("state", lang), f"{word(state['state'], lang)} {_day(state['since'])}{through}"))
    if holder:
        lines.append((word("where", lang), _whereabouts(holder, lang)))
        if holder.get("answerable"):
            lines.append((word("answers", lang), party(holder, "answerable")))
    lines += [(word("inside", lang), _in_what(inside, lang)) for inside in answer["inside"]]
    if answer["recovered"]:
        told = (f"{metal} {kg:,.3f} kg" for metal, kg in answer["recovered"].items())
        lines.append((word("recovered_metal", lang), ", ".join(told)))
    if answer["identity"]:
        lines.append(
            (word("fields", lang), "; ".join(_field(one, lang) for one in answer["identity"].values()))
        )
    lines += [(word("corrected", lang), _correction(row, lang)) for row in answer["corrections"]]
    as_of = answer["as_of"]
    known = f"{as_of['recorded_up_to']:,}"
    day = f", {word('as_of', lang)} {as_of['day']}" if as_of["day"] else ""
    lines.append((word("known_up_to", lang), known + day))
    return lines


def _in_what(inside: Answer, lang: Lang) -> str:
    return f"{word(inside['kind'], lang)} {inside['code']} ({word('since', lang)} {_day(inside['since'])})"


def _correction(row: Answer, lang: Lang) -> str:
    """What was taken back, by which entry, why; a stranger's declaration takes nothing back, and is shown."""
    said = word("declared_wrong" if row["counts"] else "contested", lang)
    why = f" ({row['reason']})" if row["reason"] else ""
    return f"{word('entry', lang)} {row['seq']} {said} {word('entry', lang)} {row['declared_seq']}{why}"


def _field(one: Answer, lang: Lang) -> str:
    meaning = one[lang]
    return f"{one[f'label_{lang}']} {one['value']}" + (
        f" ({meaning})" if meaning and meaning != one["value"] else ""
    )


def _whereabouts(holder: Answer, lang: Lang) -> str:
    kind = holder["kind"]
    said = word(f"hold-{kind}", lang)
    unknown = word("unknown", lang)
    parts = [said]
    if kind == "in_transit":
        parts.append(f"{party(holder, 'holder') or unknown} → {party(holder, 'to') or unknown}")
    elif holder.get("holder") or kind == "party":
        parts.append(party(holder, "holder") or unknown)
    if holder.get("through"):
        parts.append(f"({word('through', lang)} {holder['through']})")
    if holder.get("since"):
        parts.append(_day(holder["since"]))
    return " ".join(filter(None, parts))


def party(holder: Answer, key: str) -> str:
    """A party with its name where master data know it."""
    code = holder.get(key)
    if not code:
        return ""
    name = holder.get(f"{key}_name")
    return f"{name} {code}" if name else str(code)


def _day(instant: object) -> str:
    """The day of an instant in China, as law counts days.

    >>> _day("2026-05-11T16:00:00+00:00")
    '2026-05-12'
    """
    if not instant:
        return ""
    moment = instant if isinstance(instant, datetime) else datetime.fromisoformat(str(instant))
    return day_in_china(moment).isoformat()


def _timeline(rows: Sequence[Answer], lang: Lang) -> Table:
    table = Table(title=word("timeline", lang), title_justify="left", header_style="bold")
    for key in ("day", "step", "who", "place", "with", "entry"):
        table.add_column(word(key, lang), overflow="fold", no_wrap=key in ("day", "entry"))
    for row in rows:
        table.add_row(
            row["day"], Text(step_name(row["step"], row["biz_step"], lang)), Text(who(row)),
            Text(short(row["where"], lang)), Text(with_what(row, lang)), str(row["seq"]),
        )  # fmt: skip
    return table


def who(row: Answer) -> str:
    """Who did it, and to whom it went, by name where master data know one."""
    giver, taker = _named(row, "giver"), _named(row, "taker")
    actor = _named(row, "actor") or str(row["submitter"] or "")
    return f"{giver or actor} → {taker}" if taker and taker != (giver or actor) else giver or taker or actor


def with_what(row: Answer, lang: Lang) -> str:
    """The whole or the process run that the moment is about."""
    return "; ".join(filter(None, (short(row[key], lang) for key in ("parent", "run"))))


def _named(row: Answer, key: str) -> str:
    return str(row.get(f"{key}_name") or row[key] or "")


def _grow(tree: Tree, nodes: Sequence[Answer], lang: Lang) -> None:
    for node in nodes:
        if node.get("code") is None:
            tree.add(f"… +{node['folded']:,}")
            continue
        label = Text(f"{word(node['kind'], lang)} {short(node['code'], lang)}")
        if node.get("state"):
            label.append(f"  {word(node['state'], lang)}", style="dim")
        if node.get("until"):
            label.append(f"  {_day(node['since'])} – {_day(node['until'])}", style="dim")
        _grow(tree.add(label), node["children"], lang)


def _became(rows: Sequence[Answer], lang: Lang) -> Table:
    table = Table(title=word("recovered_metal", lang), title_justify="left", header_style="bold")
    for key in BECAME:
        table.add_column(word(key, lang), overflow="fold")
    for row in rows:
        table.add_row(*map(Text, became_cells(row, lang)))
    return table


BECAME = ("metal", "mass_kg", "lot_", "with", "of_lot", "basis")


def became_cells(row: Answer, lang: Lang) -> tuple[str, ...]:
    """A row of what became of an item, under the words of `BECAME`."""
    spread = f" ± {row['uncertainty_kg']:,.3f}" if row["uncertainty_kg"] is not None else ""
    share = f"{100 * row['share']:.3g} %" if row["share"] is not None else ""
    basis = f"{row['basis']}-{row['allocated_by']}" if row["allocated_by"] else row["basis"]
    return (
        row["metal"], f"{row['mass_kg']:,.3f}{spread}", short(row["lot"], lang), short(row["run"], lang), share, word(basis, lang)
    )  # fmt: skip


def show_where_used(answer: Answer, lang: Lang, out: Console) -> None:
    """Print the answer of `usecases.where_used`."""
    for key in ("vehicles", "holders", "lots", "reached"):
        out.print(f"{word(key, lang)}: {len(answer[key]):,}", markup=False)
    table = Table(header_style="bold")
    for key in ("kind", "code", "state", "holder"):
        table.add_column(word(key, lang), overflow="fold")
    for row in answer["reached"][:200]:
        table.add_row(
            word(row["kind"], lang), Text(row["code"]), word(row["state"], lang), Text(party(row, "holder"))
        )
    out.print(table)
    if len(answer["reached"]) > 200:
        out.print(f"… +{len(answer['reached']) - 200:,} (--csv, --json)", markup=False)
    for code in answer["unknown"]:
        out.print(f"{word('not_found', lang)}: {code}", markup=False)
