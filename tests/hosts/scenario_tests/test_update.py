"""`--update` replaces expected facts by the actual ones, and changes nothing else."""

from __future__ import annotations

import pytest

from scenario_cli.analysis.verdict import verdict
from scenario_cli.hosts.case_updates import case_update
from scenario_cli.hosts.scenario_tests import play
from scenario_cli.language.cases.rewriting import rewritten
from tests.hosts.scenario_tests.stage import all_judged, cases, stage

HEAD = """\
scenario: cart
contacts:
  ana: {email: ana@example.com, email_optin: true, push_token: t, country: FR}   # buys little
timelines:
  a_cart:
    - {at: 2025-03-03 10:00, event: cart, cart_id: c1, total: 95, items: []}
cases:
"""
CASE = """\
  # about one cart
  - name: a cart
    contact: {like: ana}
    timeline: [{like: a_cart}]
    until: +1h
    expect:
"""


def updated(text: str) -> tuple[str, dict[int, list[str]]]:
    file = cases(text)
    judged = [verdict(play(stage(), file, case)) for case in file.cases]
    failing = {number: case_update(file, each) for number, each in enumerate(judged) if not each.passed}
    result = rewritten(text, failing)
    return result.text, {number: list(notes) for number, notes in result.unresolved.items()}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "      messages:\n        # the first\n        - {at: 2025-03-03 11:05, channel: 'email'}   # a mail\n"
            "        - {channel: push, dropped: capped}\n      outcome: recovered   # or not\n",
            "      messages:\n        # the first\n        - {at: 2025-03-03 11:00, channel: 'email'}   # a mail\n"
            "        - {channel: push}\n      outcome: running   # or not\n",
            id="a time, a drop, an outcome; comments and quotes stay",
        ),
        pytest.param(
            "      messages:\n        - at: +30min\n          channel: email\n"
            "        - at: +90min\n          dropped: capped\n          channel: push   # second\n",
            "      messages:\n        - at: +1h\n          channel: email\n        - at: +0s\n"
            "          channel: push   # second\n",
            id="relative times count from the message before as it is written now; blocks stay blocks",
        ),
        pytest.param(
            "      messages:\n        - {channel: email}\n        - {channel: push}\n        # one too many\n"
            "        - {channel: email, template: cart/offer}\n      states: [open]\n",
            "      messages:\n        - {channel: email}\n        - {channel: push}\n      states: [open, reminder]\n",
            id="a message that is missing goes, with its comment",
        ),
        pytest.param(
            "      messages:\n        - {channel: push}\n      conversions: 3\n",
            "      messages:\n        - {channel: email, template: cart/reminder}\n        - {channel: push}\n"
            "      conversions: 0\n",
            id="a message that nobody expected comes, where it left",
        ),
        pytest.param(
            "      messages: [{at: 2025-03-03 11:00, channel: push}]\n",
            "      messages: [{at: 2025-03-03 11:00, channel: email, template: cart/reminder}, "
            "{at: 2025-03-03 11:00, channel: push}]\n",
            id="a list in brackets stays one",
        ),
        pytest.param(
            "      messages: []\n",
            "      messages:\n        - {at: 2025-03-03 11:00, channel: email, template: cart/reminder}\n"
            "        - {at: 2025-03-03 11:00, channel: push, template: cart/reminder}\n",
            id="an empty list is filled, with times",
        ),
        pytest.param(
            "      states:\n        - open\n        - offer\n      profile: {country: BE, locale: fr}\n",
            "      states:\n        - open\n        - reminder\n      profile: {country: FR, locale: null}\n",
            id="states and attributes",
        ),
        pytest.param(
            "      messages: [{of: 2, key: c9, channel: email}, {}]\n".replace(", {}", ", {channel: push}"),
            "      messages: [{of: 1, key: c1, channel: email}, {channel: push}]\n",
            id="fields of a message",
        ),
    ],
)
def test_updated_cases_expect_what_happened(before: str, after: str) -> None:
    text, notes = updated(HEAD + CASE + before)
    assert (text, notes) == (HEAD + CASE + after, {})
    assert all(each.passed for each in all_judged(text))
    assert updated(text) == (text, {})


def test_an_empty_list_replaces_messages_that_are_no_longer_sent() -> None:
    case = CASE.replace("{like: ana}", "{like: ana, country: IT}")
    text, _ = updated(
        HEAD + case + "      messages:\n        - {channel: email}\n        - {channel: push}\n      states: [open]\n"
    )
    assert text == HEAD + case + "      messages: []\n      states: []\n"


def test_a_message_that_is_now_dropped_is_updated() -> None:
    case = CASE.replace("{like: ana}", "{like: ana, push_token: null}")
    text, _ = updated(HEAD + case + "      messages:\n        - {channel: email}\n        - channel: push\n")
    assert text == HEAD + case + (
        "      messages:\n        - {channel: email}\n        - channel: push\n          dropped: no_address\n"
    )


def test_values_of_conversions_are_written_with_the_fields_that_were_looked_at() -> None:
    line = "    timeline: [{like: a_cart}, {at: +5min, event: buy, cart_id: c1, total: 3}]\n"
    case = CASE.replace("    timeline: [{like: a_cart}]\n", line)
    text, _ = updated(HEAD + case + "      conversions: [{value: 4, key: c1}]\n")
    assert text == HEAD + case + "      conversions: [{value: 3, key: c1}]\n"


def test_a_text_is_for_its_author_to_choose() -> None:
    before = "      messages: [{channel: email, contains: {subject: Hi}}, {channel: push, dropped: capped}]\n"
    text, notes = updated(HEAD + CASE + before)
    assert text == HEAD + CASE + before.replace(", dropped: capped", "")
    assert notes == {0: ["message 1: choose a text that its subject contains"]}


TABLE = """\
  - name: <total> leads to <state>
    table:
      - {total: 20, state: offer, outcome: recovered}   # small
      - {total: 95, state: last_call, outcome: recovered}
    contact: {like: ana}
    timeline: [{at: 2025-03-03 10:00, event: cart, cart_id: c1, total: <total>, items: []}]
    expect: {states: [open, reminder, <state>], outcome: <outcome>, conversions: 1}
  - {name: another, contact: {like: ana}, timeline: [{like: a_cart}], expect: {conversions: 0}}
"""


def test_update_writes_the_rows_of_a_table_and_shared_values_if_all_agree() -> None:
    text, notes = updated(HEAD + TABLE)
    assert notes == {0: ["states: it is built from columns of the table"] * 1, 1: [
        "states: it is built from columns of the table"
    ]}  # fmt: skip
    assert "{total: 20, state: offer, outcome: no_response}   # small" in text
    assert "{total: 95, state: last_call, outcome: small}" in text
    assert "outcome: <outcome>, conversions: 0}\n" in text


def test_values_on_which_rows_disagree_are_left() -> None:
    table = TABLE.replace("state: offer", "state: last_call").replace("95, state: last_call", "95, state: offer")
    table = table.replace("outcome: <outcome>", "outcome: stopped").replace(", outcome: recovered}", "}")
    text, notes = updated(HEAD + table)
    assert "outcome: stopped" in text
    same = "outcome: the rows of the table share it, but their results differ"
    assert notes == {0: [same], 1: [same]}


def test_a_list_with_whole_lines_of_the_table_is_left() -> None:
    case = CASE.replace("    contact", "    table: [{first: {channel: email}}, {first: null}]\n    contact")
    text = HEAD + case + "      messages: [<first>, {channel: push}]\n"
    same = "messages: it is built from columns of the table"
    assert updated(text) == (text, {1: [same]})


@pytest.mark.parametrize(
    ("message", "after"),
    [
        ("{channel: push, key: <key>}", "{channel: push, key: <key>, dropped: no_address}"),
        ("\n          channel: push\n          key: <key>", "\n          channel: push\n          key: <key>\n"
         "          dropped: no_address"),
    ],
)  # fmt: skip
def test_a_key_is_added_behind_a_column_where_all_rows_agree(message: str, after: str) -> None:
    contact = "    table: [{key: c1, id: a}, {key: c1, id: b}]\n    contact"
    case = CASE.replace("    contact", contact).replace("{like: ana}", "{like: ana, id: <id>, push_token: null}")
    before = (
        f"      messages:\n        - {{channel: email}}\n        -{message if message[0] != '{' else ' ' + message}\n"
    )
    text, notes = updated(HEAD + case + before)
    assert (text, notes) == (HEAD + case + before.replace(message, after), {})


def test_a_field_that_rows_give_and_that_is_gone_is_left() -> None:
    case = CASE.replace("    contact", "    table: [{locale: fr}, {locale: en}]\n    contact")
    text = HEAD + case + "      messages: [{channel: email, locale: <locale>}, {channel: push}]\n"
    same = "messages.1.locale: it is built from columns of the table"
    assert updated(text) == (text, {0: [same], 1: [same]})


def test_values_shared_by_an_alias_are_left() -> None:
    first = CASE.replace("expect:\n", "expect: &all {outcome: running}\n")
    second = CASE.replace("a cart\n", "abroad\n").replace("{like: ana}", "{like: ana, country: IT}")
    text = HEAD + first + second.replace("expect:\n", "expect: *all\n")
    assert updated(text) == (text, {1: ["outcome: it is shared with another case by an alias"]})


def test_a_file_keeps_its_line_ends() -> None:
    before = (HEAD + CASE + "      messages:\n        - {channel: email}\n").replace("\n", "\r\n")
    text, _ = updated(before)
    assert text == before + "        - {channel: push, template: cart/reminder}\r\n"
