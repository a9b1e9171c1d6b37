"""Test files are strict: each mistake in a file is reported with its place and the way to correct it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_cli.language.reader import read_yaml
from scenario_cli.language.yaml_node import plain
from scenario_cli.reports.tests_run.text import test_text as as_text
from tests.hosts.scenario_tests.stage import all_judged, findings
from tests.reference.settings import scaled
from tests.rows import rows

CASE = """\
scenario: cart
cases:
  - name: case
    contact: {id: ana, country: FR}
    timeline:
      - {at: 2025-03-03 10:00, event: cart, cart_id: c1, total: 95}
    expect: {messages: []}
"""


def with_(old: str, new: str) -> list[str]:
    assert old in CASE
    return findings(CASE.replace(old, new))


def test_a_sound_file_has_no_findings() -> None:
    assert findings(CASE) == []


@rows(
    ("old", "new", "expected"),
    [
        ("scenario: cart", "scenario: cat", "1:11: REF011 unknown scenario 'cat' | did you mean 'cart'?"),
        ("scenario: cart", "timezone: Paris", "1:11: TIME002 'Paris' is not a time zone | did you mean 'Europe"),
        ("country: FR", "contry: FR", "4:24: REF004 the profile has no attribute 'contry' | did you mean 'country'?"),
        (
            "country: FR",
            "country: 33",
            "4:33: DATA050 'country' is a text in the tracking plan | in quotes it is a text",
        ),
        ("event: cart", "event: crt", "6:39: REF001 unknown event 'crt' | did you mean 'cart'?"),
        ("cart_id", "cartid", "6:45: REF004 event 'cart' has no property 'cartid' | did you mean 'cart_id'?"),
        (
            "total: 95",
            "total: '95'",
            "6:65: DATA050 'total' is a number in the tracking plan | write it without quotes, with a point",
        ),
        ("total: 95", "items: [{skku: A}]", "6:67: REF004 'items[]' has no key 'skku' | did you mean 'sku'?"),
        ("total: 95", "items: [{qty: 1.5}]", "6:72: DATA050 'qty' is a whole number in the tracking plan |"),
        ("2025-03-03 10:00", "03/03/2025", "6:14: TIME050 '03/03/2025' is not a time | write 2025-03-03 10:00"),
        ("2025-03-03 10:00", "0225-03-03", "6:14: TIME050 the year 225 is not within 1900 and 2200 |"),
        ("2025-03-03 10:00", "+20m", "6:14: TIME001 '20m' can mean minutes or months |"),
        (
            "2025-03-03 10:00",
            "+20min",
            "6:14: TIME051 this line counts from the line before, but this is the first line |",
        ),
        ("total: 95}", "total: 95, of: reminder}", "6:73: REF013 event 'cart' has no property 'message_id' |"),
        (
            "country: FR",
            "birthday: 03/15/1992",
            "4:34: DATA050 'birthday' is a date in the tracking plan, and '03/15/1992' "
            "cannot be read as one | write it as 2025-03-10",
        ),
        ("country: FR", "birthday: 1991-02-29", "4:34: DATA050 'birthday' is a date in the tracking plan, and"),
        ("country: FR", "renews_at: tomorrow", "4:35: DATA050 'renews_at' is a date-time in the tracking plan, and"),
        (
            "country: FR",
            "renews_at: 20/01/2025 15:00",
            "4:35: DATA050 'renews_at' is a date-time in the tracking plan,",
        ),
        (
            "event: cart, cart_id: c1, total: 95",
            "event: profile_updated, renews_at: ''",
            "6:67: DATA050 'renews_at' is a",
        ),
        ("event: cart, cart_id: c1, total: 95", "event: opened, of: remindr", "6:51: REF002 unknown state 'remindr' |"),
        (
            "{messages: []}",
            "{outcome: recoverd}",
            "7:23: REF051 unknown outcome 'recoverd' | did you mean 'recovered'?",
        ),
        ("{messages: []}", "{states: [opn]}", "7:23: REF002 unknown state 'opn' | did you mean 'open'?"),
        ("{messages: []}", "{states: {hello: []}}", "7:23: REF011 the scenario 'hello' is not tested in this file |"),
        ("{messages: []}", "{profile: {tier: gold}}", "7:24: REF004 the profile has no attribute 'tier' |"),
        ("{messages: []}", "{profile: {country: 1}}", "7:33: DATA050 'country' is a text in the tracking plan |"),
        ("[]", "[{channel: mail}]", "7:35: REF003 unknown channel 'mail' | did you mean 'email'?"),
        ("[]", "[{template: cart/ofer}]", "7:36: REF007 unknown template 'cart/ofer' | did you mean 'cart/offer'?"),
        ("[]", "[{channel: push, contains: {subject: A}}]", "7:52: REF052 unknown field 'subject' | fields of this"),
        ("[]", "[{state: opn}]", "7:33: REF002 unknown state 'opn' |"),
        ("[]", "[{scenario: hello}]", "7:36: REF011 the scenario 'hello' is not tested in this file |"),
        ("[]", "[{dropped: <why>}]", "7:35: REF050 <why> is a column, and this case has no table | add 'table:"),
        ("    expect", "    until: 2025-03-02\n    expect", "7:12: TIME051 'until' is before the last line of the"),
    ],
)
def test_a_fault_is_reported_at_its_place(old: str, new: str, expected: str) -> None:
    (finding,) = with_(old, new)
    assert finding.startswith(expected)


def test_lines_must_stand_in_order_of_time() -> None:
    line = "      - {at: 2025-03-03 09:00, event: stop}\n"
    assert with_("    expect", line + "    expect") == [
        "7:14: TIME051 this line is before the line above it | put the lines in order of time"
    ]


def test_a_relative_time_needs_a_line_before_it() -> None:
    lines = findings("scenario: cart\ncases:\n  - {name: a, contact: {}, until: +1d, expect: {conversions: 0}}\n")
    assert [line.partition(" |")[0] for line in lines] == [
        "3:35: TIME051 this 'until' counts from the line before, but this is the first line"
    ]


def test_two_cases_of_one_name_are_refused() -> None:
    two_cases = CASE + CASE.partition("cases:\n")[2]
    (line,) = findings(two_cases)
    assert line.startswith("8:11: REF008 this file already has a test case 'case'")


TABLE = """\
scenario: cart
cases:
  - name: <total> is <fate>
    table:
      - {total: 79, fate: small}
      - {total: 80, fate: large}
    contact: {id: ana}
    timeline:
      - {at: 2025-03-03 10:00, event: cart, total: <total>}
    expect: {messages: []}
"""


@pytest.mark.parametrize("written", ["1992-03-15", "1992-03-15T00:00:00Z", "1992-03-15 10:00", "null"])
def test_a_date_of_a_case_may_have_a_time_and_a_zone_or_be_missing(written: str) -> None:
    assert with_("country: FR", f"birthday: {written}") == []


@rows(
    ("old", "new", "expected"),
    [
        ("<total>}", "<totl>}", ["9:52: REF050 the table has no column 'totl' | did you mean 'total'?"]),
        ("80, fate: large", "80", ["6:9: SCH002 row 2 of the table has no 'fate' | every row has the columns"]),
        ("large}", "large, more: 1}", ["6:34: SCH001 row 2 of the table has another column, 'more' |"]),
        ("total: 80", "total: '80'", ["6:17: DATA050 'total' is a number in the tracking plan |"]),
        ("fate: large", "fate: [large]", ["6:27: SCH003 <fate> is inside a text, so its value cannot be a list"]),
        ("name: <total> is <fate>", "name: <total>", ["5:21: REF050 no line uses the column 'fate' | write <fate>"]),
        ("messages: []", "conversions: <fate>", [
            "5:27: SCH005 'conversions' of 'expect' of test case '79 is small' must be a whole number",
            "6:27: SCH005 'conversions' of 'expect' of test case '80 is large' must be a whole number",
        ]),
    ],
)  # fmt: skip
def test_a_fault_of_a_table_is_reported_at_its_place(old: str, new: str, expected: list[str]) -> None:
    assert findings(TABLE) == []
    lines = findings(TABLE.replace(old, new))
    assert len(lines) == len(expected), lines
    for each, begins in zip(lines, expected, strict=True):
        assert each.startswith(begins)


WHOLE = """\
scenario: cart
cases:
  - name: <total> is <fate>
    table: [{total: 79, fate: small}]
    contact: {id: ana, country: FR}
    timeline:
      - {at: 2025-03-03 10:00, event: cart, event_id: e1, total: <total>, items: [{sku: A1, qty: 1}]}
      - {at: +2h, event: opened, of: reminder, properties: {message_id: x}}
    until: +7d
    expect:
      messages: [{at: +1h, channel: email, dropped: capped, contains: {subject: A1}, state: open}]
      outcome: {cart: [running]}
      states: [open]
      conversions: {cart: 0}
"""
STRANGE: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 2.5, "", "a", "<fate>", "<b>", "+1d", "2025-01-01", [], ["a"], [[]], {}, {"a": "b"}, [{}],
     {"id": []}, {"at": 3}, {"cart": {}}]
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, field in entries:
        yield (*path, key)
        yield from places(field, (*path, key))


@given(st.data())
@settings(max_examples=scaled(120), deadline=None)
def test_any_test_file_gives_findings_and_no_crash(data: st.DataObject) -> None:
    node, _ = read_yaml(WHOLE.encode(), "x.test.yaml")
    assert node is not None
    value = plain(node)
    for _ in range(data.draw(st.integers(1, 3))):
        *above, last = data.draw(st.sampled_from(list(places(value)) or [("a",)]))
        holder = value
        for step in above:
            holder = holder[step]
        if isinstance(holder, dict) and data.draw(st.booleans()):
            holder.pop(last, None)
        else:
            holder[last] = deepcopy(data.draw(STRANGE))
    text = json.dumps(value)
    if not findings(text):
        assert as_text(all_judged(text), None, color=False, width=80)


def test_an_outcome_of_a_date_that_is_past_may_be_expected() -> None:
    assert findings(CASE.replace("scenario: cart", "scenario: clock").replace("messages: []", "outcome: late")) == []
