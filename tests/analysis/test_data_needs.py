"""The data that a scenario needs, found through captures, loops, metrics and templates, and how fresh it must be."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenario_cli.analysis.data_needs import DataNeeds, data_needs
from scenario_cli.language.templates.variables import template_variables
from tests.analysis.projects import one_scenario
from tests.rows import rows


def needs(folder: Path, text: str, template: str = "Hello") -> DataNeeds:
    project = one_scenario(folder, text, {"hello.email.j2": template})
    return data_needs(project.scenarios["one"], project, template_variables(project))


def properties(needed: DataNeeds, event: str) -> set[str]:
    return {each.name for need in needed.events if need.name == event for each in need.properties}


@rows(
    ("states", "template", "event", "read"),
    [
        ("a: {set: {cart: =event}, send: {email: hello}, end: x}", "{{ cart.total }}", "carted", {"total"}),
        (
            "a: {set: {cart: =event}, next: b}\n  b: {set: {list: =cart.items}, send: {email: hello}, end: x}",
            "{% for line in list %}{{ line.qty }}{% endfor %}",
            "carted",
            {"items", "items[].qty"},
        ),
        (
            "a: {send: {email: {template: hello, with: {top: '=trigger.items[0].maker'}}}, end: x}",
            "{{ top.name }}",
            "carted",
            {"items", "items[].maker", "items[].maker.name"},
        ),
        (
            "a: {set: {rich: =event.total > 80}, send: {email: {template: hello, if: rich}}, end: x}",
            "",
            "carted",
            {"total"},
        ),
        ("a: {set: {kept: =event}, end: x}", "", "carted", set()),
        ("a: {set: {kept: =event.total}, end: x}", "", "carted", set()),
        ("a: {set: {kept: =event.total}, send: {email: hello}, end: x}", "{{ kept }}", "carted", {"total"}),
        ("a: {set: {kept: =event.total}, choose: {kept > 80: b, else: b}}\n  b: {end: x}", "", "carted", {"total"}),
        ("a: {choose: {'any(event.items, item.qty > 1)': b, else: b}}\n  b: {end: x}", "",
         "carted", {"items", "items[].qty"}),
        ("a: {choose: {\"'A' in (event.items | map(attribute='sku') | list)\": b, else: b}}\n  b: {end: x}", "",
         "carted", {"items", "items[].sku"}),
        ("a: {on: {viewed: {collect: seen}}, after: {1d: b}}\n  b: {send: {email: hello}, end: x}",
         "{{ seen | map(attribute='price') | sum }}", "viewed", {"price"}),
        ("a: {choose: {\"happened('bought', where=past.total > 9)\": b, else: b}}\n  b: {end: x}", "", "bought",
         {"total"}),
        ("a: {choose: {\"last('bought').cart_id == event.cart_id\": b, else: b}}\n  b: {end: x}", "", "bought",
         {"cart_id"}),
        ("a: {send: {email: hello}, end: x}", "{{ metric.orders_30d }}", "bought", {"total"}),
        ("a: {send: {email: hello}, end: x}", "{% if segment.buyers %}!{% endif %}", "bought", set()),
        ("a: {on: {left: {where: event.reason == 'x', to: {end: gone}}}, after: {1d: {end: x}}}", "", "left",
         {"reason"}),
    ],
)  # fmt: skip
def test_a_property_is_needed_by_every_path_to_its_reader(
    states: str, template: str, event: str, read: set[str], tmp_path: Path
) -> None:
    needed = needs(tmp_path, f"trigger: {{event: carted}}\nstates:\n  {states}\n", template)
    assert properties(needed, event) == read
    assert event in {need.name for need in needed.events}


def test_the_key_is_needed_of_every_event_that_concerns_one_journey(tmp_path: Path) -> None:
    needed = needs(
        tmp_path, "trigger: {event: carted}\nkey: event.cart_id\ngoal: {event: bought}\nstates: {a: {end: x}}\n"
    )
    assert properties(needed, "carted") == properties(needed, "bought") == {"cart_id"}


def test_a_table_is_needed_with_the_columns_that_are_read(tmp_path: Path) -> None:
    states = "a: {set: {best: \"=lookup('products', event.sku)\"}, send: {email: hello}, end: x}"
    needed = needs(tmp_path, f"trigger: {{event: viewed}}\nstates:\n  {states}\n", "{{ best.name }}")
    assert [(table.name, table.file, table.key, table.columns) for table in needed.tables] == [
        ("products", "products.csv", "sku", ("name",))
    ]
    assert properties(needed, "viewed") == {"sku"}


def test_attributes_that_are_read_are_needed_with_their_uses(tmp_path: Path) -> None:
    text = "trigger: {event: viewed}\naudience: contact.tier == 'gold'\nstates: {a: {send: {email: hello}, end: x}}\n"
    needed = needs(tmp_path, text)
    assert {attribute.name: attribute.uses for attribute in needed.attributes} == {
        "tier": ("who enters",),
        "email": ("address of email",),
        "email_optin": ("consent to email",),
        "timezone": ("times of day",),
    }


def test_a_transactional_message_needs_no_consent(tmp_path: Path) -> None:
    send = "send: {email: {template: hello, purpose: transactional}}"
    needed = needs(tmp_path, f"trigger: {{event: viewed}}\nstates: {{a: {{{send}, end: x}}}}\n")
    assert "email_optin" not in {attribute.name for attribute in needed.attributes}


@rows(
    ("trigger", "states", "event", "fresh"),
    [
        ("{event: viewed}", "a: {send: {email: hello}, end: x}", "viewed", "within 5 minutes"),
        ("{event: viewed}", "a: {after: {10min: b}}\n  b: {send: {email: hello}, end: x}", "viewed",
         "within 5 minutes"),
        ("{event: viewed}", "a: {after: {1h: b}}\n  b: {send: {email: hello}, end: x}", "viewed", "within 15 minutes"),
        ("{event: viewed}", "a: {after: {4h: b}}\n  b: {send: {email: hello}, end: x}", "viewed", "within an hour"),
        ("{event: viewed}", "a: {after: {1d: b}}\n  b: {send: {email: hello}, end: x}", "viewed", "within 6 hours"),
        ("{event: viewed}", "a: {after: {1d at 10:00: b}}\n  b: {send: {email: hello}, end: x}", "viewed",
         "within an hour"),
        ("{event: viewed}", "a: {after: {at 10:00: b}}\n  b: {send: {email: hello}, end: x}", "viewed",
         "within an hour"),
        ("{event: viewed}", "a: {after: {6mo at 10:00: b}}\n  b: {send: {email: hello}, end: x}", "viewed", "daily"),
        ("{event: viewed}", "a: {after: {1h: b, 1d: c}}\n  b: {end: y}\n  c: {send: {email: hello}, end: x}", "viewed",
         "within 6 hours"),
        ("{event: viewed}", "a: {after: {1h: b}}\n  b: {end: x}", "viewed", "daily"),
        ("{event: viewed}", "a: {on: {left: {end: gone}}, after: {1h: b}}\n  b: {send: {email: hello}, end: x}", "left",
         "within 15 minutes"),
        ("{event: viewed}", "a: {on: {left: b}, after: {9d: {end: x}}}\n  b: {send: {email: hello}, end: x}", "left",
         "within 5 minutes"),
        ("{event: viewed}", "a: {choose: {\"happened('bought', within='1h')\": b, else: b}}\n  b: {end: x}", "bought",
         "within 15 minutes"),
        ("{event: viewed}", "a: {choose: {metric.orders > 1: b, else: b}}\n  b: {end: x}", "bought", "daily"),
        ("{absence: bought, for: 1d, since: viewed}", "a: {send: {email: hello}, end: x}", "bought", "within 6 hours"),
        ("{absence: bought, for: 1h, since: viewed}", "a: {send: {email: hello}, end: x}", "viewed",
         "within 15 minutes"),
        ("{segment: buyers}", "a: {send: {email: hello}, end: x}", "bought", "within 15 minutes"),
    ],
)  # fmt: skip
def test_an_event_can_be_late_by_a_quarter_of_the_wait_that_depends_on_it(
    trigger: str, states: str, event: str, fresh: str, tmp_path: Path
) -> None:
    needed = needs(tmp_path, f"trigger: {trigger}\nstates:\n  {states}\n")
    assert {need.name: need.freshness.words for need in needed.events}[event] == fresh


@pytest.mark.parametrize(("ends", "fresh"), [("false", "daily"), ("won", "within 15 minutes")])
def test_a_goal_that_ends_the_journey_is_waited_for_and_one_that_is_measured_is_not(
    ends: str, fresh: str, tmp_path: Path
) -> None:
    states = "states:\n  a: {after: {1h: b}}\n  b: {send: {email: hello}, end: x}\n"
    needed = needs(tmp_path, f"trigger: {{event: viewed}}\ngoal: {{event: bought, ends: {ends}}}\n{states}")
    assert {need.name: need.freshness.words for need in needed.events}["bought"] == fresh


def test_an_event_that_a_scenario_emits_names_its_maker(tmp_path: Path) -> None:
    needed = needs(
        tmp_path,
        "trigger: {event: viewed}\nstates:\n"
        "  a: {emit: {event: left}, on: {left: {end: gone}}, after: {1d: {end: x}}}\n",
    )
    assert {need.name: need.maker for need in needed.events} == {"viewed": "", "left": "one", "profile_updated": ""}
