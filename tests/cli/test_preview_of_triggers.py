"""`scenario preview` passes every kind of trigger, wait and exit, at an instant that it allows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scenario_cli.cli.main import run

KINDS = {
    "project.yaml": "project: kinds\ntimezone: Europe/Paris\nchannels: {email: {address: contact.email}}\n"
    "tables: {products: {file: products.csv, key: sku}}\n",
    "products.csv": "sku,name\nA1,Lamp\n",
    "metrics.yaml": "metrics: {orders: {count: bought}}\nsegments: {vip: metric.orders > 3}\n",
    "events.yaml": """\
profile: {email: string, renewal: date, tier: string}
events:
  bought:
    properties: {lines: {type: array, items: {type: object, properties: {sku: {type: string, examples: [A1]}}}}}
  imported: {}
  price_changed: {broadcast: true, properties: {price: number}}
""",
    "other.yaml": "scenario: other\ntrigger: {event: imported}\nstates: {a: {end: over}}\n",
}


@pytest.mark.parametrize(
    ("trigger", "event", "orders"),
    [
        ("{event: bought, where: event.lines | length > 9}", "bought", 1),
        ("{absence: imported, for: 3d, since: bought}", "bought", 1),
        ("{schedule: at 09:00 on mon}", "schedule", 0),
        ("{at: 2025-11-28 08:00}", "moment", 0),
        ("{date: contact.renewal, offset: -3d, every: year}", "date", 0),
        ("{segment: vip}", "segment", 0),
        ("{attribute: tier}", "attribute", 0),
        ("{scenario: other}", "journey.ended", 0),
        ("{event: bought, each: event.lines}", "bought", 1),
        ("{event: price_changed}", "price_changed", 0),
    ],
)
def test_messages_of_every_kind_of_trigger_can_be_looked_at(
    trigger: str, event: str, orders: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    item = "{{ item.sku }}" if "each" in trigger else ""
    files = KINDS | {
        "one.yaml": f"scenario: one\ntrigger: {trigger}\nstates:\n"
        "  a: {send: {email: first}, on: {bought: {collect: basket}, imported: b}}\n"
        "  b: {update: {tier: gold}, send: {email: second}, end: done}\n",
        "templates/first.email.j2": f"{{{{ trigger.event }}}} {{{{ metric.orders }}}} {item}",
        "templates/second.email.j2": "{{ basket | length }} {{ contact.tier }} {{ lookup('products', 'A1').name }}",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert run(["preview", "one", "--project", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert f"\n{event} {orders}{' A1' if item else ''}\n" in out
    assert "\n1 gold Lamp\n" in out


@pytest.mark.parametrize(
    ("trigger", "instant"),
    [
        ("{schedule: at 09:15 on fri}", "2025-03-07 09:15+01:00"),
        ("{schedule: cron 30 8 5 * *}", "2025-03-05 08:30+01:00"),
        ("{at: 2025-11-28 08:00}", "2025-11-28 08:00+01:00"),
        ("{date: contact.renewal, offset: -3d, at: '07:30'}", "2025-03-11 07:30+01:00"),
        ("{date: contact.renewal}", "2025-03-14 00:00+01:00"),
        ("{date: contact.renewal, offset: -1mo, at: '09:00', every: year}", "2026-02-14 09:00+01:00"),
        ("{absence: imported, for: 3d at 18:00, since: bought}", "2025-03-06 18:00+01:00"),
        ("{event: bought}", "2025-03-03 10:00+01:00"),
    ],
)
def test_a_message_is_shown_at_an_instant_that_the_trigger_allows(
    trigger: str, instant: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = KINDS | {
        "one.yaml": f"scenario: one\ntrigger: {trigger}\nstates:\n"
        "  a: {send: {email: first}, after: [{wait: 2d before date contact.renewal at 11:45 on sat,\n"
        "    if_past: now, if_missing: now, to: b}]}\n"
        "  b: {send: {email: second}, end: done}\n",
        "templates/first.email.j2": "{{ now }}" if "bought" in trigger else "{{ trigger.at }}",
        "templates/second.email.j2": "{{ now.weekday }} {{ now.hour }}:{{ now.minute }}",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert run(["preview", "one", "--project", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert f", {instant}, marketing\n" in out
    assert f"\n{instant[:-6]}\n" in out  # the trigger's time in the template is the same
    assert "\nsat 11:45\n" in out


@pytest.mark.parametrize(
    ("wait", "instant"),
    [
        ("wait: date contact.renewal", "2025-03-14 00:00"),
        ("wait: 2d before date contact.renewal at 08:15", "2025-03-12 08:15"),
        ("wait: 1mo after date contact.renewal", "2025-04-14 00:00"),
        ("wait: date contact.renewal, at: contact.hour", "2025-03-14 09:30"),
        ("wait: 3d, at: contact.hour", "2025-03-06 09:30"),
        ("wait: 3d, since: journey.entered_at", "2025-03-06 10:00"),
        ("for: contact.tier", "2025-03-05 10:00"),
        # No such date is in the future: a day later, at that time of day.
        ("wait: date contact.past, at: contact.hour", "2025-03-04 09:30"),
        ("wait: date contact.ever at 11:00", "2025-03-04 11:00"),
        ("wait: 3d, at: contact.past", "2025-03-04 10:00"),
    ],
)
def test_a_wait_from_data_ends_at_the_value_of_the_sample(
    wait: str, instant: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fallback = "" if "since" in wait else ", if_past: b, if_missing: b"
    plan = """profile:
  email: string
  renewal: date
  past: {type: date, examples: [2024-01-01]}
  ever: {type: date, examples: [9999-12-31]}
  hour: {type: string, examples: ["09:30"]}
  tier: {type: string, examples: ["2d"]}
events: {bought: {}}
"""
    files = {
        "project.yaml": "project: waits\ntimezone: Europe/Paris\nchannels: {email: {address: contact.email}}\n",
        "events.yaml": plan,
        "one.yaml": "scenario: one\ntrigger: {event: bought}\nstates:\n"
        f"  a: {{after: [{{{wait}{fallback}, to: b}}]}}\n  b: {{send: {{email: second}}, end: done}}\n",
        "templates/second.email.j2": "{{ now }}",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert run(["preview", "one", "--project", str(tmp_path)]) == 0
    assert f"\n{instant}\n" in capsys.readouterr().out


def test_targets_of_events_are_shown_in_waiting_states_and_after_waits_by_cron(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = KINDS | {
        "one.yaml": """\
scenario: one
trigger: {event: imported}
on:
  bought: {where: metric.orders > 3, set: {latest: =event}, to: b}
states:
  a:
    on: {bought: {update: {tier: gold}, collect: basket}}
    after: {9d: {end: over}}
  b:
    send: {email: first}
    after: {cron 0 10 5 * *: c}
  c: {send: {email: second}, end: done}
""",
        "templates/first.email.j2": "{{ basket | length }} {{ contact.tier }} {{ latest.lines | length }}",
        "templates/second.email.j2": "A month later",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert run(["preview", "one", "--project", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "\n1 gold 1\n" in out
    assert re.search(r", 2025-03-05 10:00\+01:00, marketing\n+A month later\n", out)
