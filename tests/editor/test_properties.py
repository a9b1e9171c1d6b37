"""The properties that expressions read: their description, and their place in events.yaml. ¦ marks the place."""

from __future__ import annotations

import pytest

from scenario_cli.editor.hover import hover_at
from scenario_cli.editor.project import OpenProject, View
from scenario_cli.editor.properties import property_at

EVENTS = """\
profile: {email: string}
events:
  paid:
    properties:
      total: {type: number, description: The sum to pay.}
      items: {type: array, items: {type: object, properties: {sku: string}}}
  seen:
    properties:
      total: integer
"""
ONE = """\
scenario: one
trigger: {event: paid}
states:
  wait: {set: {order: =trigger}, on: {seen: told}, after: {1d: told}}
  told: {send: {email: hello}, end: done}
"""


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    root = tmp_path_factory.mktemp("shop")
    texts = {
        "project.yaml": "project: p\ntimezone: UTC\nchannels: {email: {address: contact.email}}\n",
        "events.yaml": EVENTS,
        "one.yaml": ONE,
        "templates/hello.email.j2": "---\nsubject: Hello\n---\n{{ order.total }}\n",
    }
    for path, text in texts.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return OpenProject(root).read()


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("one.yaml", f"{ONE}goal: {{event: paid, value: event.to¦tal}}\n", 5),
        ("one.yaml", f"{ONE}on: {{seen: {{where: event.¦total > 3, to: told}}}}\n", 9),
        ("one.yaml", f"{ONE}on: {{seen: {{where: order.total¦ > event.total, to: told}}}}\n", 5),
        ("one.yaml", f"{ONE}audience: any(trigger.items, item.s¦ku == 'a')\n", 6),
        ("one.yaml", f"{ONE}audience: happened('seen', where=past.tot¦al > 3, within='1d')\n", 9),
        ("one.yaml", ONE.replace("told: {send", "told: {choose: {order.to¦tal > 3: wait, else: wait}, send"), 5),
        ("templates/hello.email.j2", "{% if order.¦total > 3 %}", 5),
        ("one.yaml", f"{ONE}audience: trigger.timest¦amp is none\n", None),  # every event has it
        ("one.yaml", f"{ONE}audience: contact.email == 'trigger.to¦tal'\n", None),
        ("one.yaml", f"{ONE}title: trigger.to¦tal\n", None),
        ("templates/hello.email.j2", "order.to¦tal", None),
    ],
)
def test_a_property_has_its_place_in_the_tracking_plan(view: View, path: str, text: str, line: int | None) -> None:
    read = property_at(view, path, text.replace("¦", ""), text.index("¦"))
    assert (read.span.line if read is not None and read.span.file else None) == line


def test_hover_tells_what_a_property_is(view: View) -> None:
    text = f"{ONE}goal: {{event: paid, value: event.total}}\n"
    hover = hover_at(view, "one.yaml", text, text.index("event.total") + 8)
    assert hover is not None and hover.text == "**property** `total`\n\nThe sum to pay. (number)"
