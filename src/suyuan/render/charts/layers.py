"""Where nodes of a flow stand: columns from left to right, and which flows lead back.

A flow that closes a circle leads back; the others go at least one column to the right, through free places where they pass a column.

>>> nodes, back = columns(["make", "use", "recycle"], [("make", "use"), ("use", "recycle"), ("recycle", "make")])
>>> nodes, sorted(back)
({'make': 0, 'use': 1, 'recycle': 2}, [2])
"""

from collections.abc import Sequence

Pair = tuple[str, str]


def columns(nodes: Sequence[str], flows: Sequence[Pair]) -> tuple[dict[str, int], set[int]]:
    """The column of every node, and the places (in `flows`) of those that lead back."""
    back = _leading_back(nodes, flows)
    forward = [flow for at, flow in enumerate(flows) if at not in back]
    column = dict.fromkeys(nodes, 0)
    # the longest way from the left; without circles it settles after as many rounds as there are nodes
    for _ in nodes:
        moved = False
        for source, target in forward:
            if column[target] <= column[source]:
                column[target], moved = column[source] + 1, True
        if not moved:
            break
    return column, back


def _leading_back(nodes: Sequence[str], flows: Sequence[Pair]) -> set[int]:
    """Flows met, on a walk in the order told, that lead to a node from which the walk came."""
    out: dict[str, list[tuple[int, str]]] = {node: [] for node in nodes}
    enters = dict.fromkeys(nodes, 0)
    for at, (source, target) in enumerate(flows):
        out[source].append((at, target))
        enters[target] += 1
    back: set[int] = set()
    done: set[str] = set()
    for begin in sorted(nodes, key=lambda node: enters[node] > 0):  # from where nothing enters, first
        _walk(begin, out, done, back)
    return back


def _walk(begin: str, out: dict[str, list[tuple[int, str]]], done: set[str], back: set[int]) -> None:
    if begin in done:
        return
    way, steps = {begin}, [(begin, iter(out[begin]))]
    while steps:
        node, left = steps[-1]
        following = next(left, None)
        if following is None:
            steps.pop()
            way.discard(node)
            done.add(node)
        elif following[1] in way:
            back.add(following[0])
        elif following[1] not in done:
            way.add(following[1])
            steps.append((following[1], iter(out[following[1]])))


def ordered(rows: Sequence[list[str]], links: Sequence[Pair], rounds: int = 6) -> list[list[str]]:
    """The nodes of each column in an order in which few flows cross: each near the middle of its neighbours."""
    found = [list(row) for row in rows]
    for turn in range(rounds):
        sweep = range(1, len(found)) if turn % 2 == 0 else range(len(found) - 2, -1, -1)
        for at in sweep:
            beside = found[at - 1] if turn % 2 == 0 else found[at + 1]
            place = {node: where for where, node in enumerate(beside)}
            found[at] = _by_neighbours(found[at], place, links)
    return found


def _by_neighbours(row: list[str], place: dict[str, int], links: Sequence[Pair]) -> list[str]:
    middles: dict[str, float] = {}
    for at, node in enumerate(row):
        near = [
            place[other]
            for source, target in links
            for mine, other in ((source, target), (target, source))
            if mine == node and other in place
        ]
        middles[node] = sum(near) / len(near) if near else at
    return sorted(row, key=lambda node: middles[node])
