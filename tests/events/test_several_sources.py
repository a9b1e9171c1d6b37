"""Several exports are one log, each with its own columns, dates and query; the file's name can be the event."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenario_cli.events.errors import ExportError
from scenario_cli.events.inspect import inspect
from scenario_cli.events.staging import stage
from scenario_cli.model.export import ExportOptions
from tests.events.exports import Read, write

PLAN: dict[str, dict[str, str | None]] = {"signed_up": {"plan": "string"}, "order": {"total": "number"}}


def test_the_name_of_the_file_is_the_event(read: Read) -> None:
    files = {
        "signed_up.csv": "contact_id,timestamp,plan\na,2025-03-01,pro\n",
        "1/order.csv": "contact_id,timestamp,total\na,2025-03-02,5\n",
        "2/order.jsonl": '{"contact_id": "a", "timestamp": "2025-03-03", "total": 6}\n',
    }
    (contact,) = read(files, PLAN, mapping={"event": "@filename"}).stream()
    events = {(event.name, *event.properties.values()) for event in contact.events}
    assert events == {("signed_up", "pro"), ("order", 5), ("order", 6)}


def test_a_pattern_cuts_the_event_out_of_the_name(read: Read) -> None:
    files = {"export_order_2025.csv": "contact_id,timestamp,total\na,2025-03-02,5\n"}
    (contact,) = read(files, PLAN, mapping={"event": "@filename:export_*_2025"}).stream()
    assert [event.name for event in contact.events] == ["order"]
    with pytest.raises(ExportError, match="does not fit the pattern"):
        read(files, PLAN, mapping={"event": "@filename:other_*"})


def test_sources_have_columns_dates_and_queries_of_their_own(tmp_path: Path) -> None:
    web = write(tmp_path, "web.csv", "contact_id,event,timestamp,plan\na,signed_up,2025-03-01,pro\n")
    shop = write(tmp_path, "shop.csv", "who,day,total\na,03/04/2025,12\nb,05/04/2025,7\n")
    query = f"SELECT 'b' AS contact_id, 'order' AS event, '2025-05-01' AS timestamp, 3 AS total FROM '{web}'"
    options = ExportOptions(
        (),
        sources=(
            ExportOptions((web,)),
            ExportOptions((shop,), mapping={"contact_id": "who", "timestamp": "day", "event": "'order'"},
                          date_formats={"timestamp": "month-first"}),
            ExportOptions((), query=query),
        ),
    )  # fmt: skip
    log = stage(options, PLAN, {}, tmp_path / "work")
    events = [(c.contact_id, e.name, dict(e.properties)) for c in log.stream() for e in c.events]
    assert events[:2] == [("a", "signed_up", {"plan": "pro"}), ("a", "order", {"total": 12})]
    assert [properties for _, _, properties in events[2:]] == [{"total": 3}, {"total": 7}]
    rows = {event.name: event.rows for event in inspect(options, tmp_path / "w2").events}
    assert rows == {"order": 3, "signed_up": 1}
