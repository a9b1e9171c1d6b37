"""`scenario results` from messages in the log: joined to scenarios, with the events that followed."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.cli.main import run
from tests.cli.test_outputs import checked

START = datetime(2025, 3, 3, 9, tzinfo=UTC)

PROJECT = {
    "project.yaml": """project: shop
timezone: UTC
currency: EUR
channels:
  email: {address: contact.email, cost: 0.5}
  sms: {address: contact.phone, cost: 1}
messages:
  sent:
    - {event: mailed, id: mail, template: campaign, channel: email}
    - texted
  opened: {event: opened, id: mail}
  clicked: [{event: clicked, id: mail}, {event: visit, only: {medium: email}, scenario: utm_campaign}]
  unsubscribed: {event: left, channel: channel}
  names: {Spring 2: offer, SPRING: cart, TEXT: sms}
""",
    "policy.yaml": "policy: {}\n",
    "events.yaml": """profile: {email: string, phone: string}
events:
  seen: {}
  bought: {properties: {total: number}}
  mailed: {properties: {mail: string, campaign: string}}
  texted: {properties: {template: string, channel: string, scenario: string}}
  opened: {properties: {mail: string, template: string}}
  clicked: {properties: {mail: string}}
  visit: {properties: {medium: string, utm_campaign: string}}
  left: {properties: {channel: string}}
""",
    "cart.yaml": """scenario: cart
trigger: {event: seen}
reentry: always
goal: {event: bought, within: 7d, value: event.total}
states:
  offered: {send: {email: offer, sms: hint}, after: {7d: {end: silent}}}
""",
    "care.yaml": """scenario: care
trigger: {event: bought}
states:
  thanked: {send: {email: thanks, sms: hint}, end: done}
""",
    "templates/offer.email.j2": "---\nsubject: Offer\n---\nHello\n",
    "templates/thanks.email.j2": "---\nsubject: Thanks\n---\nHello\n",
    "templates/hint.sms.j2": "Hello\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in PROJECT.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


Row = tuple[str, float, str, dict[str, Any]]


def write_log(shop: Path, rows: list[Row]) -> None:
    """Writes rows: contact, hours since the start, event, properties."""
    lines = (
        {"contact_id": contact, "event": event, "timestamp": (START + timedelta(hours=at)).isoformat(),
         "properties": properties}
        for contact, at, event, properties in rows
    )  # fmt: skip
    (shop / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def results(capsys: pytest.CaptureFixture[str], shop: Path, rows: list[Row], *options: str) -> dict[str, Any]:
    write_log(shop, rows)
    capsys.readouterr()
    command = ["results", "cart", "--project", str(shop), "--events", str(shop / "log.jsonl"), "-q", "--format", "json"]
    assert run([*command, *options]) == 0
    return checked("results", capsys.readouterr().out)


def mailed(at: float, mail: str, campaign: str = "offer") -> Row:
    return ("a", at, "mailed", {"mail": mail, "campaign": campaign})


def test_a_conversion_is_credited_to_the_last_message_of_its_journey_before(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = results(capsys, shop, [
        ("a", 0, "seen", {}),
        mailed(1, "m1"),
        ("a", 2, "texted", {"template": "hint", "channel": "sms", "scenario": "cart"}),
        mailed(5, "m2"),  # at the instant of the goal, so not before the goal
        ("a", 5, "bought", {"total": 40}),
        mailed(9, "m3"),
        ("b", 0, "seen", {}),
        ("b", 3, "bought", {"total": 9}),
    ])  # fmt: skip
    assert report["source"] == "log"
    (cart,) = report["scenarios"]
    assert (cart["journeys"], cart["reached"], cart["sent"], cart["cost"]) == (2, 1, {"email": 3, "sms": 1}, 2.5)
    assert (cart["converted"], cart["value"]) == (2, 49)
    counted = ("template", "sent", "credited", "credited_value")
    assert {tuple(map(each.get, counted)) for each in cart["messages"]} == {("offer", 3, 0, 0), ("hint", 1, 1, 40)}
    assert cart["value_per_1000_messages"] == 10_000
    assert cart["return"] == 40 / 2.5


def test_reactions_count_once_for_their_message(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = results(capsys, shop, [
        ("a", 0, "seen", {}),
        mailed(1, "m1"), mailed(2, "m2"), mailed(3, "m3", "Spring 2"),
        ("a", 3, "opened", {"mail": "m1"}), ("a", 4, "opened", {"mail": "m1"}),
        ("a", 4, "clicked", {"mail": "m1"}),
        ("a", 5, "opened", {"mail": "m3"}),
        ("a", 6, "clicked", {"mail": "m2"}),  # its images were blocked, so no opening was logged
        ("a", 7, "visit", {"medium": "email", "utm_campaign": "SPRING"}),  # belongs to the last mail of the scenario
        ("a", 7, "visit", {"medium": "search", "utm_campaign": "SPRING"}),
        ("a", 8, "left", {"channel": "email"}),
        ("a", 8 + 7 * 24, "left", {"channel": "email"}),  # too late to belong to the mail
    ])  # fmt: skip
    (message,) = report["scenarios"][0]["messages"]
    assert {key: message[key] for key in ("sent", "opened", "clicked", "clicked_of_opened", "unsubscribed")} == {
        "sent": 3, "opened": 2, "clicked": 3, "clicked_of_opened": 2, "unsubscribed": 1,
    }  # fmt: skip
    joined = report["joined"]
    assert {kind: (joined[kind]["read"], joined[kind]["joined"]) for kind in ("sent", "opened", "clicked")} == {
        "sent": (3, 3), "opened": (3, 3), "clicked": (3, 3),
    }  # fmt: skip
    assert joined["unjoined"] == [{"kind": "unsubscribed", "reason": "long_after", "name": "", "count": 1}]


def test_unjoined_records_are_counted_by_name_and_reason(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = results(capsys, shop, [
        ("a", 0, "seen", {}),
        mailed(1, "m1", "Summer"), mailed(2, "m2", "Summer"), mailed(3, "m3", ""),
        mailed(4, "m4", "thanks"),  # from a scenario that is not shown
        ("a", 5, "opened", {"mail": "m4"}),
        ("a", 5, "opened", {"mail": "m9"}),
        ("c", 1, "texted", {"template": "hint", "channel": "sms"}),
        ("d", 1, "texted", {"template": "hint", "channel": "fax"}),
        ("b", 1, "mailed", {"mail": "m5", "campaign": "offer"}),
    ])  # fmt: skip
    joined = report["joined"]
    assert (joined["sent"], joined["opened"]) == (
        {"read": 7, "joined": 1, "elsewhere": 1}, {"read": 2, "joined": 0, "elsewhere": 1},
    )  # fmt: skip
    assert {(each["kind"], each["reason"], each["name"], each["count"]) for each in joined["unjoined"]} == {
        ("sent", "unknown", "Summer", 2),
        ("sent", "unnamed", "", 1),
        ("sent", "several", "hint", 1),
        ("sent", "unknown", "fax", 1),
        ("opened", "not_sent", "", 1),
    }
    assert joined["without_journey"] == 1
    assert report["scenarios"][0]["sent"] == {"email": 1}


def test_a_message_of_several_scenarios_belongs_to_the_one_that_the_contact_is_in(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hint = ("a", 1, "texted", {"template": "hint", "channel": "TEXT"})
    report = results(capsys, shop, [("a", 0, "seen", {}), hint])
    assert report["scenarios"][0]["sent"] == {"sms": 1}
    report = results(capsys, shop, [("a", 0, "seen", {}), ("a", 0.5, "bought", {"total": 1}), hint])
    assert [each["reason"] for each in report["joined"]["unjoined"]] == ["several"]


def test_a_log_without_sendings_is_replayed(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = results(capsys, shop, [("a", 0, "seen", {}), ("a", 1, "opened", {"mail": "m1"})])
    assert report["source"] == "replay"
    assert "joined" not in report


def test_holdouts_with_messages_are_a_loud_warning(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cart = shop / "cart.yaml"
    cart.write_text(cart.read_text(encoding="utf-8").replace("reentry", "holdout: 50%\nreentry"), encoding="utf-8")
    names = [f"c{number}" for number in range(20)]
    rows: list[Row] = [(name, 0, "seen", {}) for name in names]
    everybody = [*rows, *((name, 1, "mailed", {"mail": name, "campaign": "offer"}) for name in names)]
    (comparison,) = results(capsys, shop, [*everybody, ("c1", 9, "bought", {"total": 9})])["comparisons"]
    written, held_out = comparison["groups"]
    assert (written["contacts"] + held_out["contacts"], held_out["written"]) == (20, held_out["contacts"])
    assert comparison["draw_kept_to"] is False
    assert run(["results", "cart", "--project", str(shop), "--events", str(shop / "log.jsonl"), "-q"]) == 0
    assert "THE GROUPS WERE NOT RESPECTED" in capsys.readouterr().out


def test_the_difference_is_shown_for_all_contacts_with_messages(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cart = shop / "cart.yaml"
    cart.write_text(cart.read_text(encoding="utf-8").replace("reentry", "holdout: 50%\nreentry"), encoding="utf-8")
    names = [f"c{number}" for number in range(40)]
    rows: list[Row] = [(name, 0, "seen", {}) for name in names]
    held_out = {name for name in names if _is_held_out(name)}
    rows += [(name, 1, "mailed", {"mail": name, "campaign": "offer"}) for name in names if name not in held_out]
    rows += [(name, 2, "bought", {"total": 10}) for name in names if name not in held_out]
    report = results(capsys, shop, rows)
    (comparison,) = report["comparisons"]
    written = len(names) - len(held_out)
    assert comparison["draw_kept_to"] is True
    assert comparison["incremental_conversions"]["estimate"] == written
    assert comparison["incremental_conversions"]["low"] == comparison["difference"]["low"] * written
    assert comparison["incremental_value"]["estimate"] == 10 * written
    assert comparison["incremental_return"] == 10 * written / (0.5 * written)


@pytest.mark.parametrize("width", [80, 120])
def test_the_tables_fit_into_a_terminal(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """The names are as long as the longest of the shipped project."""
    scenario, template = "cross_channel_follow_up", "onboarding_activation/done_for_you"
    longer = {
        "scenario: cart": f"scenario: {scenario}\nholdout: 50%",
        "SPRING: cart": f"SPRING: {scenario}",
        "email: offer,": f"email: {template},",
        "Spring 2: offer": f"Spring 2: {template}",
    }
    for name in ("cart.yaml", "project.yaml"):
        text = (shop / name).read_text(encoding="utf-8")
        for old, new in longer.items():
            text = text.replace(old, new)
        (shop / name).write_text(text, encoding="utf-8")
    (shop / "cart.yaml").rename(shop / f"{scenario}.yaml")
    (shop / "templates" / "onboarding_activation").mkdir()
    (shop / "templates" / "offer.email.j2").rename(shop / "templates" / f"{template}.email.j2")
    names = [f"c{number}" for number in range(20)]
    rows: list[Row] = [(name, 0, "seen", {}) for name in names]
    rows += [(name, 1, "mailed", {"mail": name, "campaign": "Spring 2"}) for name in names]
    write_log(shop, [*rows, ("c1", 2, "opened", {"mail": "c1"}), ("c1", 3, "bought", {"total": 123456})])
    monkeypatch.setenv("COLUMNS", str(width))
    capsys.readouterr()
    command = ["results", scenario, "--project", str(shop), "--events", str(shop / "log.jsonl"), "-q"]
    assert run([*command, "--every", "month"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    heads = ["scenario", "scenario", "group", "month", "month", "message", "message", "weekday", "from"]
    indented = [line.split() for line in lines if line.startswith("  ")]
    assert [words[0] for words in indented if words[0] in heads and len(words) > 3] == heads


def _is_held_out(name: str) -> bool:
    """The draw as the language reference describes it, with an empty salt."""
    drawn = hashlib.sha256("\0".join(("holdout", "", "cart", name)).encode()).digest()
    return int.from_bytes(drawn[:8], "big") / 2**64 < 0.5


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("event: mailed", "event: maled", "9:15: REF001 unknown event 'maled' | did you mean 'mailed'?"),
        ("- texted", "- txted", "10:7: REF001 unknown event 'txted' | did you mean 'texted'?"),
        ("template: campaign", "template: campain", "REF004 unknown property 'campain'"),
        ("channel: email", "channel: emial", "REF004 unknown property 'emial'"),
        ("only: {medium", "only: {midium", "REF004 unknown property 'midium'"),
        ("Spring 2: offer", "Spring 2: ofer", "REF007 unknown name 'ofer' | did you mean 'offer'?"),
        ("opened: {event: opened, id: mail}", "opened: seen", "no property of 'seen' identifies its message"),
    ],
)
def test_a_mapping_with_unknown_names_is_a_finding(
    shop: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, message: str
) -> None:
    project = shop / "project.yaml"
    text = project.read_text(encoding="utf-8")
    assert old in text
    project.write_text(text.replace(old, new), encoding="utf-8")
    assert run(["validate", str(shop)]) == 1
    out = capsys.readouterr().out
    finding, _, hint = message.partition(" | ")
    assert f"project.yaml:{finding}" in out if finding[0].isdigit() else finding in out
    assert hint in out
