"""The words of a story for each kind of thing that happens, over small projects and logs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engine.worlds import PLAN
from tests.reports.why.stage import Line, answer, make, sentences, why, why_not

CART = """
scenario: cart
trigger: {event: started, where: event.n > 0}
key: event.id
reentry: 3d
goal: {event: bought, value: event.n, ends: paid}
states:
  open:
    after: {1h: reminder}
  reminder:
    send: {email: reminder}
    on: {noted: {set: {note: =event.s}}}
    after: {1d: {end: silence}}
"""
ANA = "contact_id,email,email_optin,timezone\nana,ana@example.com,true,Europe/Paris\n"
CAPPED = "policy:\n  quiet_hours: [{channels: [email], from: '21:00', to: '08:00'}]\n  caps: [{max: 1, per: week}]\n"


def cart(when: str, key: str = "k1", contact: str = "ana", **more: object) -> Line:
    return (contact, when, "started", {"id": key, "n": 5, **more})


def lines(folder: Path, *log: Line, scenario: str = CART, contacts: str = ANA, policy: str = "") -> list[str]:
    return sentences(why(make(folder, scenario, log=log, contacts=contacts, policy=policy), "ana"))


def test_a_held_message_is_shown_until_when_and_when_it_leaves(tmp_path: Path) -> None:
    story = lines(tmp_path, cart("2025-03-03 22:00"), ("bo", "2025-03-05 10:00", "stopped"), policy=CAPPED)
    assert story[1:] == [
        "enters",
        "starts in open",
        "moves to reminder, after 1h",
        "email is held until 2025-03-04 08:00: quiet hours",
        "email reminder is sent, requested at 2025-03-03 23:00: “Hello”",
        "ends: silence, after 1d",
    ]


@pytest.mark.parametrize(
    ("until", "reason"),
    [
        ("2025-03-02", "'expires: {until: 2025-03-02}' is past"),
        ("contact.email", "'expires: {until: contact.email}' is missing"),
        ("2025-03-03", "quiet hours would hold it longer than 'expires: {until: 2025-03-03}' allows"),
    ],
)
def test_a_late_message_is_shown_with_its_date(until: str, reason: str, tmp_path: Path) -> None:
    message = f"{{template: reminder, expires: {{until: {until}}}}}"
    story = lines(
        tmp_path, cart("2025-03-03 22:00"), ("bo", "2025-03-05 10:00", "stopped"), policy=CAPPED,
        scenario=CART.replace("email: reminder", f"email: {message}"),
    )  # fmt: skip
    assert [line for line in story if "is dropped" in line] == [f"email reminder is dropped, expired: {reason}"]


def test_a_contact_is_named_as_in_the_plan_however_its_id_is_typed(tmp_path: Path) -> None:
    project = make(tmp_path, CART, log=(cart("2025-03-03 10:00", "k1", "Ana@Example.com"),))
    assert why(project, " ANA@example.com ", "--show-data")["contact_id"] == "ana@example.com"


@pytest.mark.parametrize(("consent", "value"), [("false", "false"), ("", "none")])
def test_a_missing_consent_tells_its_value(consent: str, value: str, tmp_path: Path) -> None:
    log = (cart("2025-03-03 10:00"), ("bo", "2025-03-05 10:00", "stopped"))
    story = lines(tmp_path, *log, contacts=ANA.replace("true", consent))
    reason = f"the contact has no consent for email (contact.email_optin = {value})"
    assert f"email reminder is dropped, no_consent: {reason}" in story


def test_a_cap_names_the_messages_that_used_it_up(tmp_path: Path) -> None:
    story = lines(
        tmp_path, cart("2025-03-03 10:00"), cart("2025-03-04 10:00", "k2"), ("bo", "2025-03-07 10:00", "stopped"),
        policy=CAPPED,
    )  # fmt: skip
    assert (
        "email reminder is dropped, capped: at most 1 per week: used up by email reminder of 2025-03-03 11:00" in story
    )


def test_refused_entries_are_shown_with_the_hindrance(tmp_path: Path) -> None:
    story = lines(tmp_path, cart("2025-03-03 10:00"), cart("2025-03-03 10:30"), cart("2025-03-05 10:00"))
    assert [line for line in story if "cannot enter" in line] == [
        "cannot enter, running: already in a journey since 2025-03-03 10:00",
        "cannot enter, reentry: entered at 2025-03-03 10:00, and 'reentry' is 3d",
    ]


def test_a_key_of_several_parts_names_the_journey_and_its_last_entry(tmp_path: Path) -> None:
    scenario = CART.replace("key: event.id", "key: [event.id, event.n]")
    project = make(tmp_path, scenario, log=(cart("2025-03-03 10:00"), cart("2025-03-03 10:30")), contacts=ANA)
    document = why(project, "ana")
    assert sentences(document)[1] == "enters"
    assert sentences(document)[-1] == "cannot enter, running: already in a journey since 2025-03-03 10:00"
    assert {json.dumps(line["key"]) for line in document["timeline"] if "key" in line} == {'["k1", 5]'}
    assert "cart [k1, 5] is in open" in answer("why", "ana", "--project", str(project))[1]


def test_an_entry_that_waits_for_its_group_is_shown_with_its_end(tmp_path: Path) -> None:
    first = CART.replace("scenario: cart", "scenario: first\nexclusive: sale\npriority: 80")
    second = CART.replace("scenario: cart", "scenario: second\nexclusive: {group: sale, wait: 2d}").replace(
        "event: started", "event: noted"
    )
    log = (cart("2025-03-03 10:00"), ("ana", "2025-03-03 10:10", "noted", {"id": "k", "n": 1}))
    document = why(make(tmp_path, first, second, log=log, contacts=ANA), "ana")
    text = "cannot enter, waiting: first runs in the same group 'sale'; tried again when that ends, until "
    assert text + "2025-03-05 10:10" in sentences(document)
    assert [line["until"] for line in document["timeline"] if line["kind"] == "refused"] == [
        "2025-03-05T10:10:00+01:00"
    ]


def test_an_event_that_a_journey_used_is_not_a_refused_entry(tmp_path: Path) -> None:
    answers = CART.replace("{noted: ", "{started: {set: {note: 1}}, noted: ")
    log = (cart("2025-03-03 10:00"), cart("2025-03-03 12:00"), cart("2025-03-03 12:30"))
    document = why(make(tmp_path, answers, log=log, contacts=ANA), "ana")
    assert sentences(document).count("used by a running journey") == 2
    assert not any("not let in" in record for record in sentences(document))
    assert [line["kind"] for line in document["timeline"]].count("taken") == 2


def test_a_reentry_in_months_is_shown_in_months(tmp_path: Path) -> None:
    monthly = CART.replace("reentry: 3d", "reentry: 1mo2d")
    story = lines(tmp_path, cart("2025-03-03 10:00"), cart("2025-03-06 10:00"), scenario=monthly)
    assert "cannot enter, reentry: entered at 2025-03-03 10:00, and 'reentry' is 1mo2d" in story


def test_a_group_of_which_another_runs_is_named(tmp_path: Path) -> None:
    first = CART.replace("scenario: cart", "scenario: first\nexclusive: sale\npriority: 80")
    second = CART.replace("scenario: cart", "scenario: second\nexclusive: sale").replace(
        "event: started", "event: noted"
    )
    log = (cart("2025-03-03 10:00"), ("ana", "2025-03-03 10:10", "noted", {"id": "k", "n": 1}))
    document = why(make(tmp_path, first, second, log=log, contacts=ANA), "ana")
    assert "cannot enter, exclusive: first runs in the same group 'sale'" in sentences(document)
    assert why_not(document, "second")[0].startswith("refused: the trigger fired once")


def test_conversions_name_the_message_that_gets_the_credit(tmp_path: Path) -> None:
    story = lines(tmp_path, cart("2025-03-03 10:00"), ("ana", "2025-03-03 15:00", "bought", {"id": "k1", "n": 40}))
    assert story[-2:] == [
        "reaches the goal, worth 40: credited to email reminder of 2025-03-03 11:00",
        "ends: paid, goal bought",
    ]


def test_a_conversion_after_the_end_is_marked(tmp_path: Path) -> None:
    story = lines(tmp_path, cart("2025-03-03 10:00"), ("ana", "2025-03-06 15:00", "bought", {"id": "k1"}))
    assert story[-1] == "reaches the goal after its end: credited to email reminder of 2025-03-03 11:00"


def test_a_transition_that_leaves_the_journey_where_it_is(tmp_path: Path) -> None:
    story = lines(tmp_path, cart("2025-03-03 10:00"), ("ana", "2025-03-03 15:00", "noted", {"s": "x"}))
    assert story[-1] == "stays in reminder, on noted"


def test_conditions_stand_by_what_they_led_to(tmp_path: Path) -> None:
    document = why(make(tmp_path, CART, log=(cart("2025-03-03 10:00"),), contacts=ANA), "ana")
    (entered,) = (line for line in document["timeline"] if line["kind"] == "entered")
    (condition,) = entered["conditions"]
    assert (condition["condition"], condition["held"], condition["values"]) == ("event.n > 0", True, {"event.n": 5})
    assert (condition["file"].endswith("s0.yaml"), condition["line"]) == (True, 3)


def test_a_condition_of_several_lines_is_shown_on_one(tmp_path: Path) -> None:
    folded = CART.replace(
        "{event: started, where: event.n > 0}",
        "\n  event: started\n  where: >-\n    event.n > 0\n      and event.id is not none",
    )
    assert folded != CART
    document = why(make(tmp_path, folded, log=(cart("2025-03-03 10:00"),), contacts=ANA), "ana")
    (entered,) = (line for line in document["timeline"] if line["kind"] == "entered")
    assert [condition["condition"] for condition in entered["conditions"]] == ["event.n > 0 and event.id is not none"]


def test_waits_at_the_end_are_shown(tmp_path: Path) -> None:
    project = make(tmp_path, CART, log=(cart("2025-03-03 10:00"),), contacts=ANA)
    assert why(project, "ana")["running"][0]["waits"] == [
        {"wait": "after 1h", "target": "reminder", "due": "2025-03-03T11:00:00+01:00"}
    ]
    assert "if nothing happens: moves to reminder at 2025-03-03 11:00, after 1h" in " ".join(
        answer("why", "ana", "--project", str(project))[1].split()
    )


def test_changes_of_the_profile_show_the_old_value(tmp_path: Path) -> None:
    update = "scenario: s\ntrigger: {event: started}\nstates: {a: {update: {points: =event.n}, end: done}}\n"
    contacts = (
        "contact_id,country,timezone,updated_at\nana,FR,Europe/Paris,2025-03-01\nana,BE,Europe/Paris,2025-03-04\n"
    )
    log = (
        cart("2025-03-05 10:00"),
        ("ana", "2025-03-06 10:00", "profile_updated", {"country": "IT", "email": None}),
        ("ana", "2025-03-07 10:00", "profile_updated", {"country": "IT"}),
    )
    assert lines(tmp_path, *log, scenario=update, contacts=contacts) == [
        "a new row of the contacts table  country: FR, timezone: Europe/Paris",
        "a new row of the contacts table  country: BE (was FR)",
        "started  id: k1, n: 5",
        "enters",
        "starts in a",
        "sets points: 5, was none",
        "ends: done",
        "profile_updated  country: IT (was BE)",
        "profile_updated (no change: the profile has these values already)  country: IT",
    ]


def test_a_repeated_event_is_shown_as_ignored(tmp_path: Path) -> None:
    project = make(tmp_path, CART, log=(), contacts=ANA)
    event = {"contact_id": "ana", "timestamp": "2025-03-03T10:00:00Z", "event": "started", "event_id": "1",
             "properties": {"id": "k1", "n": 5}}  # fmt: skip
    (project / "data" / "events.jsonl").write_text(f"{json.dumps(event)}\n" * 2, encoding="utf-8")
    assert sentences(why(project, "ana"))[3] == "started (duplicate, ignored)  id: k1, n: 5"


def test_a_broadcast_is_part_of_the_stories_that_it_is_offered_to(tmp_path: Path) -> None:
    plan = PLAN.replace("\ngroups:", "\n  sale: {broadcast: true, properties: {n: number}}\ngroups:")
    scenario = "scenario: s\ntrigger: {event: sale, where: event.n > 3}\nstates: {a: {end: done}}\n"
    project = make(tmp_path, scenario, log=(("ana", "2025-03-03 10:00", "started"),), contacts=ANA, plan=plan)
    sale = {"timestamp": "2025-03-04T10:00:00Z", "event": "sale", "properties": {"n": 5}}
    with (project / "data" / "events.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(sale) + "\n")
    assert sentences(why(project, "ana")) == [
        "started",
        "sale (for everybody)  n: 5",
        "enters",
        "starts in a",
        "ends: done",
    ]


def test_ticks_that_come_to_the_same_stand_once_with_their_number(tmp_path: Path) -> None:
    daily = "scenario: s\ntrigger: {schedule: at 09:00}\naudience: contact.country == 'FR'\nstates: {a: {end: done}}\n"
    log = (("bo", "2025-03-03 08:00", "started"), ("bo", "2025-03-31 10:00", "stopped"))
    project = str(make(tmp_path, daily, log=log, contacts=ANA))
    text = answer("why", "ana", "--all", "--project", project)[1]
    assert text.count("not in the audience: contact.country == 'FR' is not true") == 3  # reason, first, last
    assert "and the same 27 times in between" in text
    short = answer("why", "ana", "--project", project)[1]
    assert short.count("not in the audience: contact.country == 'FR' is not true") == 1  # reason
    assert "2 lines about what led to nothing: --all shows them" in short
    named = answer("why", "ana", "s", "--project", project)[1]
    assert named.count("not in the audience: contact.country == 'FR' is not true") == 3, "what is asked about is shown"


def test_a_story_begins_with_its_answer(tmp_path: Path) -> None:
    quiet = "scenario: quiet\ntrigger: {event: clicked}\nstates: {a: {end: done}}\n"
    still = "scenario: still\ntrigger: {event: bought}\nstates: {a: {end: done}}\n"
    project = make(tmp_path, CART, quiet, still, log=(cart("2025-03-03 10:00"),), contacts=ANA)
    text = answer("why", "ana", "--project", str(project))[1]
    head, paragraph, overview, *_ = text.split("\n\n")
    assert head.startswith("ana: 1 event")
    assert " ".join(paragraph.split()).startswith("The contact entered cart, and was sent ")
    assert "Never entered: 2 because no event that starts them came." in " ".join(paragraph.split())
    assert "never entered, since nothing came that they start by: quiet, still" in overview
    everything = answer("why", "ana", "--all", "--project", str(project))[1]
    assert "never entered: no clicked event" in everything


def test_a_story_continues_to_the_end_of_the_whole_log(tmp_path: Path) -> None:
    log = (cart("2025-03-03 10:00"), cart("2025-03-20 10:00", contact="bo"))
    document = why(make(tmp_path, CART, log=log, contacts=ANA), "ana")
    assert document["until"] == "2025-03-20T10:00:00+01:00"
    assert sentences(document)[-1] == "ends: silence, after 1d"
    assert {line["key"] for line in document["timeline"] if line["kind"] == "entered"} == {"k1"}


def test_rows_of_an_anonymous_visitor_who_signs_in_are_the_contacts(tmp_path: Path) -> None:
    project = make(tmp_path, CART, log=(), contacts=ANA)
    rows = [
        {
            "anonymous_id": "v1",
            "timestamp": "2025-03-03T09:00:00Z",
            "event": "started",
            "properties": {"id": "k0", "n": 1},
        },
        {"contact_id": "ana", "anonymous_id": "v1", "timestamp": "2025-03-03T10:00:00Z", "event": "noted"},
        {
            "anonymous_id": "v1",
            "timestamp": "2025-03-03T11:00:00Z",
            "event": "started",
            "properties": {"id": "k1", "n": 1},
        },
    ]
    (project / "data" / "events.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    keys = [
        [line["key"] for line in why(project, "ana", "--identity", rule)["timeline"] if line["kind"] == "entered"]
        for rule in ("forward", "backward", "off")
    ]
    assert keys == [["k1"], ["k0", "k1"], []]


def test_addresses_and_numbers_are_masked_unless_somebody_asks(tmp_path: Path) -> None:
    track = (
        "scenario: track\ntrigger: {event: started, where: event.s != contact.email}\nkey: event.s\n"
        "states: {a: {send: {email: {template: hi, to: event.s}}, update: {advisor: =event.s}, end: done}}\n"
    )
    contacts = "contact_id,email,email_optin,phone,timezone\nana,ana.b@example.com,true,+33612345678,Europe/Paris\n"
    log = (cart("2025-03-03 10:00", s="other@example.com"), cart("2025-03-03 11:00", s="ana.b@example.com"))
    project = make(tmp_path, track, log=log, contacts=contacts)
    for form in ("text", "json"):
        plain = answer("why", "ana", "--project", str(project), "--format", form)[1]
        shown = answer("why", "ana", "--project", str(project), "--format", form, "--show-data")[1]
        for personal in ("ana.b@example.com", "other@example.com", "+33612345678"):
            assert personal in shown
            assert personal not in plain
        assert "a***@example.com" in plain
        assert "o***@example.com" in plain


def test_data_cannot_steer_the_terminal(tmp_path: Path) -> None:
    log = (cart("2025-03-03 10:00", key="a\x1b[2J\x07", s="\x1b[31m"),)
    contacts = ANA.replace("ana@example.com", "a\x1b[2J@example.com")
    text = answer("why", "ana", "--project", str(make(tmp_path, CART, log=log, contacts=contacts)))[1]
    assert "\x1b" not in text
    assert "\x07" not in text
