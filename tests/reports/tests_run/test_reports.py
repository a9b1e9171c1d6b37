"""The output for failing cases, line by line; JSON against its schema; JUnit as CI systems read it.

`UPDATE_CASES=1 pytest tests/reports/tests_run` writes the outputs anew; read the difference.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.cells import cell_len

from scenario_cli.analysis.coverage import coverage
from scenario_cli.model.case_run import Verdict
from scenario_cli.reports.tests_run.github import test_github as as_github
from scenario_cli.reports.tests_run.json import test_json as as_json
from scenario_cli.reports.tests_run.junit import test_junit as as_junit
from scenario_cli.reports.tests_run.text import test_text as as_text
from tests.hosts.scenario_tests.stage import all_judged, judged, shop
from tests.output_schema import fitting

HERE = Path(__file__).parent


def failing() -> list[Verdict]:
    return all_judged((HERE / "failing.test.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("width", [80, 120])
def test_a_failing_case_shows_what_was_expected_beside_what_happened(width: int) -> None:
    printed = as_text(failing(), None, color=False, width=width)
    golden = HERE / f"failing.{width}.out"
    if os.environ.get("UPDATE_CASES"):
        golden.write_text(printed, encoding="utf-8")
    assert printed == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    for line in as_text(failing(), None, color=False, width=width).splitlines():
        assert cell_len(line) <= width, line


@pytest.mark.parametrize("width", [60, 80])
def test_wide_letters_and_words_without_a_space_stay_within_the_terminal(width: int) -> None:
    name = "東京の大きなランプ" * 9
    line = f"{{at: 2025-03-03 10:00, event: cart, cart_id: {name}, total: 95, items: [{{sku: {name}, qty: 1}}]}}"
    expect = f"{{messages: [{{key: {name}, contains: {{subject: {name}}}}}]}}"
    for printed in as_text([judged(expect, line)], None, color=False, width=width).splitlines():
        assert cell_len(printed) <= width, printed


def test_colour_changes_no_word() -> None:
    colored = as_text(failing(), None, color=True, width=80)
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == as_text(failing(), None, color=False, width=80)


def test_data_cannot_steer_the_terminal() -> None:
    verdict = judged(
        "{messages: []}", '{at: 2025-03-03 10:00, event: cart, cart_id: "a\\e[2J\\u0007", total: 95, items: []}'
    )
    printed = as_text([verdict], None, color=False, width=80) + as_junit([verdict])
    assert "\x1b" not in printed
    assert "\x07" not in printed
    ElementTree.fromstring(as_junit([verdict]).encode())


def test_json_fits_its_schema() -> None:
    verdicts = [*failing(), judged("{outcome: small}")]
    scenarios = list(shop().project.scenarios.values())
    document = fitting("test", as_json(verdicts, coverage(scenarios, (verdict.run for verdict in verdicts))))
    fitting("test", as_json(verdicts, None))
    assert (document["passed"], document["failed"]) == (1, 4)
    first, *_, last = document["cases"]
    assert {
        "at": "2025-03-05T08:00:00+01:00",
        "kind": "condition",
        "scenario": "cart",
        "text": "after 1d if cart.total >= 80: no",
        "condition": "cart.total >= 80 and contact.email is not none",
        "held": False,
        "failed": "cart.total >= 80",
        "values": {"cart.total": "60"},
    } in first["timeline"]
    assert last["timeline"] is None
    assert [message["template"] for message in last["messages"]] == ["cart/reminder", "cart/reminder", "cart/offer"]
    assert last["journeys"] == [
        {"scenario": "cart", "key": "c1", "states": ["open", "reminder", "offer"], "outcome": "small"}
    ]


def test_junit_counts_cases_and_carries_both_timelines() -> None:
    verdicts = [*failing(), judged("{outcome: small}")]
    root = ElementTree.fromstring(as_junit(verdicts))
    assert root.attrib == {"name": "scenario test", "tests": "5", "failures": "4", "errors": "0"}
    cases = root.findall("testsuite/testcase")
    assert [case.find("failure") is not None for case in cases] == [True] * 4 + [False]
    assert cases[0].get("line") == "2"
    failure = cases[0].find("failure")
    assert failure is not None
    assert failure.get("message", "").startswith(
        "message 2 (email cart/reminder): was sent at 2025-03-03 22:30, expected"
    )
    assert "actual, times in Europe/Paris" in (failure.text or "")


def test_the_same_cases_give_the_same_bytes() -> None:
    assert as_junit(failing()) == as_junit(failing())
    assert as_json(failing(), None) == as_json(failing(), None)


def alike() -> list[Verdict]:
    """Two cases and a row that fail for the same cause at different times, and one case that fails for another
    cause.
    """
    return all_judged(
        """
scenario: cart
contacts:
  ana: {email: ana@example.com, email_optin: true, push_token: t, country: FR}
cases:
  - name: on Monday
    contact: {like: ana}
    timeline: [{at: 2025-03-03 10:00, event: cart, cart_id: c1, total: 20, items: []}]
    expect: {messages: [{channel: email}]}
  - name: on Tuesday, %, with <total>
    table: [{total: 20}, {total: 30}]
    contact: {like: ana}
    timeline: [{at: 2025-03-04 11:00, event: cart, cart_id: c1, total: <total>, items: []}]
    expect: {messages: [{at: 2025-03-04 12:00, channel: email}]}
  - name: abroad
    contact: {like: ana, country: IT}
    timeline: [{at: 2025-03-03 10:00, event: cart, cart_id: c1, total: 20, items: []}]
    expect: {states: [open]}
"""
    )


def test_a_cause_that_fails_several_cases_is_shown_once_with_the_list() -> None:
    printed = as_text(alike(), None, color=False, width=80)
    assert printed.count("- not expected: push cart/reminder") == 1
    assert printed.count("expected  ") == 2
    assert (
        """
✗ 2 more cases fail alike
  x.test.yaml:11  on Tuesday, %, with 20
  x.test.yaml:11  on Tuesday, %, with 30

✗ x.test.yaml:15
  abroad
"""
        in printed
    )


def test_json_and_junit_name_the_case_with_the_same_cause() -> None:
    document = json.loads(as_json(alike(), None))
    same = {"file": "x.test.yaml", "line": 6}
    assert [case["fails_like"] for case in document["cases"]] == [None, same, same, None]
    failures = ElementTree.fromstring(as_junit(alike())).findall("testsuite/testcase/failure")
    assert [("actual, times in" in (failure.text or "")) for failure in failures] == [True, False, False, True]
    assert (failures[1].text or "").splitlines() == [
        "fails like x.test.yaml:6  on Monday",
        "- not expected: push cart/reminder at 2025-03-04 12:00",
    ]


def test_github_gets_an_annotation_for_each_cause_and_the_total() -> None:
    assert as_github(alike()).splitlines() == [
        "::error title=scenario test,file=x.test.yaml,line=6::on Monday%0A- not expected: push cart/reminder at "
        "2025-03-03 11:00%0A%0A2 more cases fail alike:%0Ax.test.yaml:11 on Tuesday, %25, with 20%0Ax.test.yaml:11 on "
        "Tuesday, %25, with 30",
        "::error title=scenario test,file=x.test.yaml,line=15::abroad%0A- states: expected open; got nobody entered",
        "::notice title=scenario test::0 cases passed, 4 failed",
    ]
