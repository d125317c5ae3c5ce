"""The index answers like dictionaries and sets would, across commits, merges and being made anew."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suyuan.store import index as index_module
from suyuan.store import index_growing, run_merge
from suyuan.store.index import Index, NotNext
from suyuan.store.run_merge import due


class Event(NamedTuple):
    """The part of a prepared event that the index reads."""

    event_id: str
    items: tuple[tuple[str, str], ...]


class Model:
    """The slow, obvious index."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self.entries: dict[str, set[int]] = defaultdict(set)
        self.events: dict[str, list[int]] = defaultdict(list)
        self.edges: dict[str, dict[str, set[str]]] = {"up": defaultdict(set), "down": defaultdict(set)}
        self.position = 0

    def add(self, events: Sequence[Event]) -> None:
        for event in events:
            if event.event_id:
                self.events[event.event_id].append(self.position)
            by_role = defaultdict(list)
            for role, key in event.items:
                self.ids.setdefault(key, len(self.ids))
                self.entries[key].add(self.position)
                by_role[role].append(key)
            for low, high in (("child", "parent"), ("input", "run"), ("run", "output")):
                for one in by_role[low]:
                    for other in by_role[high]:
                        self.edges["up"][one].add(other)
                        self.edges["down"][other].add(one)
            self.position += 1

    def closure(self, keys: Sequence[str], direction: str) -> list[set[str]]:
        seen, front, levels = set(keys), set(keys), []
        while front := {n for key in front for n in self.edges[direction][key]} - seen:
            seen |= front
            levels.append(front)
        return levels

    def ending(self, segment: str) -> list[int]:
        return sorted(n for key, n in self.ids.items() if key.replace(":", "/").split("/")[-1] == segment)


KEYS = st.one_of(
    st.integers(0, 30).map(lambda n: f"001PE050000001A7C{n:07}"),
    st.integers(0, 9).map(lambda n: f"https://w3id.org/suyuan/class/black-mass/{n}"),
    st.sampled_from(
        ["urn:epc:id:sgtin:0614141.107346.2017", "x:2017", "2017", "", "/", "电池/2017", "a" * 300]
    ),
)


@st.composite
def events(draw: st.DrawFn) -> Event:
    event_id = draw(st.one_of(st.just(""), st.integers(0, 50).map(lambda n: f"urn:uuid:{n}")))
    shape = draw(st.sampled_from(["object", "assembly", "process"]))
    some = st.lists(KEYS, max_size=4, unique=True)
    if shape == "object":
        return Event(event_id, tuple(("epc", key) for key in draw(some)))
    if shape == "assembly":
        parent = [("parent", draw(KEYS))] if draw(st.booleans()) else []
        return Event(event_id, (*parent, *(("child", key) for key in draw(some))))
    sides = [("input", key) for key in draw(some)] + [("output", key) for key in draw(some)]
    return Event(event_id, (*sides, ("run", draw(KEYS))))


def check(index: Index, model: Model) -> None:
    """Everything that can be asked, asked of both."""
    keys = list(model.ids)
    assert index.position == model.position
    assert index.items == len(keys)
    assert index.item_ids([*keys, "unknown"]).tolist() == [*range(len(keys)), -1]
    assert index.keys(range(len(keys))) == keys
    for key, item in model.ids.items():
        assert index.item_ids([key]).tolist() == [item]
        assert index.postings([item]).tolist() == sorted(model.entries[key])
        segment = key.replace(":", "/").split("/")[-1]
        assert index.ids_ending(segment) == model.ending(segment)
        for direction in ("up", "down"):
            levels = index.closure([item], direction)
            assert [set(index.keys(level)) for level in levels] == model.closure([key], direction)
    everything = index.postings([*range(len(keys)), -1]).tolist()
    assert everything == sorted(set().union(*model.entries.values()) if model.entries else ())
    asked = [f"urn:uuid:{n}" for n in range(60)]
    assert index.seqs_of_events(asked) == [model.events[event_id] for event_id in asked]
    assert [index.seqs_of_events([event_id])[0] for event_id in asked] == index.seqs_of_events(asked)


@pytest.fixture(autouse=True)
def small_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of a few events, merged as soon as there are four, and parts of a few numbers."""
    monkeypatch.setattr(index_growing, "EVENTS_BUFFERED", 5)
    monkeypatch.setattr(run_merge, "AT_ONCE", 3)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.lists(events(), max_size=12), st.booleans()), max_size=8))
def test_the_index_answers_like_plain_dictionaries(batches: list[tuple[list[Event], bool]]) -> None:
    with TemporaryDirectory() as directory:
        index, model = Index(Path(directory) / "index"), Model()
        kept = []
        for batch, keep in batches:
            index.add(model.position, batch)
            if keep:
                index.commit()
                kept.append((model.position, batch))
                model.add(batch)
            else:
                index.rollback()
        check(index, model)
        check(Index(Path(directory) / "index"), model)
        index.rebuild(kept)
        check(index, model)
        index.close()


@settings(max_examples=20, deadline=None)
@given(st.lists(events(), min_size=1, max_size=60), st.lists(KEYS, min_size=1, max_size=12), st.booleans())
def test_many_items_are_followed_like_few(made: list[Event], keys: list[str], up: bool) -> None:
    with TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        index, model = Index(Path(directory)), Model()
        index.add(0, made)
        index.commit()
        model.add(made)
        known = [key for key in keys if key in model.ids]
        few = index.closure(index.item_ids(known), "up" if up else "down")
        patch.setattr("suyuan.store.closure.FEW", 0)
        many = index.closure(index.item_ids(known), "up" if up else "down")
        assert [level.tolist() for level in few] == [level.tolist() for level in many]


def test_what_is_not_committed_does_not_count(tmp_path: Path) -> None:
    index = Index(tmp_path)
    index.add(0, [Event("a", (("epc", "x"),))] * 7)
    assert (index.position, index.item_ids(["x"]).tolist()) == (0, [-1])
    assert list(tmp_path.glob("*.run")) != []
    index.rollback()
    assert list(tmp_path.glob("*.run")) == []
    index.add(0, [Event("a", (("epc", "y"),))] * 7)
    index.commit()
    assert (index.position, index.item_ids(["x", "y"]).tolist()) == (7, [-1, 0])


def test_what_a_killed_writer_left_is_swept_by_the_next(tmp_path: Path) -> None:
    killed = Index(tmp_path)
    killed.add(0, [Event("a", (("epc", "x"),))] * 20)
    index = Index(tmp_path)
    assert index.position == 0
    index.add(0, [Event("b", (("epc", "y"),))])
    index.commit()
    assert len(list(tmp_path.glob("*.run"))) == 1
    assert Index(tmp_path).keys([0]) == ["y"]


def test_entries_known_already_are_passed_over_and_a_gap_is_refused(tmp_path: Path) -> None:
    index = Index(tmp_path)
    made = [Event(f"{n}", (("epc", f"k{n}"),)) for n in range(9)]
    index.add(0, made[:5])
    index.commit()
    index.add(2, made[2:])
    index.commit()
    assert (index.position, index.keys(range(9))) == (9, [f"k{n}" for n in range(9)])
    with pytest.raises(NotNext, match="covers 9 entries and cannot go on at 10"):
        index.add(10, made)


def test_a_reader_goes_on_with_the_runs_it_opened(tmp_path: Path) -> None:
    writer = Index(tmp_path)
    writer.add(0, [Event("0", (("parent", "p"), ("child", "c")))])
    writer.commit()
    reader = Index(tmp_path)
    for n in range(1, 40):
        writer.add(n, [Event(str(n), (("parent", f"p{n}"), ("child", "c")))])
        writer.commit()
    assert (reader.position, len(reader.closure([1], "up")[0])) == (1, 1)
    reader.refresh()
    assert (reader.position, len(reader.closure([1], "up")[0])) == (40, 40)
    assert len(list(tmp_path.glob("*.run"))) < 10, "runs were merged and taken away"


@pytest.mark.parametrize("harm", ["manifest", "missing", "short"])
def test_a_broken_index_is_an_empty_one_and_is_made_again(tmp_path: Path, harm: str) -> None:
    index = Index(tmp_path)
    made = [Event(f"{n}", (("epc", f"k{n}"),)) for n in range(9)]
    index.add(0, made)
    index.commit()
    index.close()
    run = next(tmp_path.glob("*.run"))
    if harm == "manifest":
        (tmp_path / "manifest.json").write_text('{"format": 1, "runs": [{"name"')
    elif harm == "missing":
        run.unlink()
    else:
        run.write_bytes(run.read_bytes()[:-1])
    broken = Index(tmp_path)
    assert broken.position == 0
    broken.add(0, made)
    broken.commit()
    assert Index(tmp_path).keys(range(9)) == [f"k{n}" for n in range(9)]


def test_an_index_made_anew_is_the_same_file_for_file(tmp_path: Path) -> None:
    made = [Event(f"{n}", (("parent", f"k{n % 7}"), ("child", f"c{n}"))) for n in range(200)]
    once, again = Index(tmp_path / "once"), Index(tmp_path / "again")
    once.rebuild([(0, made)])
    for start in range(0, 200, 40):
        again.add(start, made[start : start + 40])
        again.commit()
    again.rebuild([(0, made[:77]), (77, made[77:])])
    files = [{path.name: path.read_bytes() for path in index.glob("*")} for index in tmp_path.iterdir()]
    assert files[0] == files[1]


def test_a_closure_stops_at_its_limit(tmp_path: Path) -> None:
    index = Index(tmp_path)
    chain = [Event("", (("parent", f"k{n + 1}"), ("child", f"k{n}"))) for n in range(30)]
    index.add(0, [*chain, Event("", (("parent", "hub"), *(("child", f"leaf{n}") for n in range(500))))])
    index.commit()
    bottom, hub = index.item_ids(["k0", "hub"]).tolist()
    assert len(index.closure([bottom], "up")) == 30
    assert [len(level) for level in index.closure([bottom], "up", 10)] == [1] * 10
    assert [len(level) for level in index.closure([hub], "down", 123)] == [123]


def test_keys_whose_hashes_collide_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("index", "index_growing", "index_parts"):
        monkeypatch.setattr(
            f"suyuan.store.{module}.hashes", lambda these: these.lengths.astype("u8") << 40, raising=True
        )
    monkeypatch.setattr(index_module, "hash_of", lambda text: len(text.encode()) << 40)
    model = Model()
    index = Index(tmp_path)
    made = [Event(f"e{n % 9}", (("epc", f"a/k{n % 40:02}"), ("parent", "p"))) for n in range(100)]
    for start in range(0, 100, 10):
        index.add(start, made[start : start + 10])
        index.commit()
    model.add(made)
    keys = list(model.ids)
    assert index.item_ids(keys).tolist() == list(range(len(keys)))
    assert [index.item_ids([key])[0] for key in keys] == list(range(len(keys)))
    assert index.ids_ending("k07") == model.ending("k07")
    assert index.seqs_of_events(["e3"]) == [list(range(100))], (
        "every one is a candidate: whoever asks compares"
    )


def test_few_runs_remain_however_many_commits_there_are() -> None:
    sizes: list[int] = []
    for _ in range(3000):
        sizes.append(100_000)
        while count := due(sizes):
            sizes[-count:] = [sum(sizes[-count:])]
    assert len(sizes) <= 3 * 7
