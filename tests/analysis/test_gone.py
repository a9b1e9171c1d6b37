"""What an older definition needs that today's project no longer has."""

from __future__ import annotations

import pytest

from scenario_cli.analysis.gone import gone
from scenario_cli.language.files import Memory
from scenario_cli.language.project import load_files
from scenario_cli.model.project import Project

PROJECT = "project: shop\ntimezone: Europe/Paris\nchannels: {email: {}, push: {}}\n"
METRICS = "metrics: {orders: {count: ordered}}\nsegments: {vip: metric.orders > 3}\n"
EVENTS = "events: {started: {}, ordered: {}, opened: {}, closed: {}}\ngroups: {seen: [opened]}\n"
OTHER = "scenario: other\ntrigger: {event: started}\nstates: {in: {end: done}}\n"
CART = """
scenario: cart
trigger: {event: started}
audience: segment.vip
goal: {event: ordered}
on: {seen: {emit: {event: closed}}}
states:
  asks: {send: {email: hello}, after: [{wait: 1d, if: metric.orders > 1 and not running('other'), to: last}]}
  last: {send: {push: hello}, choose: {"count('opened') > 0": {end: opened}, else: {end: not_opened}}}
"""


def project(**files: str) -> Project:
    texts = {
        "project.yaml": PROJECT, "events.yaml": EVENTS, "metrics.yaml": METRICS, "other.yaml": OTHER, "cart.yaml": CART,
        "templates/hello.email.j2": "---\nsubject: Hello\n---\nHello\n", "templates/hello.push.j2": "Hello\n",
    }  # fmt: skip
    texts |= {name.replace("__", "/").replace("_", "."): text for name, text in files.items()}
    return load_files(Memory({name: text.encode() for name, text in texts.items() if text})).project


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, []),
        ({"metrics_yaml": METRICS.replace("orders", "sales")}, ["metric orders"]),
        ({"metrics_yaml": METRICS.partition("segments")[0]}, []),
        ({"events_yaml": EVENTS.replace("opened", "read")}, ["event opened"]),
        ({"events_yaml": EVENTS.replace(", closed: {}", "").replace("seen:", "read:")}, ["event closed", "event seen"]),
        ({"project_yaml": PROJECT.replace("push", "sms")}, ["channel push", "template hello.push"]),
        ({"templates__hello_push_j2": ""}, ["template hello.push"]),
        ({"other_yaml": ""}, ["scenario other"]),
    ],
)
def test_what_journeys_need_and_the_project_does_not_have(files: dict[str, str], expected: list[str]) -> None:
    definition = project().scenarios["cart"]
    assert [f"{one.kind} {one.name}" for one in gone(definition, project(**files))] == expected
