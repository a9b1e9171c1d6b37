"""Shared parts of a file's cases, draws that a case fixes, and expectations about conversions and journeys."""

from __future__ import annotations

import pytest

from tests.hosts.scenario_tests.stage import all_judged, cart, difference_texts, fed, findings, judged
from tests.rows import rows

SHARED = """
scenario: cart
contacts:
  ana: {email: ana@example.com, email_optin: true, push_token: t, country: FR}
  abroad: {like: ana, country: IT, push_token: null}
  numbered: {id: c5, country: FR}
timelines:
  a_cart:
    - {at: 2025-03-03 10:00, event: cart, cart_id: c1, total: 95, items: []}
  two_looks:
    - {at: +10min, event: look, sku: A}
    - {at: +10min, event: look, sku: B}
  all_day:
    - {like: a_cart}
    - {like: two_looks}
cases:
"""


def test_a_contact_is_like_a_shared_one_but_for_what_the_case_writes() -> None:
    verdicts = all_judged(
        SHARED
        + """
  - name: as it is
    contact: {like: ana}
    timeline: [{like: all_day}]
    expect: {states: [open, reminder, offer]}
  - name: with other attributes, through two of them
    contact: {like: abroad, locale: fr}
    timeline: [{like: a_cart}]
    expect: {states: []}
  - name: with the id that it has
    contact: {like: numbered}
    timeline: [{like: a_cart}]
    expect: {outcome: no_response}
"""
    )
    assert [list(difference_texts(result)) for result in verdicts] == [[], [], []]
    assert [result.run.case.contact_id for result in verdicts] == ["ana", "abroad", "c5"]
    assert verdicts[1].run.case.profile == {
        "email": "ana@example.com", "email_optin": True, "push_token": None, "country": "IT", "locale": "fr",
    }  # fmt: skip


def test_shared_lines_stand_where_they_are_taken_in_and_count_from_the_line_before() -> None:
    text = (
        SHARED
        + """
  - name: a whole day, and once more
    contact: {like: abroad}
    timeline: [{like: all_day}, {at: +1h, event: stop}, {like: two_looks}]
    expect: {states: []}
  - {name: the rest, contact: {like: numbered}, expect: {states: []}}
"""
    )
    assert [line[11:] for line in fed(all_judged(text)[0].run)] == [
        "09:00 cart", "09:10 look", "09:20 look", "10:20 stop", "10:30 look", "10:40 look",
    ]  # fmt: skip


def test_a_row_fills_shared_parts_and_can_name_them() -> None:
    text = """
scenario: cart
contacts:
  of_row: {country: <country>}
  other: {country: IT}
timelines:
  of_row: [{at: 2025-03-03 10:00, event: cart, cart_id: c1, total: <total>, items: []}]
cases:
  - name: <who> with <total>
    table:
      - {who: of_row, country: FR, total: 95, states: [open]}
      - {who: of_row, country: FR, total: 0, states: []}
      - {who: other, country: FR, total: 95, states: []}
    contact: {like: <who>}
    timeline: [{like: of_row}]
    until: +0s
    expect: {states: <states>}
"""
    assert [list(difference_texts(each)) for each in all_judged(text)] == [[], [], []]


@rows(
    ("head", "case", "finding"),
    [
        ("contacts: {ana: {country: FR}}", "contact: {like: anna}, timeline: []", "REF053 unknown contact 'anna'"),
        ("timelines: {a: []}", "contact: {}, timeline: [{like: b}]", "REF053 unknown timeline 'b'"),
        ("contacts: {ana: {}, bo: {}}", "contact: {like: ana}", "REF053 no case uses the contact 'bo'"),
        ("timelines: {a: []}", "contact: {}", "REF053 no case uses the timeline 'a'"),
        ("contacts: {a: {like: b}, b: {like: a}}", "contact: {like: a}", "REF053 the contact 'a' refers to itself"),
        (
            "timelines: {a: [{like: a}]}",
            "contact: {}, timeline: [{like: a}]",
            "REF053 the timeline 'a' refers to itself",
        ),
        ("contacts: {ana: {contry: FR}}", "contact: {like: ana}", "REF004 the profile has no attribute 'contry'"),
        ("timelines: {a: [{at: +1x, event: look}]}", "contact: {}, timeline: [{like: a}]", "TIME001"),
        (
            "timelines: {a: [{at: +1d}]}",
            "contact: {}, timeline: [{like: a}]",
            "SCH002 entry 1 of 'a' of 'timelines' has none of 'event' and 'like'",
        ),
        ("contacts: {ana: []}", "contact: {like: ana}", "SCH003 'ana' of 'contacts'"),
    ],
)
def test_faults_of_shared_parts_are_findings(head: str, case: str, finding: str) -> None:
    lines = findings(f"scenario: cart\n{head}\ncases:\n  - {{name: a, {case}, expect: {{messages: []}}}}\n")
    assert any(finding in line for line in lines), lines


HELD = "scenario: held"


@pytest.mark.parametrize("arm", ["short", "long"])
def test_a_case_decides_which_arm_of_a_split_is_taken(arm: str) -> None:
    for contact in ("ana", "bo", "c5"):
        verdict = judged(
            f"{{states: [halves, {arm}]}}", head=HELD, contact=f"{{id: {contact}}}", case=f"variant: {{halves: {arm}}}"
        )
        assert difference_texts(verdict) == []


@pytest.mark.parametrize(
    ("draws", "dropped"),
    [
        (("holdout: false", "control_group: false"), ""),
        (("holdout: true", "control_group: false"), "holdout"),
        (("holdout: false", "control_group: true"), "control_group"),
        (("holdout: {held: true}", "control_group: false"), "holdout"),
    ],
)
def test_a_case_decides_on_holdout_and_control_group(draws: tuple[str, str], dropped: str) -> None:
    for contact in ("ana", "bo", "c5"):
        person = f"{{id: {contact}, email: a@example.com, email_optin: true}}"
        verdict = judged("{outcome: told}", head=HELD, contact=person, case="\n    ".join(draws))
        assert difference_texts(verdict) == []
        assert [message.reason for message in verdict.run.messages] == [dropped]


def test_a_split_can_be_named_with_its_scenario() -> None:
    head = "scenarios: [held, cart]"
    expect = "{states: {held: [halves, long]}}"
    assert judged(expect, head=head, case="variant: {held: {halves: long}, arms: offer}", until="+1h").passed


@rows(
    ("head", "case", "finding"),
    [
        (HELD, "variant: {halfs: short}", "5:15: REF002 unknown state 'halfs' | did you mean 'halves'?"),
        (HELD, "variant: {halves: shrt}", "5:23: REF054 unknown arm 'shrt' | did you mean 'short'?"),
        (HELD, "variant: {short: long}", "5:15: REF054 state 'short' has no 'split' | use a state with 'split'"),
        (HELD, "variant: {cart: {arms: offer}}", "5:15: REF011 the scenario 'cart' is not tested in this file"),
        ("scenario: cart", "holdout: true", "5:14: REF054 no scenario under test has a holdout | declare 'holdout'"),
        ("scenarios: [held, cart]", "holdout: {cart: true}", "5:15: REF054 scenario 'cart' has no holdout | declare"),
        (HELD, "holdout: maybe", "5:14: SCH005 'holdout' of test case 'a' must be true or false, or a <column>"),
    ],
)  # fmt: skip
def test_an_impossible_draw_is_a_finding(head: str, case: str, finding: str) -> None:
    text = f"{head}\ncases:\n  - name: a\n    contact: {{}}\n    {case}\n    expect: {{messages: []}}\n"
    lines = findings(text)
    assert len(lines) == 1 and lines[0].startswith(finding), lines


BUYS = "{at: +5min, event: buy, cart_id: c1, total: 3}"


def test_the_value_of_a_conversion_is_compared() -> None:
    lines = cart(), BUYS
    assert judged("{conversions: [{value: 3, event: buy, key: c1}]}", *lines).passed
    assert difference_texts(judged("{conversions: [{value: 4}]}", *lines)) == [
        "conversions: expected value 4; got event buy, key c1, value 3"
    ]
    assert difference_texts(judged("{conversions: {cart: [{value: 3}, {key: c2}]}}", *lines)) == [
        "conversions of cart: expected value 3; key c2; got event buy, key c1, value 3"
    ]
    assert difference_texts(judged("{conversions: [{value: 3}]}")) == ["conversions: expected value 3; got none"]


def test_a_value_that_was_worked_out_is_compared_as_a_person_reads_it() -> None:
    assert 3 * 0.1 != 0.3
    assert judged("{conversions: [{value: 0.3}]}", cart(), BUYS, head=HELD, until="+1h").passed


def test_a_message_can_name_its_journey_by_number() -> None:
    lines = cart(), cart("+10min", cart_id="c2")
    expect = "{messages: [{of: 1}, {of: 1}, {of: 2}, {of: 2}]}"
    assert difference_texts(judged(expect, *lines, until="+1h")) == []
    assert difference_texts(judged(expect.replace("of: 2}]", "of: 1}]"), *lines, until="+1h")) == [
        "message 4 (push cart/reminder): sent by journey 2 of cart, expected journey 1"
    ]


def test_a_row_may_hold_whole_lines_and_leave_them_out() -> None:
    text = """
scenario: cart
cases:
  - name: <why>
    table:
      - {why: nothing more, line: null, first: {channel: email}, second: {channel: push}}
      - {why: bought, line: {at: +30min, event: buy, cart_id: c1, total: 3}, first: null, second: null}
    contact: {id: ana, email: ana@example.com, email_optin: true, push_token: t, country: FR}
    timeline: [{at: 2025-03-03 10:00, event: cart, cart_id: c1, total: 95, items: []}, <line>]
    until: +1h
    expect: {messages: [<first>, <second>]}
  - name: <why> as a whole
    table: [{why: a number, whole: {conversions: 0}}, {why: a list, whole: {conversions: []}}]
    contact: {id: ana, country: FR}
    expect: <whole>
"""
    verdicts = all_judged(text)
    assert [list(difference_texts(result)) for result in verdicts] == [[], [], [], []]
    assert [len(result.run.case.timeline) for result in verdicts] == [1, 2, 0, 0]


@pytest.mark.parametrize(
    ("old", "new"),
    [("timeline: []", "timeline: [<line>]"), ("{messages: []}", "{messages: [<line>]}"), ("{messages: []}", "<line>"),
     ("{messages: []}", "{conversions: [<line>]}")],
)  # fmt: skip
def test_a_column_without_a_table_is_a_finding(old: str, new: str) -> None:
    case = "  - {name: a, contact: {}, timeline: [], expect: {messages: []}}\n".replace(old, new)
    assert any(
        "REF050 <line> is a column, and this case has no table" in finding for finding in findings(f"cases:\n{case}")
    )
