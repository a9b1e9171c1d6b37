"""Contacts and keys that are addresses or telephone numbers: nothing shown has them whole, a plan's file has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.reports.why.stage import answer, make

PEOPLE = (
    "ana+news@example.com", "o'brien@example.com", '"ana b"@example.com', "+33 6 12 34 56 78", "+33612345678",
    "0033612345678", "(06) 12.34.56.78", "06-12-34-56-78", "FR76 3000 6000 0112 3456 7890 189",
)  # fmt: skip

SCENARIO = """
scenario: welcome
status: live
purpose: transactional
trigger: {event: started}
key: trigger.id
states:
  first: {send: {email: hello}, next: second}
  second: {after: {1d: third}}
  third: {send: {email: hello}, end: done}
"""


@pytest.mark.parametrize("person", PEOPLE)
def test_nothing_shown_has_the_contact_or_the_key_of_a_journey_whole(person: str, tmp_path: Path) -> None:
    log = (
        (
            person,
            "2025-03-03 10:00",
            "started",
            {"id": person, "s": person, "cart": {person: person}, "items": [person]},
        ),
        (person, "2025-03-05 10:00", "changed", {"id": person}),
    )
    project = str(make(tmp_path, SCENARIO, log=log))
    plan = tmp_path / "plan.jsonl"
    shown = [
        answer(*command, "--project", project)
        for command in (
            ("why", person), ("why", person, "--format", "json"), ("dry-run",), ("dry-run", "--format", "json"),
            ("dry-run", "--plan", str(plan)), ("plan", "--as-of", "2025-03-03"),
            ("preview", "welcome", "--contact", person), ("preview", "welcome", "--contact", f"{person}9"),
        )
    ]  # fmt: skip
    for _, out, err in shown:
        assert person not in out
        assert json.dumps(person, ensure_ascii=False)[1:-1] not in out
        assert person not in err
    assert {json.loads(line)["contact_id"] for line in plan.read_text(encoding="utf-8").splitlines()} == {person}
    assert person in answer("why", person, "--project", project, "--show-data")[1]
