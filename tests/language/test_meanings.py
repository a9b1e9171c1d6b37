"""Names of `define` and constants mean their definitions: a project with names equals the project with the
definitions.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scenario_cli.analysis.constants import constant_readers
from scenario_cli.analysis.parts import parts_of
from scenario_cli.language.project import load_project
from scenario_cli.model.canonical import canonical
from scenario_cli.model.project import Project
from tests.language.snippets import loaded

CONSTANTS = "constants: {big: 100, agreed: true, home: [FR, BE], days: 30d, mail: {name: reminder}, spare: 1}\n"
DEFINE = """define:
  rich: trigger.total > const.big
  dear: item.price > const.big
  both: rich and any(trigger.items, dear)
  few: count('order_completed', within=const.days, where=past.total > const.big)
"""
FILES = {
    "project.yaml": """project: shop
timezone: Europe/Paris
channels: {email: {address: contact.email, consent: "contact.email_optin == <const.agreed>"}}
""",
    "metrics.yaml": """
metrics: {large: {count: order_completed, where: "event.total > <const.big>"}, twice: {value: "2 * <const.big>"}}
segments: {buyer: "metric.large > <const.big>"}
""",
    "policy.yaml": 'policy: {caps: [{max: 1, per: day, if: "contact.first_name in <const.home>"}]}\n',
    "scenario.yaml": """scenario: cart
trigger: {event: cart_updated, where: "event.total > <const.big>", each: "filter(event.items, <dear>)"}
audience: "<both> or contact.first_name in <const.home>"
key: "<const.mail>.name ~ event.cart_id"
goal: {event: order_completed, where: "event.total > <const.big>", value: "event.total * <const.big>", ends: false}
when: {"<both>": {end: rich}}
states:
  one:
    set: {kept: "=<both>", plain: both, cart: =trigger}
    update: {first_name: "=<const.mail>.name"}
    emit: {event: profile_updated, with: {first_name: "=<const.mail>.name"}}
    send: {email: {template: cart/reminder, if: "<both>", to: "<const.mail>.name", with: {n: "=<few> + <const.big>"}}}
    on: {unsubscribed: {where: "<few> > 1", to: {end: left}}}
    after:
      - {for: "<const.days>", if: "not <both>", to: two}
      - {wait: "1d before date contact.birthday", to: {end: old}, if_past: now, if_missing: now}
  two:
    choose: {"not <both>": {end: poor}, else: {end: rich}}
""",
}
MEANINGS = {
    "both": "<rich> and any(trigger.items, <dear>)",
    "rich": "trigger.total > <const.big>",
    "dear": "item.price > <const.big>",
    "few": "count('order_completed', within=<const.days>, where=past.total > <const.big>)",
    "const.big": "100",
    "const.agreed": "true",
    "const.home": "['FR', 'BE']",
    "const.days": "'30d'",
    "const.mail": "{'name': 'reminder'}",
}


def written_out(text: str) -> str:
    while "<" in re.sub(r" <=? ", "", text):
        text = re.sub(r"<([a-z.]+)>", lambda name: f"({MEANINGS[name[1]]})", text)
    return text


def project(files: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    read = loaded(files, folder, monkeypatch)
    assert [finding.message for finding in read.findings if finding.severity == "error"] == []
    return read.project


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project with its names."""
    files = {name: re.sub(r"<([a-z.]+)>", r"\1", text) for name, text in FILES.items()}
    files["project.yaml"] += CONSTANTS
    files["scenario.yaml"] = DEFINE + files["scenario.yaml"]
    return project(files, tmp_path / "named", monkeypatch)


def test_a_project_with_names_means_what_it_means_with_them_written_out(
    named: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {name: written_out(text) for name, text in FILES.items()}
    without = project(files, tmp_path / "written", monkeypatch)
    for part in ("scenarios", "metrics", "segments", "policy", "channels"):
        assert canonical(getattr(named, part)) == canonical(getattr(without, part)), part


def test_a_condition_keeps_the_names_that_it_was_written_with(named: Project) -> None:
    audience = named.scenarios["cart"].audience
    assert audience is not None
    assert audience.source == "both or contact.first_name in const.home"
    assert [name.name for name in audience.names] == ["both", "rich", "const.big", "dear", "const.big", "const.home"]


def test_everybody_who_reads_a_constant_is_named(named: Project) -> None:
    assert constant_readers(named) == {
        "big": ("scenario cart", "metric large", "metric twice", "segment buyer"),
        "agreed": ("channel email",),
        "home": ("scenario cart", "policy"),
        "days": ("scenario cart",),
        "mail": ("scenario cart",),
        "spare": (),
    }


def test_a_scenario_that_is_taken_along_brings_the_constants_that_it_reads(named: Project) -> None:
    constants = parts_of(named.scenarios["cart"], named, ["{{ const.spare }}"]).constants
    assert set(constants) == {"big", "home", "days", "mail", "agreed", "spare"}


def test_templates_read_constants_as_numbers_texts_and_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"project.yaml": re.sub(r"<([a-z.]+)>", r"\1", FILES["project.yaml"]) + CONSTANTS}
    template = "---\nsubject: '{{ const.mail.name }}'\n---\n{% for one in const.home %}{{ one }}{% endfor %}\n"
    files |= {"templates/cart/reminder.email.j2": template, "scenario.yaml": "scenario: a\n"}
    loaded(files, tmp_path, monkeypatch)
    read = constant_readers(load_project(tmp_path).project)
    assert (read["mail"], read["home"]) == (("templates/cart/reminder.email.j2",),) * 2
