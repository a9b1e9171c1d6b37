"""Contacts come in turn, in one order, whole or in parts, in this process or another."""

from __future__ import annotations

import pickle
import random
import re
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_cli.events.staged import StagedLog
from scenario_cli.events.staging import stage
from scenario_cli.model.export import ExportOptions
from tests.events.exports import Read, contacts_of
from tests.reference.settings import scaled

HEAD = "contact_id,event,timestamp,n\n"
NUMBERED: dict[str, dict[str, str | None]] = {"e": {"n": "integer"}}


def numbers(log: StagedLog) -> dict[str, list[int]]:
    return {each.contact_id: [event.properties["n"] for event in each.events] for each in log.stream()}


def test_contacts_come_in_the_order_of_their_code_points(read: Read) -> None:
    ids = ["b", "a", "Z", "é", "10", "9", "中", "😀", "a b", "A", "ﬀ"]
    log = read(HEAD + "".join(f"{contact},e,1,1\n" for contact in ids), NUMBERED)
    assert [each.contact_id for each in log.stream()] == sorted(ids)


def test_events_of_one_instant_keep_the_order_of_the_files(read: Read) -> None:
    # Enough rows for several threads, with refused names, because these lead the database to a join.
    names = ["e", "e", "e", "message.sent", "", *["other"] * 20]
    rows = [f"a,{names[n % 25]},1,{n}\n" for n in range(150_000)]
    expected = [n for n in range(150_000) if n % 25 < 3]
    assert numbers(read(HEAD + "".join(rows), NUMBERED)) == {"a": expected}
    lines = [f'{{"contact_id": "a", "event": "{names[n % 25]}", "timestamp": 1, "n": {n}}}\n' for n in range(150_000)]
    assert numbers(read({"a.jsonl": "".join(lines)}, NUMBERED)) == {"a": expected}


def test_files_come_as_given(read: Read) -> None:
    log = read({"2.csv": HEAD + "a,e,1,1\n", "1.csv": HEAD + "a,e,1,2\n"}, NUMBERED)
    assert numbers(log) == {"a": [1, 2]}


def test_a_sequence_overrides_the_order_of_the_file(read: Read) -> None:
    rows = "a,e,2,1,10\na,e,2,2,9\na,e,2,3,\na,e,1,4,99\n"
    log = read(f"contact_id,event,timestamp,n,sequence\n{rows}", NUMBERED)
    assert numbers(log) == {"a": [4, 2, 1, 3]}


def test_parts_together_are_the_whole(read: Read) -> None:
    chance = random.Random(4)
    rows = "".join(f"u{int(chance.paretovariate(0.6)) % 3000},e,{n + 1},{n}\n" for n in range(4000))
    people = "contact_id\n" + "".join(f"p{n}\n" for n in range(50))
    log = read(HEAD + rows, NUMBERED, contacts={"p.csv": people})
    whole = [each.contact_id for each in log.stream()]
    assert len(whole) == len(set(whole)) == log.report.contacts
    for parts in (1, 2, 7, 100):
        ranges = log.ranges(parts)
        assert 1 <= len(ranges) <= parts
        assert [contact for part in ranges for contact in contacts_of(log, part)] == whole
    sizes = [sum(len(each.events) for each in log.stream(part)) for part in log.ranges(4)]
    assert max(sizes) < 4000


def test_an_empty_log_is_one_empty_part(read: Read) -> None:
    log = read(HEAD, NUMBERED)
    assert [contacts_of(log, part) for part in log.ranges(4)] == [[]]


def test_other_processes_read_the_same_log_at_the_same_time(read: Read) -> None:
    log = read(HEAD + "".join(f"u{n % 97},e,{n + 1},{n}\n" for n in range(2000)), NUMBERED)
    here = log.stream()
    first = next(here)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(contacts_of, [log] * 3, log.ranges(3)))
    assert [contact for part in parts for contact in part] == [first.contact_id, *(each.contact_id for each in here)]


def test_the_log_is_pickled_without_its_rows(read: Read) -> None:
    log = read(HEAD + "a,e,1,1\n", NUMBERED)
    assert pickle.loads(pickle.dumps(log)) == log


def test_broadcasts_need_no_contact_and_come_apart(read: Read) -> None:
    rows = ",price,2,1\na,e,1,2\nb,price,1,3\n,e,1,4\n"
    log = read(HEAD + rows, {"e": {"n": "integer"}, "price": {"n": "integer"}}, broadcast=("price",))
    assert [(event.name, event.properties["n"]) for event in log.broadcasts()] == [("price", 3), ("price", 1)]
    assert numbers(log) == {"a": [2]}
    assert [each.reason for each in log.report.unusable] == ["no contact id"]


def test_a_broadcast_that_no_scenario_at_hand_answers_needs_no_contact_either(read: Read) -> None:
    log = read(HEAD + ",price,2,1\na,e,1,2\n", NUMBERED, broadcast=("price",))
    assert log.report.unusable == ()
    assert log.report.unwanted == (("price", 1),)
    assert list(log.broadcasts()) == []


def test_progress_reaches_the_total(read: Read) -> None:
    steps: list[tuple[str, int, int | None]] = []
    read({"a.csv": HEAD + "a,e,1,1\n", "b.csv": HEAD}, NUMBERED, progress=lambda *step: steps.append(step))
    sizes = [done for label, done, _ in steps if label.startswith("reading")]
    assert sizes == sorted(sizes)
    assert [step for step in steps if step[1] == step[2]]
    assert steps[-1] == ("sorting", 0, None)


@settings(max_examples=scaled(5), deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 4), st.integers(0, 2)), min_size=1, max_size=60))
def test_the_order_is_instant_sequence_row(rows: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / "a.csv"
        lines = [f"{contact},e,{at},{sequence},{n}" for n, (contact, at, sequence) in enumerate(rows)]
        export.write_text("\n".join(["contact_id,event,timestamp,sequence,n", *lines]))
        log = stage(ExportOptions((str(export),)), NUMBERED, {}, Path(folder) / "work")
        expected: dict[str, list[int]] = {}
        for contact, _, _, n in sorted((c, at, s, n) for n, (c, at, s) in enumerate(rows)):
            expected.setdefault(contact, []).append(n)
        assert numbers(log) == expected


def test_nothing_of_the_reading_is_left_but_the_log(read: Read) -> None:
    log = read(HEAD + "a,e,1,1\nbroken\n", NUMBERED)
    names = [entry.name for entry in log.path.parent.iterdir()]
    assert [name for name in names if not re.fullmatch(r"log\.duckdb|spill", name)] == []
