"""Messages that stop if data is missing: the shipped scenarios, and small ones for each construct."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenario_cli.analysis.silence.absence import Loss
from scenario_cli.analysis.silence.silenced import Effect, silenced
from scenario_cli.language.project import Loaded, load_project
from scenario_cli.language.templates.variables import template_reads
from scenario_cli.shipped import shipped
from tests.rows import rows

PLAN = """
profile: {email: string, optin: boolean, name: string, age: number, birthday: date, due: datetime}
events:
  started: {properties: {plan: string, size: number, total: number, tags: {type: array}}, required: [plan, total]}
  resumed: {properties: {plan: string}}
  bought: {properties: {plan: string, total: number}, required: [plan]}
  nudged: {properties: {plan: string}}
groups:
  beginning: [started, resumed]
"""


@pytest.fixture(scope="module")
def shop() -> Loaded:
    return load_project(shipped("scenarios"))


def effects(loaded: Loaded, **loss: object) -> dict[str, Effect]:
    lost = Loss(**{name: frozenset(values) for name, values in loss.items()})  # type: ignore[call-overload]
    project = loaded.project
    return {effect.scenario: effect for effect in silenced(project, lost, template_reads(project))}


def project_of(folder: Path, scenario: str, template: str = "Hello", **files: str) -> Loaded:
    (folder / "templates").mkdir(parents=True)
    (folder / "templates" / "hello.email.j2").write_text(f"---\nsubject: Hello\n---\n{template}\n")
    (folder / "project.yaml").write_text(
        "project: small\ntimezone: UTC\nchannels: {email: {address: contact.email, consent: contact.optin}}\n"
    )
    (folder / "events.yaml").write_text(PLAN)
    (folder / "one.yaml").write_text(f"scenario: one\nstatus: live\n{scenario}")
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    loaded = load_project(folder, errors_only=True)
    assert not loaded.broken, loaded.findings
    return loaded


def single_effect(folder: Path, scenario: str, template: str = "Hello", **loss: object) -> Effect | None:
    return effects(project_of(folder, scenario, template), **loss).get("one")


def test_nothing_lost_changes_nothing(shop: Loaded) -> None:
    assert effects(shop) == {}


def test_a_scenario_without_its_trigger_is_silent(shop: Loaded) -> None:
    (effect,) = effects(shop, events={"cart_updated"}).values()
    assert effect.everything
    assert effect.why == "its trigger, cart_updated, never comes"
    assert len(effect.silenced) == effect.messages == 5


def test_a_trigger_with_an_impossible_condition_never_fires(shop: Loaded) -> None:
    (effect,) = effects(shop, properties={("cart_updated", "items")}).values()
    assert effect.why == "the trigger's condition never holds: event.items | length > 0"


def test_no_contact_enters_without_a_key(shop: Loaded) -> None:
    assert effects(shop, properties={("cart_updated", "cart_id")})["cart_abandonment"].why == (
        "the key is missing: event.cart_id"
    )


def test_a_branch_on_a_captured_value_is_never_taken_and_texts_lose_it(shop: Loaded) -> None:
    (effect,) = effects(shop, properties={("cart_updated", "total")}).values()
    assert not effect.everything
    assert effect.silenced == (("offer", "email", "cart/offer"),)
    assert {names for _, names in effect.blank} == {("cart.total",)}
    assert ("last_call", "sms", "cart/last_call") in {place for place, _ in effect.blank}


def test_a_lost_exit_is_reported(shop: Loaded) -> None:
    by_scenario = effects(shop, events={"order_completed"})
    assert by_scenario["cart_abandonment"].exits == ("order_completed (ordered)", "order_completed (recovered)")
    assert by_scenario["cart_abandonment"].unmeasured
    assert by_scenario["cart_abandonment"].silenced == ()
    assert by_scenario["reactivation"].everything


def test_a_lost_address_or_consent_silences_its_channel(shop: Loaded) -> None:
    assert effects(shop, attributes={"phone"})["cart_abandonment"].silenced == (("last_call", "sms", "cart/last_call"),)
    assert all(effect.silenced for effect in effects(shop, attributes={"email_optin"}).values())


SENDS = "states:\n  a: {send: {email: hello}, after: {1d: {end: over}}}\n"


def test_a_group_with_a_member_left_still_lets_people_in(tmp_path: Path) -> None:
    effect = single_effect(tmp_path, "trigger: {event: beginning}\n" + SENDS, events={"resumed"})
    assert effect is not None
    assert (effect.why, effect.silenced, effect.fewer) == ("", (), ("beginning without resumed",))


def test_another_trigger_keeps_a_scenario_alive(tmp_path: Path) -> None:
    effect = single_effect(tmp_path, "trigger: [{event: started}, {event: bought}]\n" + SENDS, events={"started"})
    assert effect is not None
    assert (effect.why, effect.silenced) == ("", ())
    assert effect.fewer == ("its trigger, started, never comes",)


@rows(
    ("condition", "sent"),
    [
        ("event.size > 3", False),
        ("event.size == 3", False),
        ("event.size != 3", True),
        ("event.size is none", True),
        ("event.size is not none", False),
        ("not event.size", True),
        ("event.size in [1, 2]", False),
        ("event.size not in [1, 2]", True),
        ("event.size in [1, contact.age]", True),  # the age can also be missing, so nothing is claimed
        ("event.size > 3 or event.plan == 'pro'", True),
        ("event.size > 3 and event.plan == 'pro'", False),
        ("event.size | default(5) > 3", True),
        ("event.size | default(1) > 3", False),
        ("event.size * 2 > 3", False),
        ("event.total == event.size", False),
        ("(5 if event.size else 1) > 3", False),
        ("event.tags | length > 0", True),
    ],
)
def test_conditions_follow_the_rules_for_missing_values(condition: str, sent: bool, tmp_path: Path) -> None:
    scenario = f'trigger: {{event: started, where: "{condition}"}}\n{SENDS}'
    effect = single_effect(tmp_path, scenario, properties={("started", "size")})
    assert (effect is None or not effect.why) is sent


@pytest.mark.parametrize(
    ("condition", "sent"), [("any(event.tags, item == 'x')", False), ("event.tags | length == 0", True)]
)
def test_lists_that_are_missing_are_empty_to_length_and_fail_any(condition: str, sent: bool, tmp_path: Path) -> None:
    scenario = f'trigger: {{event: started, where: "{condition}"}}\n{SENDS}'
    effect = single_effect(tmp_path, scenario, properties={("started", "tags")})
    assert (effect is None or not effect.why) is sent


def test_a_condition_of_the_scenario_that_always_holds_ends_every_journey_before_its_message(tmp_path: Path) -> None:
    scenario = "trigger: {event: started}\nwhen: {contact.name is none: {end: nameless}}\n" + SENDS
    effect = single_effect(tmp_path, scenario, attributes={"name"})
    assert effect is not None
    assert effect.everything
    assert effect.silenced == (("a", "email", "hello"),)


def test_a_value_with_a_default_or_a_check_leaves_no_blank(tmp_path: Path) -> None:
    template = "{{ contact.name | default('you', true) }} {% if contact.name %}{{ contact.name }}{% endif %}"
    scenario = "trigger: {event: started}\n" + SENDS
    assert single_effect(tmp_path / "a", scenario, template, attributes={"name"}) is None
    effect = single_effect(tmp_path / "b", scenario, "Dear {{ contact.name }}", attributes={"name"})
    assert effect is not None
    assert effect.blank == ((("a", "email", "hello"), ("contact.name",)),)


METRICS = """
metrics:
  orders: {count: bought}
  spent: {sum: event.total, of: bought}
  last_order: {last: event.timestamp, of: bought}
  tier: {bins: metric.spent, at: [100], labels: [low, high]}
  plans: {list: event.plan, of: bought}
segments:
  buyers: metric.orders > 0
"""


@rows(
    ("trigger", "loss", "why"),
    [
        ("{absence: bought, for: 3d, since: started}", {"events": {"started"}}, "its trigger, started, never comes"),
        ("{date: contact.birthday, every: year}", {"attributes": {"birthday"}},
         "the trigger's date is missing: contact.birthday"),
        ("{segment: buyers}", {"events": {"bought"}}, "nobody is ever in the segment buyers"),
        ("{attribute: name}", {"attributes": {"name"}}, "its trigger, contact.name, never changes"),
        ("{event: started, each: event.tags}", {"properties": {("started", "tags")}},
         "there is no list to start journeys from: event.tags"),
        ("{schedule: at 09:00 on mon}", {"events": {"started", "bought"}}, ""),
    ],
)  # fmt: skip
def test_every_kind_of_trigger_needs_its_data(trigger: str, loss: dict[str, object], why: str, tmp_path: Path) -> None:
    loaded = project_of(tmp_path, f"trigger: {trigger}\n{SENDS}", metrics=METRICS)
    effect = effects(loaded, **loss).get("one")
    assert (effect.why if effect else "") == why


def test_an_absence_of_a_lost_event_lets_everybody_enter(tmp_path: Path) -> None:
    effect = single_effect(tmp_path, "trigger: {absence: bought, for: 3d, since: started}\n" + SENDS, events={"bought"})
    assert effect is not None
    assert effect.more == ("bought never comes, so its absence lets everybody in",)
    assert effect.silenced == ()


@rows(
    ("audience", "loss", "open_"),
    [
        ("metric.orders > 0", {"events": {"bought"}}, False),
        ("metric.orders == 0", {"events": {"bought"}}, True),
        ("metric.spent > 10", {"properties": {("bought", "total")}}, False),
        ("metric.orders > 0", {"properties": {("bought", "total")}}, True),
        ("metric.tier == 'high'", {"events": {"bought"}}, True),
        ("metric.last_order is not none", {"events": {"bought"}}, False),
        ("days_since(metric.last_order) > 30", {"events": {"bought"}}, False),
        ("metric.plans | length >= 2", {"properties": {("bought", "plan")}}, False),
        ("'solo' in metric.plans", {"properties": {("bought", "plan")}}, False),
        ("metric.plans is none", {"events": {"bought"}}, True),
        ("segment.buyers", {"events": {"bought"}}, False),
        ("not segment.buyers", {"events": {"bought"}}, True),
        ("count('bought', within='30d') > 0", {"events": {"bought"}}, False),
        ("happened('bought', within='30d')", {"events": {"bought"}}, False),
        ("not happened('bought', within='30d')", {"events": {"bought"}}, True),
        ("happened('bought', where=past.total > 5)", {"properties": {("bought", "total")}}, False),
        ("last('bought').total > 5", {"events": {"bought"}}, False),
    ],
)
def test_metrics_segments_and_history_lose_what_they_are_made_of(
    audience: str, loss: dict[str, object], open_: bool, tmp_path: Path
) -> None:
    loaded = project_of(tmp_path, f'trigger: {{event: started}}\naudience: "{audience}"\n{SENDS}', metrics=METRICS)
    effect = effects(loaded, **loss).get("one")
    assert (effect is None or not effect.why) is open_


@pytest.mark.parametrize(("if_missing", "sent"), [("never", False), ("now", True), ("a", True)])
def test_a_wait_for_a_lost_date_takes_its_branch(if_missing: str, sent: bool, tmp_path: Path) -> None:
    states = f"""
states:
  waiting:
    after:
      - {{wait: 1d before date contact.due, to: a, if_missing: {if_missing}, if_past: never}}
      - {{wait: 90d, to: {{end: over}}}}
  a: {{send: {{email: hello}}, after: {{1d: {{end: over}}}}}}
"""
    effect = single_effect(tmp_path, "trigger: {event: started}" + states, attributes={"due"})
    assert (effect is None or not effect.silenced) is sent


def test_a_scenario_started_by_a_silenced_one_is_silenced(tmp_path: Path) -> None:
    second = "scenario: two\nstatus: live\ntrigger: {scenario: one, outcome: [over]}\n" + SENDS
    third = "scenario: three\nstatus: live\ntrigger: {event: nudged}\n" + SENDS
    first = "trigger: {event: started}\nstates:\n  a: {emit: [{event: nudged}], after: {1d: {end: over}}}\n"
    loaded = project_of(tmp_path, first, two=second, three=third)
    by_scenario = effects(loaded, events={"started"})
    assert by_scenario["two"].why == "its trigger, the end of one, never comes"
    assert by_scenario["three"].why == "its trigger, nudged, never comes"
    assert "two" not in effects(loaded, events={"bought"})
