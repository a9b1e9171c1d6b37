"""A run's reading of several sources, and refusals to read a source again."""

from __future__ import annotations

import http.server
import json
import os
import threading
from dataclasses import asdict
from functools import partial

import pytest

from scenario_cli.events.errors import ExportError
from scenario_cli.events.staging import stage
from scenario_cli.hosts.store.inputs import new_inputs, same_inputs
from scenario_cli.hosts.store.read_inputs import reading_of
from scenario_cli.model.export import Access, ExportOptions
from tests.hosts.store.drops import HEADER, Drop, line, read_ids, row


def test_several_sources_have_their_own_columns(drop: Drop) -> None:
    drop.write("orders/a.csv", HEADER + row(1))
    drop.write("visits/a.csv", HEADER.replace("event_id", "id") + row(2))
    parts = (
        ExportOptions((str(drop.folder / "drop/orders"),), timezone="Europe/Paris"),
        ExportOptions((str(drop.folder / "drop/visits"),), mapping={"event_id": "id"}),
    )
    whole = ExportOptions((), sources=parts)
    inputs = new_inputs(whole, [], drop.workspace())
    assert inputs.options is not None
    assert [(part.timezone, dict(part.mapping)) for part in inputs.options.parts] == [
        ("Europe/Paris", {}),
        ("UTC", {"event_id": "id"}),
    ]
    drop.readings += [reading.input for reading in inputs.readings]
    drop.append("visits/a.csv", row(3))
    (part,) = (new_inputs(whole, drop.readings, drop.workspace()).options or whole).parts
    assert (dict(part.mapping), read_ids(part)) == ({"event_id": "id"}, ["3"])


def test_a_file_may_be_read_in_two_ways(drop: Drop) -> None:
    path = str(drop.write("a.csv", HEADER + row(1)))
    parts = tuple(ExportOptions((path,), mapping={"event": f"'{event}'"}) for event in ("ordered", "shipped"))
    assert drop.run(sources=parts) == ["1", "1"]
    drop.append("a.csv", row(2))
    assert drop.run(sources=parts) == ["2", "2"]


def test_a_path_of_the_project_stays_in_its_folder(drop: Drop) -> None:
    path = drop.write("a.jsonl", line(1))
    (drop.folder / "shop").mkdir()
    access = Access(str(drop.folder / "shop"))
    with pytest.raises(ExportError, match="it is outside the project's folder"):
        drop.look(str(path), access=access)
    inside = drop.folder / "shop" / "b.jsonl"
    inside.symlink_to(path)
    with pytest.raises(ExportError, match="it is outside the project's folder"):
        drop.look(str(inside), access=access)
    inside.unlink()
    inside.write_text(line(1))
    inputs, _ = drop.look(str(inside), access=access)
    assert inputs.options is not None
    assert stage(inputs.options, {"buy": {}}, {}, drop.workspace()).report.used == 1


def test_inputs_that_cannot_be_read_again_are_refused(drop: Drop) -> None:
    os.mkfifo(drop.folder / "pipe")
    for source, reason in (
        ("-", "standard input"),
        (str(drop.folder / "pipe"), "pipe"),
        ("s3://bucket/*.jsonl", "bucket"),
    ):
        with pytest.raises(ExportError, match=reason):
            drop.look(source)


def test_files_at_addresses_are_compared_as_well(drop: Drop) -> None:
    drop.write("a.jsonl", line(1))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(drop.folder / "drop")))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_address[1]}/a.jsonl"
        assert drop.run(url) == ["1"]
        assert drop.look(url)[0].readings == ()
        drop.append("a.jsonl", line(2))
        assert drop.run(url) == ["2"]
    finally:
        server.shutdown()
        server.server_close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_a_reading_survives_as_plain_values(drop: Drop) -> None:
    drop.write("a.jsonl", line(1))
    (reading,) = drop.look()[0].readings
    assert reading_of(json.loads(json.dumps(asdict(reading)))) == reading


def test_history_is_not_read_as_events_again(drop: Drop) -> None:
    path = str(drop.write("a.jsonl", line(1)))
    assert drop.run(path, role="history") == ["1"]
    assert drop.readings[0].role == "history"
    assert drop.run(path) == []


@pytest.mark.parametrize("change", ["gone", "other", "shorter"])
def test_a_run_that_was_cut_off_needs_the_same_bytes(drop: Drop, change: str) -> None:
    path = drop.write("a.jsonl", line(1) + line(2))
    inputs, options = drop.look()
    if change == "gone":
        path.unlink()
    else:
        drop.write("a.jsonl", line(1) if change == "shorter" else line(3) + line(4))
    with pytest.raises(ExportError) as error:
        same_inputs(options, inputs.readings, drop.workspace())
    assert error.value.message == f"{path} has changed or is missing since the unfinished run read it"


def test_a_run_that_was_cut_off_finds_a_renamed_file(drop: Drop) -> None:
    path = drop.write("a.jsonl", line(1))
    drop.run()
    drop.append("a.jsonl", line(2))
    inputs, options = drop.look()
    path.rename(path.with_name("b.jsonl"))
    drop.append("b.jsonl", line(3))
    assert read_ids(same_inputs(options, inputs.readings, drop.workspace())) == ["2"]
