"""An imported scenario run for one contact, and what small interpreters of the exports share. Expects nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from scenario_cli.hosts.scenario_tests import Stage, play
from scenario_cli.importing.project_files import project_files
from scenario_cli.importing.read import read_import
from scenario_cli.language.files import Memory
from scenario_cli.language.project import load_files

START = datetime(2025, 3, 3, 10, 0)
END = START + timedelta(days=20)
EXAMPLES = 50

Sent = list[tuple[datetime, str]]  # the instant and the step of each message
Happened = Sequence[tuple[datetime, dict[str, Any]]]


def sent_here(tool: str, value: Any, path: Path, events: Happened, profile: Mapping[str, Any]) -> Sent:
    """The messages of the imported scenarios to a contact with these events."""
    path.write_text(json.dumps(value), encoding="utf-8")
    parts = read_import(tool, [path])
    parts.vocabulary.channel("email")
    for name in profile:  # attributes of the timeline must be declared, even if the export does not use them
        parts.vocabulary.attribute(name)
    for _, line in events:
        parts.vocabulary.event(line["event"], **{name: "" for name in line if name not in {"event", *profile}})
    texts = project_files("shop", "UTC", tool, parts.journeys, parts.vocabulary, parts.ledger).texts
    lines = [{"at": f"{at:%Y-%m-%d %H:%M}", **line} for at, line in events]
    case = {"name": "a", "contact": {"id": "ana", "email": "ana@example.com", "email_optin": True, **profile},
            "timeline": lines, "until": f"{END:%Y-%m-%d %H:%M}", "expect": {"messages": []}}  # fmt: skip
    names = [journey.name for journey in parts.journeys]
    texts["tests/a.test.yaml"] = json.dumps({"scenarios": names, "timezone": "UTC", "cases": [case]})
    loaded = load_files(Memory({name: text.encode() for name, text in texts.items()}), tests=True, errors_only=True)
    assert [finding for finding in loaded.findings if finding.severity == "error"] == []
    run = play(Stage(loaded.project), loaded.tests[0], loaded.tests[0].cases[0])
    return sorted(
        (datetime.fromtimestamp(each.request.at / 1_000_000, UTC).replace(tzinfo=None), each.request.state)
        for each in run.messages
    )


def value_at(events: Happened, attribute: str, at: datetime, first: Any) -> Any:
    values = [line[attribute] for moment, line in events if moment <= at and attribute in line]
    return values[-1] if values else first


# Minutes at which no wait ends, so that no two things coincide.
MOMENTS = st.lists(st.integers(1, 19 * 24), max_size=4, unique=True).map(
    lambda hours: [START + timedelta(hours=hour, minutes=7) for hour in sorted(hours)]
)
