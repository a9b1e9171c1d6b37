"""The rows are those of one dry run, for all cuts of an export into pieces and of a stream into batches."""

from __future__ import annotations

import json
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.proofs.drops import Cuts, cuts, events_of, log_row, text, write_rows, write_world
from tests.reference.projects import World
from tests.reference.settings import examples
from tests.spark.rows import in_order, local_rows

pytest.importorskip("pyspark", reason="PySpark is not installed")


from scenario_cli.events.errors import ExportError
from scenario_cli.hosts.spark.job import SparkJob
from tests.spark.cluster import Stream, contact_rows, job_of, pieces, read, replayed, stream_rows


def log_lines(world: World, sequence: bool = False) -> list[str]:
    """The rows of a world's log in order of time, as JSON lines."""
    rows = [log_row(row) for row in sorted(events_of(world), key=lambda row: int(row["at"]))]
    numbers = [{"sequence": number} if sequence else {} for number in range(len(rows))]
    return [json.dumps({**row, **number}) for row, number in zip(rows, numbers, strict=True)]


@settings(examples(12), phases=(Phase.generate,))
@given(cuts(), st.data())
def test_pieces_give_the_rows_of_one_dry_run(cut: Cuts, data: st.DataObject) -> None:
    lines, table = log_lines(cut.world), [json.dumps(row) for row in cut.table]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_world(folder / "project", cut.world)
        options = ["--events", str(folder / "events.jsonl"), "--until", text(cut.world.until)]
        (folder / "events.jsonl").write_text("\n".join(lines), encoding="utf-8")
        if table:
            write_rows(folder / "contacts.jsonl", cut.table)
            options += ["--contacts", str(folder / "contacts.jsonl")]
        rows = local_rows(folder / "project", folder, *options)
        job = job_of(folder / "project", bool(table))
        places = st.lists(st.integers(1, 60), max_size=4)
        batches = read(job, "events", pieces(lines, [at for at in data.draw(places) if at < len(lines)]))
        if table:
            batches += read(job, "people", pieces(table, [at for at in data.draw(places) if at < len(table)]))
        plan = replayed(job, batches, cut.world.until, data.draw(st.integers(1, 3)))
        assert in_order(plan) == rows


@settings(examples(12), phases=(Phase.generate,))
@given(cuts(), st.data())
def test_batches_of_a_stream_give_the_rows_of_one_dry_run(cut: Cuts, data: st.DataObject) -> None:
    events = [row for row in sorted(events_of(cut.world), key=lambda row: int(row["at"])) if row["contact_id"]]
    lines = [json.dumps({**log_row(row), "sequence": number}) for number, row in enumerate(events)]
    table = [json.dumps(row) for row in cut.table]
    watermark = -(-cut.world.until // 1_000) + 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_world(folder / "project", cut.world)
        (folder / "events.jsonl").write_text("\n".join(lines), encoding="utf-8")
        options = ["--events", str(folder / "events.jsonl"), "--until", text(watermark * 1_000 - 1)]
        if table:
            write_rows(folder / "contacts.jsonl", cut.table)
            options += ["--contacts", str(folder / "contacts.jsonl")]
        rows = local_rows(folder / "project", folder, *options)
        job = job_of(folder / "project", bool(table))
        stream = Stream(job, events[0]["at"])
        if table:
            stream.first_states(contact_rows(job, read(job, "people", pieces(table, ()))))
        places = data.draw(st.lists(st.integers(1, 60), max_size=8))
        bounds = [0, *sorted({at for at in places if at < len(lines)}), len(lines)]
        plan: list[tuple[object, ...]] = []
        for start, end in pairwise(bounds):
            mixed = data.draw(st.permutations(stream_rows(read(job, "events", pieces(lines[start:end], ())))))
            states, timers = dict(stream.states), set(stream.timers)
            if data.draw(st.integers(0, 2)) == 0:  # a failed batch leaves no changes, and is run again
                list(stream.batch(mixed, stream.watermark))
                stream.states, stream.timers = states, timers
            plan += stream.batch(mixed, events[end - 1]["at"] // 1_000)
        plan += stream.batch((), watermark)
        plan += stream.batch((), watermark)
        assert in_order(plan) == rows


CART = """
scenario: cart
status: live
in_flight: {in_flight}
trigger: {{event: cart}}
states:
  left: {{after: {{2d: reminder}}}}
  reminder: {{send: {{email: {template}}}, end: reminded}}
"""


def changed(folder: Path, in_flight: str, template: str) -> SparkJob:
    folder.mkdir()
    (folder / "project.yaml").write_text(
        "project: shop\ntimezone: UTC\nchannels: {email: {address: contact.email}}\n", encoding="utf-8"
    )
    (folder / "events.yaml").write_text("profile: {email: string}\nevents: {cart: {}}\n", encoding="utf-8")
    (folder / "cart.yaml").write_text(CART.format(in_flight=in_flight, template=template), encoding="utf-8")
    (folder / "templates").mkdir()
    for name in ("one", "two"):
        (folder / "templates" / f"{name}.email.j2").write_text("---\nsubject: Cart\n---\nCart\n", encoding="utf-8")
    return job_of(folder)


@pytest.mark.parametrize("in_flight", ["follow", "pinned"])
def test_a_stream_continues_with_changed_scenarios_or_gives_a_reason(tmp_path: Path, in_flight: str) -> None:
    before, after = changed(tmp_path / "before", in_flight, "one"), changed(tmp_path / "after", in_flight, "two")
    stream = Stream(before, 0)
    table = [json.dumps({"contact_id": "ana", "email": "ana@example.com"})]
    stream.first_states(contact_rows(before, read(before, "people", pieces(table, ()))))
    line = json.dumps({"contact_id": "ana", "event": "cart", "timestamp": "1970-01-02T00:00:00Z"})
    assert list(stream.batch(stream_rows(read(before, "events", pieces([line], ()))), 86_400_002)) == []
    assert list(stream.batch((), 86_400_003)) == []
    stream.job, stream.watermark = after, 4 * 86_400_000
    if in_flight == "pinned":
        with pytest.raises(ExportError, match="ana cannot continue"):
            list(stream.batch((), 0))
    else:
        (row,) = stream.batch((), 0)
        assert "two" in row
