"""The shortest and the longest length of a text, compared with the messages of the shipped log."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from scenario_cli.cli.main import run
from scenario_cli.language.files import Folder
from scenario_cli.language.names.shapes import Scope, of_type
from scenario_cli.language.project import load_model
from scenario_cli.language.rules.support.subject import Overview
from scenario_cli.language.templates import lengths as template_lengths
from scenario_cli.language.templates.contents import contents
from scenario_cli.language.templates.files import TemplateText, read_templates
from scenario_cli.language.templates.lengths import USUAL_NUMBER, USUAL_TEXT, Lengths
from scenario_cli.language.templates.limits import lengths_of
from scenario_cli.language.templates.messages import printed
from scenario_cli.model.expression import Literal
from scenario_cli.model.project import Property, TrackingPlan
from scenario_cli.model.source import Span
from scenario_cli.shipped import shipped
from tests.rows import rows
from tests.sample.shop import one_in, small_shop

NOWHERE = Span("", 1, 1, 1, 1)
PLAN = TrackingPlan(
    profile={
        "name": of_type("string", "name"),
        "size": Property("size", "string", NOWHERE, enum=("S", "XXL")),
        "zip": Property("zip", "string", NOWHERE, max_length=5),
        "points": of_type("integer", "points"),
    }
)
PARTS = {
    "layout.html": TemplateText("layout.html", "[{% block a %}none{% endblock %}]{% include 'foot' %}", 1),
    "foot": TemplateText("foot", "bye", 1),
}


def measured(text: str) -> tuple[int, int]:
    handed = {"code": Literal("CART10", NOWHERE), "discount": Literal(10, NOWHERE)}
    extent = Lengths(Scope(PLAN), handed, len).extent(contents(TemplateText("t", text, 1), PARTS))
    return extent.least, extent.most


@rows(
    ("text", "least", "most"),
    [
        ("Hello", 5, 5),
        ("  Hello \n", 5, 5),  # blanks at the ends are not sent
        ("{{ code }} takes {{ discount }}% off", 20, 20),
        ("{{ contact.name }}", 0, USUAL_TEXT),
        ("{{ contact.points }}", 0, USUAL_NUMBER),
        ("{{ contact.size }}", 0, 3),
        ("{{ contact.zip }}", 0, 5),
        ("{{ contact.name | default('you') }}", 0, USUAL_TEXT),
        ("{{ contact.name or 'you' }}", 0, USUAL_TEXT),
        ("{{ 'dear' if contact.name else 'you' }}", 3, 4),
        ("{{ 'Hi ' ~ code }}", 9, 9),
        ("{% if contact.points %}many{% elif contact.zip %}few{% else %}no{% endif %}", 2, 4),
        ("{% if contact.points %}many{% endif %}", 0, 4),
        ("{% for one in contact.list %}ab{% endfor %}", 0, 6),
        ("{% set x = code %}{{ x }}{{ x | upper }}", 12, 12),
        ("{{ '%.2f' | format(contact.points) }} EUR", 8, 11),
        ("{{ contact.name | truncate(8) }}", 0, 8),
        ("{{ contact.list | length }} left", 6, 7),
        ("{% extends 'layout.html' %}{% block a %}{{ code }}{% endblock %}", 11, 11),
        ("{% extends 'layout.html' %}", 9, 9),
        ("{% extends 'missing.html' %}", 0, 0),
        ("{% if %}", 0, 0),  # a text that is not a template has its own finding, and is not measured
    ],
)
def test_a_text_has_this_length(text: str, least: int, most: int) -> None:
    assert measured(text) == (least, most)


# Scenarios whose unbounded texts in the shipped log are never longer than usual, and those with longer texts: the title
# of a webinar, the subject of an offer, a product's name in a reference table.
SHORT_VALUES = ["birthday", "lead_scoring", "payment_failed"]
LONG_VALUES = ["nearby", "price_drop", "replenishment", "sales_follow_up", "webinar"]
LONGEST_VALUE = 47  # characters


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The messages of these scenarios that are sent, to one contact in three."""
    shop = small_shop(tmp_path_factory.mktemp("shop") / "scenarios", [*SHORT_VALUES, *LONG_VALUES], one_in(3))
    plan = shop / "plan.jsonl"
    assert run(["dry-run", "--project", str(shop), "--plan", str(plan), "--quiet"]) == 0
    rows = [json.loads(line) for line in plan.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row["kind"] == "message" and row["status"] != "dropped"]


@pytest.mark.parametrize(("scenarios", "usual"), [(SHORT_VALUES, USUAL_TEXT), (LONG_VALUES, LONGEST_VALUE)])
def test_no_message_of_the_shipped_log_is_shorter_or_longer_than_computed(
    scenarios: list[str], usual: int, sent: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = shipped("scenarios")
    texts = read_templates(Folder(root))[0].texts
    overview = Overview(load_model(root).project, texts, date(2025, 1, 1))
    monkeypatch.setattr(template_lengths, "USUAL_TEXT", usual)
    extents = {
        (
            text.scenario.name,
            text.state.name if text.state else "",
            text.template.channel,
            text.template.locale or None,
            text.field,
        ): lengths_of(subject, text).extent(text.contents)
        for subject in overview.subjects
        if subject.scenario.name in scenarios
        for text in printed(subject)
    }
    counted = 0
    for row in sent:
        if row["scenario"] not in scenarios:
            continue
        for field, text in (("", row["body"]), *row["fields"].items()):
            extent = extents[row["scenario"], row["state"], row["channel"], row["locale"], field]
            assert extent.least <= len(text)
            counted += row["channel"] != "email" and not field
            if row["channel"] != "email":
                assert len(text) <= extent.most
    assert counted > 30
