"""The fields at the top of a template are one line each, for any text and any values in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scenario_cli.engine.filters import DataEnvironment, shown_in_text, template_filters
from scenario_cli.engine.filters import tests as known_tests
from scenario_cli.language.project import load_model
from scenario_cli.messages.render import Renderer
from tests.rows import rows

PROJECT = "project: shop\ntimezone: Europe/Paris\nchannels: {email: {address: contact.email}}\n"
EVENTS = "profile: {email: string, first_name: string}\nevents: {go: {}}\n"
SCENARIO = "scenario: s\ntrigger: {event: go}\nstates: {in: {send: {email: hello}, end: done}}\n"
TEMPLATE = """---
subject: |
  Hello {{ contact.first_name }},
  your cart
from_name: "{{ contact.first_name }} of the shop"
preheader: "one\\ttwo"
link: "https://example.com/{{ contact.first_name }}"
---
Hello {{ contact.first_name }}
"""


def fields_of(folder: Path, contact: Mapping[str, Any]) -> Mapping[str, str]:
    files = {"project.yaml": PROJECT, "events.yaml": EVENTS, "s.yaml": SCENARIO, "templates/hello.email.j2": TEMPLATE}
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    renderer = Renderer(load_model(folder).project, DataEnvironment, template_filters(), known_tests(), shown_in_text)
    return renderer.render("hello", "email", None, {"contact": contact}).fields


def test_a_field_over_several_lines_is_one(tmp_path: Path) -> None:
    fields = fields_of(tmp_path, {"first_name": "Ana"})
    assert fields["subject"] == "Hello Ana, your cart"
    assert fields["preheader"] == "one two"


@rows(
    "name",
    [
        "Ana\r\nBcc: x@example.com", "Ana\nBcc: x@example.com", "Ana\rBcc: x@example.com",
        "Ana\u2028Bcc: x@example.com",
        "Ana\x85Bcc: x@example.com", "Ana\x0bBcc: x@example.com", "Ana\x00\x1b\nBcc: x@example.com",
    ],
)  # fmt: skip
def test_a_value_begins_no_line_in_any_field(tmp_path: Path, name: str) -> None:
    fields = fields_of(tmp_path, {"first_name": name})
    assert fields["subject"] == "Hello Ana Bcc: x@example.com, your cart"
    assert fields["from_name"] == "Ana Bcc: x@example.com of the shop"
    assert all(len(text.splitlines()) == 1 for text in fields.values())
