"""A message is checked in every place that sends it: on entering a state, in its transition, in one of every state."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenario_cli.analysis.data_needs import data_needs
from scenario_cli.analysis.time.freshness import STEPS
from scenario_cli.analysis.writing_needs import writing_needs
from scenario_cli.language.project import Loaded, load_project
from tests.analysis.projects import EVENTS, PROJECT

PLACES = {
    "entering": "on: {left: {end: gone}}\nstates:\n  a: {after: {5d: b}}\n  b: {SEND, after: {1d: {end: x}}}\n",
    "own transition": (
        "on: {left: {end: gone}}\nstates:\n  a: {after: {5d: b}}\n"
        "  b: {emit: {event: pinged}, on: {pinged: {SEND}}, after: {1d: {end: x}}}\n"
    ),
    "transition of every state": (
        "on: {pinged: {SEND}}\nstates:\n  a: {after: {5d: b}}\n  b: {emit: {event: pinged}, after: {1d: {end: x}}}\n"
    ),
}
HEAD = "scenario: one\ntrigger: {event: carted}\n"
POLICY = "policy:\n  quiet_hours: [{from: '21:00', to: '08:00'}]\n  caps: [{max: 3, per: 7d}]\n"
GOAL = "goal: {event: bought, within: 2d, ends: false}\n"


def load(folder: Path, text: str) -> Loaded:
    files = {
        "project.yaml": PROJECT,
        "events.yaml": f"{EVENTS}  pinged: {{}}\n  order_completed: {{}}\n",
        "policy.yaml": POLICY,
        "one.yaml": HEAD + text,
        "products.csv": "sku,name,margin\n",
        "templates/hello.email.j2": "---\nsubject: Hi\n---\nHello",
    }
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(body, encoding="utf-8")
    return load_project(folder)


def findings(folder: Path, text: str) -> dict[str, str]:
    return {finding.code: finding.message for finding in load(folder, text).findings}


@pytest.mark.parametrize("place", PLACES)
def test_a_date_until_which_a_message_is_good_must_be_one(place: str, tmp_path: Path) -> None:
    send = "send: {email: {template: hello, expires: {until: contact.email_optin}}}"
    assert "contact.email_optin" in findings(tmp_path, PLACES[place].replace("SEND", send))["DATA017"]


@pytest.mark.parametrize("place", PLACES)
def test_a_time_in_quiet_hours_is_found(place: str, tmp_path: Path) -> None:
    text = PLACES[place].replace("SEND", "send: {email: hello}").replace("5d: b", "5d at 22:00: b")
    assert "the message of 'b' is always held" in findings(tmp_path, text)["POL010"]


@pytest.mark.parametrize(
    ("place", "late"),
    [("entering", True), ("own transition", True), ("transition of every state", False)],  # it also sends in 'a'
)
def test_a_message_after_the_goal_has_stopped_counting_is_found(place: str, late: bool, tmp_path: Path) -> None:
    text = GOAL + PLACES[place].replace("SEND", "send: {email: hello}")
    assert ("TIME011" in findings(tmp_path, text)) is late


@pytest.mark.parametrize(("place", "late"), [("entering", True), ("own transition", True)])
def test_a_message_that_may_be_late_is_found(place: str, late: bool, tmp_path: Path) -> None:
    text = GOAL + PLACES[place].replace("SEND", "send: {email: hello}").replace("5d: b", "1d on mon: b")
    assert ("TIME016" in findings(tmp_path, text)) is late


@pytest.mark.parametrize("place", PLACES)
def test_a_message_after_a_purchase_is_a_finding(place: str, tmp_path: Path) -> None:
    assert "CRM003" in findings(tmp_path, PLACES[place].replace("SEND", "send: {email: hello}"))


@pytest.mark.parametrize(
    ("place", "moment"),
    [
        ("entering", "5 days after the entry"),
        ("own transition", "each time that pinged comes in b"),
        ("transition of every state", "each time that pinged comes in any state"),
    ],
)
def test_a_brief_has_the_moment_of_a_message(place: str, moment: str, tmp_path: Path) -> None:
    project = load(tmp_path, PLACES[place].replace("SEND", "send: {email: hello}")).project
    (message,) = writing_needs(project.scenarios["one"], project, {}).messages
    assert message.moments == (moment,)


@pytest.mark.parametrize("place", ["own transition", "transition of every state"])
def test_an_answered_event_is_needed_at_once(place: str, tmp_path: Path) -> None:
    project = load(tmp_path, PLACES[place].replace("SEND", "send: {email: hello}")).project
    (need,) = [need for need in data_needs(project.scenarios["one"], project, {}).events if need.name == "pinged"]
    assert need.roles == ("is answered",)
    assert need.freshness.words == STEPS[0][1]
