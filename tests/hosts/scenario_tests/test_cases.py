"""The meaning of a test case: its times, its contact, the compared facts, and its end."""

from __future__ import annotations

from tests.hosts.scenario_tests.stage import all_judged, cart, difference_texts, fed, judged, last, message_lines
from tests.rows import rows

LOOK = "{at: +20min, event: look, sku: B}"


def test_only_what_is_written_is_compared() -> None:
    verdict = judged("{messages: [{template: cart/reminder}, {channel: push}, {at: 2025-03-04 11:00}]}")
    assert verdict.passed
    assert message_lines(verdict.run) == [
        "2025-03-03 11:00 email cart/reminder",
        "2025-03-03 11:00 push cart/reminder",
        "2025-03-04 11:00 email cart/offer",
    ]


def test_messages_must_match_in_number() -> None:
    assert difference_texts(judged("{messages: [{template: cart/reminder}, {channel: push}]}")) == [
        "not expected: email cart/offer at 2025-03-04 11:00"
    ]
    assert difference_texts(
        judged("{messages: [{channel: email}, {channel: push}, {channel: email}, {channel: push}]}")
    ) == ["message 4 is missing: push"]


def test_messages_must_match_in_order() -> None:
    swapped = judged("{messages: [{channel: push}, {channel: email}]}", until="+2h")
    assert difference_texts(swapped) == [
        "message 1 (email cart/reminder): channel is email, expected push",
        "message 2 (push cart/reminder): channel is push, expected email",
    ]


def test_one_message_too_many_is_one_difference() -> None:
    expect = "{messages: [{channel: email, template: cart/reminder}, {channel: email, template: cart/offer}]}"
    assert difference_texts(judged(expect)) == ["not expected: push cart/reminder at 2025-03-03 11:00"]


def test_a_message_without_dropped_must_have_left() -> None:
    contact = "{id: a, country: FR, push_token: t}"
    verdict = judged("{messages: [{channel: email}, {channel: push}]}", until="+2h", contact=contact)
    assert difference_texts(verdict) == [
        "message 1 (email cart/reminder dropped: no_address): expected to be sent, was dropped: no_address"
    ]


def test_a_dropped_message_must_be_dropped_for_its_reason() -> None:
    verdict = judged("{messages: [{channel: email, dropped: capped}, {channel: push}]}", until="+2h")
    assert difference_texts(verdict) == [
        "message 1 (email cart/reminder): expected to be dropped: capped, but it was sent"
    ]


@rows(
    ("field", "sentence"),
    [
        ("state: offer", "state is reminder, expected offer"),
        ("key: c2", "key is c1, expected c2"),
        ("address: b@example.com", "address is ana@example.com, expected b@example.com"),
        ("purpose: transactional", "purpose is marketing, expected transactional"),
        ("locale: fr", "locale is none, expected fr"),
        ("variant: offer", "variant is none, expected offer"),
        ("at: 2025-03-03 11:01", "was sent at 2025-03-03 11:00, expected at 2025-03-03 11:01"),
        ("contains: {subject: c2}", "subject does not contain 'c2': Cart c1 of 95"),
    ],
)
def test_every_field_of_a_message_can_be_compared(field: str, sentence: str) -> None:
    verdict = judged(f"{{messages: [{{{field}}}, {{channel: push}}]}}", until="+2h")
    assert difference_texts(verdict) == [f"message 1 (email cart/reminder): {sentence}"]


def test_a_text_is_found_in_html_as_people_read_it() -> None:
    for text in ("Tom & co", "Tom &amp; co", "for two days.", "<strong>two", "days. Why ?", "days.\u00a0Why"):
        assert judged(f"{{messages: [{{contains: {{body: '{text}'}}}}, {{channel: push}}]}}", until="+2h").passed


def test_the_template_is_the_one_for_the_contacts_locale() -> None:
    contact = "{id: a, email: a@example.com, email_optin: true, country: FR, locale: fr_FR}"
    expect = "{messages: [{locale: fr, contains: {subject: Panier c1}}, {dropped: no_address}]}"
    assert judged(expect, until="+2h", contact=contact).passed


def test_a_message_that_cannot_be_rendered_is_dropped_with_its_place() -> None:
    looked = "{at: +20min, event: look, sku: A1}"
    expect = "{messages: [{channel: email}, {channel: push}, {channel: email}]}"
    verdict = judged(expect, cart(total=20), looked)
    assert not verdict.passed
    assert "render_error" in difference_texts(verdict)[0]
    assert "last_call.email.j2:4: 'int' object is not iterable" in difference_texts(verdict)[0]
    assert judged(expect.replace("email}]", "email, dropped: render_error}]"), cart(total=20), looked).passed


def test_the_arm_of_a_split_can_be_compared() -> None:
    opened = "{at: +2h, event: opened, of: reminder}"
    for arm, passes in (("last_call", False), ("offer", True)):
        contact = "{id: c5, email: a@example.com, email_optin: true, country: FR}"
        expect = f"{{messages: [{{channel: email}}, {{channel: push, dropped: no_address}}, {{variant: {arm}}}]}}"
        assert judged(expect, cart(), opened, contact=contact).passed is passes


def test_a_relative_time_counts_from_the_line_before() -> None:
    buy = "{at: +10min, event: buy, cart_id: c1, total: 5}"
    assert fed(judged("{outcome: recovered}", cart(), LOOK, buy).run) == [
        "2025-03-03 09:00 cart",
        "2025-03-03 09:20 look",
        "2025-03-03 09:30 buy",
    ]


def test_the_first_expected_message_counts_from_the_last_line_and_each_later_one_from_the_one_before() -> None:
    assert judged("{messages: [{at: +40min}, {at: +0s}, {at: +1d}]}", cart(), LOOK).passed


def test_days_of_a_relative_time_are_days_on_the_wall() -> None:
    verdict = judged("{states: [open]}", cart("2025-03-29 10:00"), "{at: +1d, event: look, sku: B}", until="+0s")
    assert fed(verdict.run)[1] == "2025-03-30 08:00 look"  # 10:00 in Paris, 23 hours later


def test_times_are_on_the_clock_of_the_file() -> None:
    head = "scenario: cart\ntimezone: America/New_York"
    assert judged("{messages: [{at: 2025-03-03 11:00}, {at: 2025-03-03T16:00Z}]}", until="+2h", head=head).passed


def test_a_contact_without_a_zone_lives_on_the_clock_of_the_project() -> None:
    head = "scenario: cart\ntimezone: America/New_York"
    # 22:30 in Paris: the push waits for 08:00 there.
    expect = "{messages: [{at: 2025-03-03 16:30}, {at: 2025-03-04 02:00}]}"
    assert difference_texts(judged(expect, cart("2025-03-03 15:30"), until="+12h", head=head)) == []


def test_a_contacts_own_zone_counts_for_quiet_hours() -> None:
    contact = "{id: a, push_token: t, country: FR, timezone: Asia/Tokyo}"
    expect = "{messages: [{dropped: no_address}, {at: 2025-03-04 00:00, channel: push}]}"
    assert difference_texts(judged(expect, cart("2025-03-03 14:30"), until="+1d", contact=contact)) == []


def test_a_case_without_until_runs_until_every_journey_has_ended() -> None:
    verdict = judged("{outcome: small}")
    assert difference_texts(verdict) == []
    assert last(verdict.run) == "2025-03-04 10:00"


def test_without_until_a_case_ends_400_days_after_its_last_line() -> None:
    head = "scenario: weekly"
    verdict = judged("{outcome: running}", "{at: 2025-01-01 12:00, event: look, sku: B}", head=head)
    assert difference_texts(verdict) == []
    assert last(verdict.run) == "2026-02-04 11:00"  # the 57th Wednesday; the 58th is past the 400 days


def test_a_case_stops_at_until_inclusively() -> None:
    assert judged("{states: [open], outcome: running}", until="2025-03-03 10:59:59").passed
    assert judged("{states: [open, reminder], outcome: running}", until="+1h").passed


def test_nobody_enters_where_the_states_are_none() -> None:
    assert difference_texts(judged("{states: []}")) == ["states: expected nobody enters; got open, reminder, offer"]
    assert judged("{states: [], messages: []}", cart(total=0)).passed


def test_outcomes_of_several_journeys_stand_in_order_of_entry() -> None:
    lines = cart(), cart("+5min", cart_id="c2"), "{at: +5min, event: buy, cart_id: c2, total: 1}"
    assert judged("{outcome: [running, recovered]}", *lines, until="+5min").passed
    assert difference_texts(judged("{outcome: recovered}", *lines, until="+5min")) == [
        "outcome: expected recovered; got 2 journeys: running, recovered"
    ]


def test_conversions_are_counted() -> None:
    buy = "{at: +5min, event: buy, cart_id: c1, total: 1}"
    assert judged("{conversions: 1}", cart(), buy).passed
    assert difference_texts(judged("{conversions: 2}", cart(), buy)) == ["conversions: expected 2; got 1"]


def test_the_profile_at_the_end_is_compared_attribute_by_attribute() -> None:
    changed = "{at: +5min, event: profile_updated, country: BE, locale: fr}"
    assert judged("{profile: {country: BE, locale: fr, push_token: t, birthday: null}}", cart(), changed).passed
    assert difference_texts(judged("{profile: {country: FR, locale: null}}", cart(), changed)) == [
        "attribute country: expected FR; got BE",
        "attribute locale: expected none; got fr",
    ]


def test_expectations_about_several_scenarios_are_by_name() -> None:
    head = "scenarios: [cart, hello]"
    expect = "{outcome: {cart: running, hello: greeted}, states: {hello: [greeting]}, conversions: {cart: 0}}"
    assert difference_texts(judged(expect, until="+2h", head=head)) == []
    expect = "{states: {hello: [greeting, greeting]}, outcome: {cart: stopped}}"
    assert difference_texts(judged(expect, until="+2h", head=head)) == [
        "outcome of cart: expected stopped; got running",
        "states of hello: expected greeting, greeting; got greeting",
    ]


def test_a_file_that_names_no_scenario_is_about_all_that_are_live_or_draft_under_the_policy() -> None:
    verdict = judged("{outcome: {hello: greeted}}", cart(), cart("+30min", cart_id="c2"), until="+2h", head="")
    assert difference_texts(verdict) == []
    assert [line.partition(" (")[0] for line in message_lines(verdict.run)] == [
        "2025-03-03 10:00 email hello",
        "2025-03-03 11:00 email cart/reminder",
        "2025-03-03 11:00 push cart/reminder",
        "2025-03-03 11:30 email cart/reminder dropped: capped",
        "2025-03-03 11:30 push cart/reminder",
    ]


def test_of_gives_an_event_the_id_of_the_last_message_of_a_state() -> None:
    verdict = judged(
        "{states: [open, reminder, opened]}", cart(), "{at: +2h, event: opened, of: reminder}", until="+0s"
    )
    assert difference_texts(verdict) == []


def test_of_a_state_without_a_message_fails_the_case() -> None:
    verdict = judged("{states: [open]}", cart(), "{at: +20min, event: opened, of: reminder}")
    assert difference_texts(verdict) == ["no message has left from state 'reminder' by then"]


def test_an_event_fed_twice_under_one_id_is_one_event() -> None:
    for second, states in (("e1", "[open]"), ("e2", "[open, open]")):
        lines = cart(more=", event_id: e1"), cart("+0s", more=f", event_id: {second}", cart_id="c2")
        assert difference_texts(judged(f"{{states: {states}}}", *lines, until="+0s")) == []


def test_properties_that_are_called_like_a_key_of_the_line_stand_under_properties() -> None:
    verdict = judged("{states: [open]}", cart(more=", properties: {at: home}"), until="+0s")
    assert verdict.run.case.timeline[0].properties["at"] == "home"


def test_a_profile_event_changes_the_contact() -> None:
    changed = "{at: +5min, event: profile_updated, email_optin: null}"
    assert judged("{messages: [{dropped: no_consent}, {channel: push}]}", cart(), changed, until="+2h").passed


def test_a_case_over_a_table_is_run_once_a_row() -> None:
    text = """
scenario: cart
cases:
  - name: <total> leads to <last>
    table:
      - {total: 79.99, last: last_call, states: [open, reminder, last_call], ends: no_response}
      - {total: 80, last: offer, states: [open, reminder, offer], ends: small}
    contact: {id: ana, email: ana@example.com, country: FR}
    timeline:
      - {at: 2025-03-03 10:00, event: cart, cart_id: "cart-<last>", total: <total>, items: []}
    expect: {states: <states>, outcome: <ends>}
  - name: rows of a name without columns are numbered
    table: [{n: 0}, {n: 1}]
    contact: {id: ana}
    expect: {conversions: <n>}
"""
    verdicts = all_judged(text)
    assert [(result.run.case.name, result.passed) for result in verdicts] == [
        ("79.99 leads to last_call", True),
        ("80 leads to offer", True),
        ("rows of a name without columns are numbered (row 1)", True),
        ("rows of a name without columns are numbered (row 2)", False),
    ]
    assert [result.run.case.span.line for result in verdicts] == [6, 7, 13, 13]
    first, second = (result.run.case.timeline[0].properties for result in verdicts[:2])
    assert first["cart_id"] == "cart-last_call"
    assert second["total"] == 80


CLOCK = "scenario: clock"


def test_a_scenario_that_is_paused_is_tested_as_though_it_ran() -> None:
    assert difference_texts(judged("{states: [greeted, unknown]}", cart(), until="+4d", head=CLOCK)) == []


def test_a_contact_is_known_from_its_first_line() -> None:
    contact = "{id: a, birthday: 1990-03-02}"
    verdict = judged(
        "{states: []}", "{at: 2025-03-03 09:30, event: look, sku: A}", until="+6d", head=CLOCK, contact=contact
    )
    assert difference_texts(verdict) == []


def test_known_since_of_a_case_is_a_base_for_the_first_line() -> None:
    contact = "{id: a, birthday: 1990-03-02, known_since: 2025-03-01, renews_at: 2025-01-01}"
    line = "{at: +1d, event: look, sku: A}"
    verdict = judged("{states: [greeted, greeted]}", line, until="+2d", head=CLOCK, contact=contact)
    assert difference_texts(verdict) == []
    assert fed(verdict.run) == ["2025-03-01 23:00 look"]


def test_a_case_without_a_line_lives_between_known_since_and_until() -> None:
    text = """
scenario: clock
cases:
  - name: a birthday, and three Mondays
    contact: {id: a, birthday: 1990-03-12, known_since: 2025-03-01, email: a@example.com, email_optin: true}
    until: 2025-03-18 00:00
    expect:
      messages:
        - {at: 2025-03-03 09:00}
        - {at: 2025-03-10 09:00}
        - {at: 2025-03-12 10:00}
        - {at: 2025-03-17 09:00}
"""
    (verdict,) = all_judged(text)
    assert difference_texts(verdict) == []


def test_entries_by_time_after_the_last_line_need_until() -> None:
    line = "{at: 2025-03-03 08:00, event: look, sku: A}"
    assert difference_texts(judged("{states: []}", line, head=CLOCK)) == []
    assert difference_texts(judged("{outcome: [done]}", line, until="+6d", head=CLOCK)) == []


def test_consequences_of_the_last_line_still_start_journeys() -> None:
    contact = "{id: a, email: a@example.com, email_optin: true}"
    verdict = judged("{outcome: [done]}", cart(), head=CLOCK, contact=contact)
    assert difference_texts(verdict) == []
    assert message_lines(verdict.run) == [
        "2025-03-06 10:00 email hello"
    ]  # no order for three days, and no Monday after


def test_journeys_that_run_at_the_last_line_continue() -> None:
    changed = "{at: 2025-03-04 08:00, event: profile_updated, country: FR}"
    assert difference_texts(judged("{outcome: done}", changed, head=CLOCK, contact="{id: a, country: BE}")) == []
