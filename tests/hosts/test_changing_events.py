"""The events that a scheduled row of a plan names under `unless`: each of them changes the message."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.reports.why.stage import answer, make

METRICS = "metrics: {orders: {count: bought}}\nsegments: {buyer: metric.orders >= 2}\n"
STARTED = "scenario: s\ntrigger: {event: started}"
MAIL = "mail: {send: {email: hi}, end: done}"
WAIT = "after: {1d: mail}"
THEN_MAIL = f"states: {{wait: {{{WAIT}}}, {MAIL}}}"


@pytest.mark.parametrize(
    ("scenarios", "expected"),
    [
        ([f"{STARTED}\n{THEN_MAIL}"], []),
        ([f"{STARTED}\nstates: {{wait: {{on: {{interest: {{end: no}}}}, {WAIT}}}, {MAIL}}}"], ["changed", "clicked"]),
        ([f"{STARTED}\nstates: {{wait: {{on: {{noted: {{set: {{n: 1}}}}}}, {WAIT}}}, {MAIL}}}"], []),
        ([f"{STARTED}\ngoal: {{event: bought}}\n{THEN_MAIL}"], ["bought"]),
        ([f"{STARTED}\ngoal: {{event: bought, ends: false}}\n{THEN_MAIL}"], []),
        ([f"{STARTED}\nwhile_running: restart\n{THEN_MAIL}"], ["started"]),
        ([f"{STARTED}\nwhen: {{segment.buyer: {{end: no}}}}\n{THEN_MAIL}"], ["bought"]),
        (
            [f"{STARTED}\nstates: {{wait: {{after: [{{wait: 1d, if: not happened('noted'), to: mail}}]}}, {MAIL}}}"],
            ["noted"],
        ),
        (
            [
                f"{STARTED}\nstates:\n  wait: {{after: {{1d: which}}}}\n"
                f"  which: {{choose: {{metric.orders > 0: {{end: no}}, else: mail}}}}\n  {MAIL}"
            ],
            ["bought"],
        ),
        (
            [
                f"{STARTED}\nstates: {{wait: {{{WAIT}}}, mail: {{send: {{email: "
                "{template: hi, if: count('noted') == 0 and count('message.sent') == 0}}, end: done}}"
            ],
            ["noted"],
        ),
        (
            [
                f"{STARTED}\npriority: 20\nexclusive: g\n{THEN_MAIL}",
                "scenario: high\ntrigger: {event: clicked}\npriority: 30\nexclusive: g\nstates: {a: {end: no}}",
                "scenario: low\ntrigger: {event: changed}\npriority: 10\nexclusive: g\nstates: {a: {end: no}}",
            ],
            ["clicked"],
        ),
        ([f"scenario: s\ntrigger: {{absence: bought, for: 3d, since: started}}\nstates: {{{MAIL}}}"],
         ["bought", "started"]),
        (
            [f"scenario: s\ntrigger: {{schedule: at 09:00 on tue}}\naudience: not segment.buyer\nstates: {{{MAIL}}}"],
            ["bought"],
        ),
    ],
)  # fmt: skip
def test_the_events_that_change_a_scheduled_message(tmp_path: Path, scenarios: list[str], expected: list[str]) -> None:
    contacts = "contact_id,email,email_optin\nana,ana@example.com,true\n"
    log = (("ana", "2025-03-03 10:00", "started"),)
    project = make(tmp_path, *scenarios, log=log, contacts=contacts, metrics=METRICS)
    plan = ("plan", "--project", str(project), "--as-of", "2025-03-03T12:00", "--format", "json", "--quiet")
    code, out, err = answer(*plan)
    assert (code, err) == (0, "")
    (row,) = json.loads(out)["rows"]
    assert (row["status"], row["unless"]) == ("scheduled", expected)
