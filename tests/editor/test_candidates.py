"""Completions at a place, for the shipped project. ¦ marks the place."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenario_cli.editor.candidates import candidates_at
from scenario_cli.editor.project import OpenProject, View
from scenario_cli.shipped import shipped


@pytest.fixture(scope="module")
def view() -> View:
    return OpenProject(shipped("scenarios")).read()


CART = "scenario: cart_abandonment\n"
TEST = "scenario: cart_abandonment\ncases:\n  - name: x\n"
CASES = [
    # file, text, some offered completions, one that is not offered
    ("cart_abandonment.yaml", "program: ¦", "conversion acquisition", "cart_updated"),
    ("cart_abandonment.yaml", "status: ¦", "draft live paused archived", "true"),
    ("cart_abandonment.yaml", "trigger:\n  event: ¦\n", "cart_updated message.sent", "email"),
    ("cart_abandonment.yaml", "trigger: {event: cart_updated, where: event.¦", "cart_id items total", "sku"),
    ("cart_abandonment.yaml", "trigger: {¦}", "event absence schedule segment", "states"),
    ("cart_abandonment.yaml", "trigger: {segment: ¦}", "buyer silent", "cart_updated"),
    ("cart_abandonment.yaml", "audience: segment.¦", "buyer silent", "email"),
    ("cart_abandonment.yaml", "audience: ¦", "contact metric segment now count", "journey"),
    ("cart_abandonment.yaml", "key: event.items | fir¦", "first length map", "date"),
    ("cart_abandonment.yaml", "audience: contact.email is ¦", "none defined", "contact"),
    ("cart_abandonment.yaml", "audience: count('ord¦", "order_completed", "buyer"),
    ("cart_abandonment.yaml", "audience: lookup('¦", "products", "buyer"),
    ("cart_abandonment.yaml", "audience: running('¦", "welcome", "products"),
    ("cart_abandonment.yaml", "states:\n  a:\n    ¦\n", "send after choose end", "trigger"),
    ("cart_abandonment.yaml", "states:\n  a:\n    send: x\n    ¦\n", "after choose", "send"),
    ("cart_abandonment.yaml", "states:\n  mine:\n    next: ¦\n", "mine reminder offer", "cart_updated"),
    ("cart_abandonment.yaml", "states: {a: {after: {1d: ¦", "reminder offer", "1h"),
    ("cart_abandonment.yaml", "states: {a: {after: {¦", "1h", "reminder"),
    ("cart_abandonment.yaml", "states: {a: {send: {¦", "email push first_of", "fax"),
    ("cart_abandonment.yaml", "states: {a: {send: {push: ¦", "cart/last_call cart/reminder", "cart/offer"),
    ("cart_abandonment.yaml", "states: {a: {send: {push: {template: ¦", "cart/last_call", "cart/offer"),
    ("cart_abandonment.yaml", "states: {a: {send: {first_of: [{sms: ¦", "cart/last_call", "cart/offer"),
    ("cart_abandonment.yaml", "states: {a: {on: {¦", "order_completed journey.ended", "email"),
    ("cart_abandonment.yaml", "states: {a: {on: {order_completed: {where: event.¦", "order_id total", "cart"),
    ("cart_abandonment.yaml", "states: {cart_open: {choose: {cart.¦", "total items", "order_id"),
    ("cart_abandonment.yaml", "states: {a: {update: {¦", "email first_name", "total"),
    ("cart_abandonment.yaml", "states: {a: {set: {x: =contact.¦", "email first_name", "total"),
    ("metrics.yaml", "metrics:\n  a: {count: ¦", "order_completed", "journey"),
    ("metrics.yaml", "metrics:\n  a: {count: cart_updated, where: event.¦", "cart_id total", "email"),
    ("metrics.yaml", "segments:\n  a: metric.¦", "orders last_order", "buyer"),
    ("policy.yaml", "policy:\n  caps:\n    - {channels: [¦", "email push", "conversion"),
    ("tests/x.test.yaml", f"{TEST}    expect: {{states: [¦", "cart_open offer", "code"),
    ("tests/x.test.yaml", f"{TEST}    timeline: [{{at: +1h, event: order_completed, ¦", "order_id total", "sku"),
    ("tests/x.test.yaml", f"{TEST}    contact: {{¦", "email first_name like id", "total"),
    ("templates/cart/offer.email.j2", "Hello {{ contact.¦", "email first_name", "total"),
    ("templates/cart/offer.email.j2", "Hello {{ ¦", "cart code discount contact trigger", "event"),
    ("templates/cart/offer.email.j2", "Hello {{ cart.total | ¦", "money date default", "cart"),
    # A mapping that could also be a text, and a place before other keys.
    ("project.yaml", "programs:\n  growth:\n    kpi:\n      ¦", "title measure", "kpi"),
    ("tests/x.test.yaml", f"{TEST}    expect:\n      ¦\n", "messages outcome states", "name"),
    ("cart_abandonment.yaml", "tri¦\ngoal: {event: order_completed}\n", "trigger states", "goal"),
    ("cart_abandonment.yaml", "states:\n  a:\n    ¦\n    send: x\n", "set end", "send"),
    ("tests/x.test.yaml", f"{TEST}    timeline: [{{¦, event: order_completed}}]", "order_id total", "sku"),
    ("cart_abandonment.yaml", "states: {mine: {next: ¦}, yours: {end: done}}", "mine yours offer", "done"),
    ("cart_abandonment.yaml", "trigger: {¦, offset: -7d, every: year}", "date at", "schedule"),
    ("cart_abandonment.yaml", "trigger: {event: cart_updated, ¦}", "where each", "absence"),
    ("cart_abandonment.yaml", "trigger: {evnt: cart_updated, ¦}", "event where", "evnt"),
    ("cart_abandonment.yaml", "states: {a: {end: ¦", "no_response", "archived"),
    ("cart_abandonment.yaml", "reentry: ¦", "always never 30d", "true"),
    # Expressions.
    ("cart_abandonment.yaml", "audience: contact.email ¦", "and is", "contact"),
    ("cart_abandonment.yaml", "audience: contact.email is none and ¦", "contact not none", "and"),
    ("cart_abandonment.yaml", "audience: any(trigger.items, ¦", "item", "within"),
    ("cart_abandonment.yaml", "audience: ¦.email", "contact", "count"),
    ("cart_abandonment.yaml", "audience: ¦('order_completed')", "count not", "contact"),
    ("cart_abandonment.yaml", "audience: any(trigger.items, item.¦", "sku price", "total"),
    ("cart_abandonment.yaml", "audience: total(filter(trigger.items, item.qty > 1), item.qty) > ¦", "contact", "item"),
    ("cart_abandonment.yaml", "audience: count('order_completed', ¦", "within where", "contact"),
    ("cart_abandonment.yaml", "audience: count('order_completed', where=past.¦", "total", "sku"),
    ("cart_abandonment.yaml", "states: {a: {after: {date ¦", "trigger cart", "and"),
    ("metrics.yaml", "metrics:\n  a: {sum: event.total, of: order_completed, where: ¦", "event any", "contact"),
    ("metrics.yaml", "metrics:\n  a: {sum: event.total, of: order_completed, where: ¦", "lookup", "count"),
    ("metrics.yaml", "segments:\n  a: ¦", "contact metric count", "journey"),
    ("project.yaml", "programs: {a: {kpi: {measure: {of: cart_updated, then: order_completed, where: event.¦",
     "total", "sku"),
    # Scenarios that are named beside, or under test.
    ("sunset.yaml", "scenario: sunset\ntrigger: {scenario: cart_abandonment, outcome: ¦}", "no_response", "imported"),
    ("tests/x.test.yaml", f"{TEST}    expect: {{outcome: ¦", "no_response running archived", "imported"),
    ("tests/x.test.yaml", f"{TEST}    expect: {{messages: [{{scenario: ¦", "cart_abandonment", "nps"),
    ("tests/x.test.yaml", "scenario: ¦\ncases: []\n", "cart_abandonment nps", "cases"),
    ("tests/x.test.yaml", "scenarios: [nps, welcome]\ncases: [{expect: {states: [¦", "promoter code", "cart_open"),
    ("tests/x.test.yaml", "scenarios: [nps, welcome]\ncases: [{expect: {states: {nps: [¦", "promoter", "code"),
    # Rows of a table: what the places can be that a column fills.
    ("tests/x.test.yaml", f"{TEST}    table: [{{way: [¦]}}]\n    expect: {{states: <way>}}\n", "offer", "code"),
    ("tests/x.test.yaml", f"{TEST}    table: [{{a: ¦}}]\n    expect: {{messages: [{{channel: <a>}}]}}\n", "sms", "x"),
    ("new.yaml", "scenario: new\ntrigger: {event: cart_updated}\naudience: trigger.¦\n", "cart_id total", "sku"),
    # Templates.
    ("templates/cart/new.email.j2", "---\n¦\n---\n", "subject preheader", "title"),
    ("templates/cart/new.email.j2", "---\nsubject: x\npre¦\n---\n", "preheader", "subject"),
    ("templates/cart/new.push.fr.j2", "---\n¦", "title", "subject"),
    ("templates/cart/offer.email.j2", "{% ¦", "if for set", "cart"),
    ("templates/cart/offer.email.j2", "{% if ¦", "cart contact", "if"),
    ("templates/cart/offer.email.j2", "{% for item in ¦", "cart", "any"),
    ("templates/cart/offer.email.j2", "{% set x = ¦", "cart lookup", "count"),
    ("templates/cart/offer.email.j2", "{{ cart ¦", "and", "cart"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "offered", "not_offered"), CASES, ids=[f"{case[1][-40:]}" for case in CASES])
def test_a_place_offers_fitting_candidates(view: View, path: str, text: str, offered: str, not_offered: str) -> None:
    text = CART + text if path == "cart_abandonment.yaml" else text
    labels = [candidate.label for candidate in candidates_at(view, path, text.replace("¦", ""), text.index("¦"))]
    assert set(offered.split()) <= set(labels)
    assert not_offered not in labels


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("cart_abandonment.yaml", "# a comment ¦"),
        ("cart_abandonment.yaml", f"{CART}title: ¦"),
        ("cart_abandonment.yaml", f"{CART}audience: contact.country == 'F¦"),
        ("templates/cart/offer.email.j2", "no braces ¦"),
        ("templates/cart/offer.email.j2", "{{ code }} ¦"),
        ("templates/cart/offer.email.j2", "{# {{ ¦"),
        ("templates/cart/offer.email.j2", "---\nsubject: x\n---\n¦"),
        ("templates/cart/offer.email.j2", "---\nsubject: ¦\n---\n"),
        ("templates/cart/offer.email.j2", "{% for ¦"),
        ("templates/cart/offer.email.j2", "{% endif ¦"),
        ("data/notes.yaml", "a: ¦"),
    ],
)
def test_a_place_for_any_text_offers_nothing(view: View, path: str, text: str) -> None:
    assert candidates_at(view, path, text.replace("¦", ""), text.index("¦")) == []


def test_outcomes_of_the_scenario_come_first(view: View) -> None:
    text = f"{CART}states: {{a: {{end: "
    labels = [candidate.label for candidate in candidates_at(view, "cart_abandonment.yaml", text, len(text))]
    assert set(labels[:5]) == {"emptied", "opted_out", "recovered", "ordered", "no_response"}
    assert "attended" in labels[5:]


def test_a_candidate_has_a_description(view: View) -> None:
    text = f"{CART}trigger: {{event: cart_upd"
    (candidate,) = [
        each for each in candidates_at(view, "cart_abandonment.yaml", text, len(text)) if each.label == "cart_updated"
    ]
    assert candidate.about
    assert text[candidate.start : candidate.end] == "cart_upd"


@pytest.mark.parametrize(("text", "written"), [("sta", "states: "), ("sta: x", "states")])
def test_a_key_comes_with_a_colon_unless_one_is_there(view: View, text: str, written: str) -> None:
    candidates = candidates_at(view, "new.yaml", text, 3)
    assert [each.text for each in candidates if each.label == "states"] == [written]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("owner: ¦", ['"@crm"', "a team", '"on: call"']),
        ("owner: '@¦", ["@crm", "a team", "on: call"]),
    ],
)
def test_a_text_comes_in_quotes_where_it_needs_them(tmp_path: Path, text: str, written: list[str]) -> None:
    (tmp_path / "project.yaml").write_text("project: p\ntimezone: UTC\n", encoding="utf-8")
    events = "events: {a: {owner: '@crm'}, b: {owner: a team}, c: {owner: 'on: call'}}\n"
    (tmp_path / "events.yaml").write_text(events, encoding="utf-8")
    view = OpenProject(tmp_path).read()
    candidates = candidates_at(view, "new.yaml", text.replace("¦", ""), text.index("¦"))
    assert [candidate.text for candidate in candidates] == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("audience: da¦", "date("),
        ("audience: da¦(x)", "date"),
        ("audience: count('paid', wi¦)", "within="),
        ("audience: count('paid', wi¦='3d')", "within"),
    ],
)
def test_a_sign_behind_a_name_is_written_unless_it_is_there(view: View, text: str, written: str) -> None:
    candidates = candidates_at(view, "new.yaml", text.replace("¦", ""), text.index("¦"))
    assert written in [each.text for each in candidates]


def test_names_are_those_of_the_last_version_that_could_be_read(tmp_path: Path) -> None:
    (tmp_path / "project.yaml").write_text("project: p\ntimezone: UTC\n", encoding="utf-8")
    (tmp_path / "events.yaml").write_text("events: {paid: {}}\n", encoding="utf-8")
    project = OpenProject(tmp_path)
    project.read()
    for broken in (b"events: {paid: {\n", b"events: {paid: {\n\n", b"\t"):
        project.buffers[tmp_path / "events.yaml"] = broken
        view = project.read()
        assert "paid" in [each.label for each in candidates_at(view, "s.yaml", "trigger: {event: ", 17)]
