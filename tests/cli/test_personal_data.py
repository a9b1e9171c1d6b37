"""Contacts and keys that are addresses or telephone numbers: output masks them, only a plan's file has them in full."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.reports.why.stage import Line, answer, make
from tests.rows import rows

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


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a log of all these people. Each begins a journey whose key is the person's id, and moves on."""
    log: list[Line] = []
    for person in PEOPLE:
        properties = {"id": person, "s": person, "cart": {person: person}, "items": [person]}
        log += [
            (person, "2025-03-03 10:00", "started", properties),
            (person, "2025-03-05 10:00", "changed", {"id": person}),
        ]
    return make(tmp_path_factory.mktemp("people"), SCENARIO, log=tuple(log))


def is_hidden(person: str, shown: tuple[int, str, str]) -> bool:
    return not any(
        form in text for form in (person, json.dumps(person, ensure_ascii=False)[1:-1]) for text in shown[1:]
    )


@rows("person", PEOPLE)
def test_nothing_shown_of_one_contact_has_it_or_the_key_of_a_journey_whole(person: str, project: Path) -> None:
    for command in (
        ("why", person), ("why", person, "--format", "json"),
        ("preview", "welcome", "--contact", person), ("preview", "welcome", "--contact", f"{person}9"),
    ):  # fmt: skip
        assert is_hidden(person, answer(*command, "--project", str(project))), command
    assert person in answer("why", person, "--project", str(project), "--show-data")[1]


def test_nothing_shown_of_all_has_a_contact_or_the_key_of_a_journey_whole(project: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.jsonl"
    for command in (
        ("dry-run",), ("dry-run", "--format", "json"), ("dry-run", "--plan", str(plan)),
        ("plan", "--as-of", "2025-03-03"), ("plan", "--as-of", "2025-03-03T10:00"),
    ):  # fmt: skip
        shown = answer(*command, "--project", str(project))
        assert shown[0] == 0
        for person in PEOPLE:
            assert is_hidden(person, shown), command
    assert {json.loads(line)["contact_id"] for line in plan.read_text(encoding="utf-8").splitlines()} == set(PEOPLE)
