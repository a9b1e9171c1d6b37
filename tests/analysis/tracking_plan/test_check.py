"""The plan compared with exports, each with one kind of breach."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from scenario_cli.analysis.tracking_plan.check import Breach, Limits, check_plan
from scenario_cli.events.inspect import inspect
from scenario_cli.language.project import load_project
from scenario_cli.language.templates.variables import template_reads
from scenario_cli.model.export import ExportOptions
from scenario_cli.model.inspection import EventFacts

PLAN = """
profile: {email: string, optin: boolean}
events:
  cart_updated:
    properties:
      cart_id: string
      cart_value: number
      channel: {type: string, enum: [web, app]}
      coupon: string
      at: datetime
    required: [cart_id, cart_value]
  bought: {properties: {cart_id: string, total: number}, required: [cart_id]}
  rare: {properties: {x: string}}
  profile_updated: {profile: true}
"""
SCENARIO = """
scenario: carts
status: live
trigger: {event: cart_updated, where: event.cart_value > 0}
key: event.cart_id
goal: {event: bought, value: event.total}
states:
  waiting: {set: {cart: =event}, after: {1h: reminder}}
  reminder: {send: {email: reminder}, after: {1d: {end: over}}}
"""
DAY = 86_400
START = 20_000 * DAY  # 2024-10-04 00:00

USUAL = Limits()
Check = Callable[..., list[Breach]]
Row = dict[str, Any]


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Check:
    """Files of the same content lie at the same place, and so are read once."""
    base = tmp_path_factory.mktemp("check")

    def check(
        rows: Iterable[Row],
        limits: Limits = USUAL,
        contacts: str = "",
        plan: str = PLAN,
        scenario: str = SCENARIO,
        new_name: str | None = None,
    ) -> list[Breach]:
        """The breaches of an export; `new_name` is another name for the property `cartValue` of the carts."""
        shop = base / f"shop-{_digest(plan, scenario)}"
        if not shop.exists():
            (shop / "templates").mkdir(parents=True)
            (shop / "templates" / "reminder.email.j2").write_text("---\nsubject: Cart\n---\n{{ cart.cart_value }}\n")
            (shop / "project.yaml").write_text(
                "project: shop\ntimezone: UTC\nchannels: {email: {address: contact.email, consent: contact.optin}}\n"
            )
            (shop / "events.yaml").write_text(plan)
            (shop / "carts.yaml").write_text(scenario)
        loaded = load_project(shop, errors_only=True)
        assert not loaded.broken, loaded.findings
        project = loaded.project
        text = "".join(json.dumps(row) + "\n" for row in rows)
        log, people = base / f"log-{_digest(text)}.jsonl", base / f"people-{_digest(contacts)}.csv"
        for path, content in ((log, text), (people, contacts)):
            if not path.exists():
                path.write_text(content)
        declared = {name: {key: each.type for key, each in event.properties.items()}
                    for name, event in project.plan.events.items()}  # fmt: skip
        attributes = {name: each.type for name, each in project.plan.profile.items()}
        options = ExportOptions((str(log),), (str(people),) if contacts else ())
        export = inspect(options, base / "work", None, declared, attributes)
        if new_name is not None:
            export = replace(export, events=tuple(_with_name(event, new_name) for event in export.events))
        return check_plan(project, export, limits, template_reads(project))

    return check


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def _with_name(event: EventFacts, new: str) -> EventFacts:
    return replace(
        event,
        properties=tuple(
            replace(facts, name=new) if facts.name == "cartValue" else facts for facts in event.properties
        ),
    )


def log(days: int = 20, a_day: int = 20, **changes: Any) -> list[Row]:
    """Carts and purchases, as in the plan. `changes` are made in every cart."""
    rows: list[Row] = [
        {"contact_id": "a", "event": "profile_updated", "timestamp": START + day * DAY, "email": "a@example.com",
         "optin": True}
        for day in range(days)
    ]  # fmt: skip
    for number in range(days * a_day):
        moment = START + number * DAY // a_day
        cart = {"cart_id": f"c{number}", "cart_value": number + 0.5, "channel": "web", "at": "2025-03-01T10:00"}
        cart.update(changes)
        rows.append({"contact_id": "a", "event": "cart_updated", "timestamp": moment, **cart})
        rows.append({"contact_id": "a", "event": "bought", "timestamp": moment, "cart_id": f"c{number}", "total": 5})
    return rows


def grave(breaches: list[Breach]) -> list[tuple[str, str]]:
    return [(breach.kind, breach.subject()) for breach in breaches if not breach.note]


def renamed(rows: Iterable[Row], old: str, new: str, since: int = 0) -> list[Row]:
    return [
        {(new if name == old and row["timestamp"] >= since else name): value for name, value in row.items()}
        for row in rows
    ]


def test_a_log_that_keeps_the_plan_has_no_breach(check: Check) -> None:
    breaches = check(log())
    assert grave(breaches) == []
    assert [(breach.kind, breach.subject()) for breach in breaches] == [
        ("missing", "cart_updated.coupon"), ("missing", "rare"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "new", ["cartValue", "CartValue", "cart-value", "cart value", "cartvalue", "cart_vlaue", "value"]
)
def test_a_renamed_property_is_found_with_its_new_name_and_what_it_silences(new: str, check: Check) -> None:
    breaches = check(renamed(log(), "cart_value", "cartValue"), new_name=new)
    (breach,) = [breach for breach in breaches if not breach.note]
    assert (breach.kind, breach.subject(), breach.total) == ("missing", "cart_updated.cart_value", True)
    assert breach.likely is not None
    assert breach.likely.name == new
    (effect,) = breach.effects
    assert effect.everything
    assert effect.why == "the trigger's condition never holds: event.cart_value > 0"
    assert effect.silenced == (("reminder", "email", "reminder"),)
    assert ("unplanned", f"cart_updated.{new}") not in [(breach.kind, breach.subject()) for breach in breaches]


def test_a_name_unlike_the_old_one_is_guessed_where_it_alone_has_its_type(check: Check) -> None:
    (breach,) = [breach for breach in check(renamed(log(), "cart_value", "amount")) if not breach.note]
    assert breach.likely is not None
    assert breach.likely.name == "amount"


def test_a_property_of_another_type_is_not_a_rename(check: Check) -> None:
    rows = renamed(log(cart_value="much"), "cart_value", "cartValue")
    (breach,) = [breach for breach in check(rows) if not breach.note]
    assert breach.likely is None


def test_a_property_renamed_half_way_has_stopped(check: Check) -> None:
    breaches = check(renamed(log(), "cart_value", "cartValue", since=START + 15 * DAY))
    (breach,) = [breach for breach in breaches if not breach.note]
    assert (breach.kind, breach.subject(), breach.total) == ("stopped", "cart_updated.cart_value", False)
    assert breach.message == "no value in the last 100 of its 400 rows"
    assert breach.likely is not None
    assert breach.likely.name == "cartValue"
    assert breach.last == (START + 15 * DAY - DAY // 20) * 1_000_000


def test_a_renamed_event_is_found(check: Check) -> None:
    rows = [{**row, "event": row["event"].replace("cart_updated", "Cart Updated")} for row in log()]
    breaches = check(rows)
    (breach,) = [breach for breach in breaches if not breach.note]
    assert (breach.kind, breach.subject()) == ("missing", "cart_updated")
    assert breach.likely is not None
    assert breach.likely.name == "Cart Updated"
    assert breach.effects[0].why == "its trigger, cart_updated, never comes"


def test_an_event_under_another_name_is_known_by_its_properties(check: Check) -> None:
    rows = [{**row, "event": row["event"].replace("cart_updated", "basket")} for row in log()]
    (breach,) = [breach for breach in check(rows) if not breach.note]
    assert breach.likely is not None
    assert breach.likely.name == "basket"


def test_an_event_that_stays_away_has_stopped(check: Check) -> None:
    rows = [row for row in log() if row["event"] != "bought" or row["timestamp"] < START + 15 * DAY]
    breaches = check(rows)
    assert ("stopped", "bought") in grave(breaches)
    (breach,) = [breach for breach in breaches if breach.kind == "stopped"]
    assert breach.message == "none since 2024-10-18, 5 days before the export ends; 20 per day before"


def test_an_event_that_comes_rarely_has_not_stopped(check: Check) -> None:
    rows = [row for row in log() if row["event"] != "bought" or row["timestamp"] % (6 * DAY) < DAY]
    assert "stopped" not in [breach.kind for breach in check(rows)]


@pytest.mark.parametrize("moments", [[0], [0] * 30, [hour * 3_600 for hour in range(40)], [0, DAY, 2 * DAY]])
def test_a_very_rare_event_has_not_stopped(moments: list[int], check: Check) -> None:
    rare = [{"contact_id": "a", "event": "bought", "timestamp": START + at, "cart_id": "c", "total": 5}
            for at in moments]  # fmt: skip
    breaches = check([*(row for row in log(days=60, a_day=2) if row["event"] != "bought"), *rare])
    assert "stopped" not in [breach.kind for breach in breaches]


@pytest.mark.parametrize(("days", "fell"), [(101, False), (45, True)])
def test_a_fall_like_earlier_ones_is_normal(days: int, fell: bool, check: Check) -> None:
    # A newsletter every fourth week: many events on its day and few later. After three newsletters this pattern is
    # known.
    quiet = [row for row in log(days, 2) if row["event"] != "bought"]
    mail = [{"contact_id": "a", "event": "bought", "timestamp": START + day * DAY + number, "cart_id": "c", "total": 5}
            for day in range(days) for number in range(400 if day % 28 == 0 else 2)]  # fmt: skip
    assert (("fell", "bought") in grave(check([*quiet, *mail]))) is fell


def test_a_deeper_fall_than_any_before_is_a_breach_whatever_fell_earlier(check: Check) -> None:
    def share(day: int) -> float:
        return 0.1 if day >= 93 else 0.4 if day // 7 in (5, 9) else 1

    carts = [row for row in log(100, 4) if row["event"] != "bought"]
    bought = [
        row
        for number, row in enumerate(log(100, 40))
        if row["event"] == "bought" and number % 20 < 20 * share((row["timestamp"] - START) // DAY)
    ]
    assert ("fell", "bought") in grave(check([*carts, *bought]))


@pytest.mark.parametrize(("keep", "fell"), [(0.3, True), (0.7, False)])
def test_a_volume_below_half_of_the_days_before_is_a_breach(keep: float, fell: bool, check: Check) -> None:
    rows = [
        row
        for number, row in enumerate(log(a_day=40))
        if row["event"] != "bought" or row["timestamp"] < START + 13 * DAY or number % 10 < 10 * keep
    ]
    assert (("fell", "bought") in grave(check(rows))) is fell


def test_a_small_volume_falls_by_chance(check: Check) -> None:
    rows = [row for number, row in enumerate(log(a_day=4)) if row["timestamp"] < START + 13 * DAY or number % 3]
    assert "fell" not in [breach.kind for breach in check(rows)]


def test_the_fall_that_counts_can_be_set(check: Check) -> None:
    rows = [
        row
        for number, row in enumerate(log(a_day=40))
        if row["event"] != "bought" or row["timestamp"] < START + 13 * DAY or number % 10 < 7
    ]
    assert ("fell", "bought") in grave(check(rows, Limits(fall=0.2)))


def test_an_export_of_less_than_two_weeks_has_no_volumes_to_compare(check: Check) -> None:
    rows = [row for row in log(days=13) if row["event"] != "bought" or row["timestamp"] < START + 8 * DAY or
            row["timestamp"] % DAY == 0]  # fmt: skip
    assert "fell" not in [breach.kind for breach in check(rows)]


def test_values_of_another_type_are_a_breach_past_the_tolerance(check: Check) -> None:
    rows = log()
    for row in [row for row in rows if row["event"] == "cart_updated"][:40]:
        row["cart_value"] = "95 or so"
    (breach,) = [breach for breach in check(rows) if not breach.note]
    assert (breach.kind, breach.message) == ("type", "40 of 400 values are not of type number")
    assert breach.examples == ("95 or so",)
    assert not breach.total


def test_a_few_values_of_another_type_are_within_the_tolerance(check: Check) -> None:
    rows = log()
    next(row for row in rows if row["event"] == "cart_updated")["cart_value"] = "95 or so"
    assert grave(check(rows)) == []


def test_the_tolerance_can_be_set(check: Check) -> None:
    rows = log()
    next(row for row in rows if row["event"] == "cart_updated")["cart_value"] = "95 or so"
    assert grave(check(rows, Limits(tolerance=0))) == [("type", "cart_updated.cart_value")]


def test_dates_are_looked_at_though_any_text_is_read(check: Check) -> None:
    breaches = check(log(at="01/03/2025"))
    assert ("type", "cart_updated.at") in [(breach.kind, breach.subject()) for breach in breaches]


def test_values_that_the_plan_does_not_list_are_named(check: Check) -> None:
    (breach,) = [breach for breach in check(log(channel="kiosk")) if breach.kind == "values"]
    assert breach.subject() == "cart_updated.channel"
    assert breach.examples == ("kiosk",)


def test_a_required_property_that_is_often_missing_is_a_breach(check: Check) -> None:
    rows = log()
    for row in [row for row in rows if row["event"] == "cart_updated"][:40]:
        del row["cart_value"]
    (breach,) = [breach for breach in check(rows) if not breach.note]
    assert breach.kind == "fill"
    assert breach.message == "required, but 40 of its 400 rows have no value (90% filled)"


def without_profile(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["event"] != "profile_updated"]


def test_an_attribute_that_nothing_fills_silences_the_channel(check: Check) -> None:
    breaches = check(without_profile(log()), contacts="contact_id,mail,optin\na,ana@example.com,true\n")
    (breach,) = [breach for breach in breaches if not breach.note]
    assert (breach.kind, breach.subject()) == ("missing", "contact.email")
    assert breach.likely is not None
    assert breach.likely.name == "mail"
    assert breach.effects[0].silenced == (("reminder", "email", "reminder"),)


def test_an_attribute_that_only_events_fill_is_not_missing(check: Check) -> None:
    assert grave(check(log(), contacts="contact_id,optin\na,true\n")) == []


def test_a_profile_that_nothing_brings_silences_all(check: Check) -> None:
    (breach,) = [breach for breach in check(without_profile(log())) if not breach.note]
    assert (breach.kind, breach.subject()) == ("missing", "profile_updated")
    assert breach.effects[0].everything


def test_a_breach_that_concerns_no_scenario_is_a_note(check: Check) -> None:
    plan = PLAN.replace("  rare:", "  viewed: {properties: {sku: string}, required: [sku]}\n  rare:")
    rows = [{"contact_id": "a", "event": "viewed", "timestamp": START, "id": "x"} for _ in range(50)]
    breaches = check([*log(), *rows], plan=plan)
    assert grave(breaches) == []
    assert ("missing", "viewed.sku") in [(breach.kind, breach.subject()) for breach in breaches]


def test_events_and_attributes_that_scenarios_make_themselves_need_not_be_in_the_export(check: Check) -> None:
    plan = PLAN.replace("optin: boolean", "optin: boolean, reminded: boolean").replace(
        "  rare:", "  nudged: {}\n  rare:"
    )
    makes = "  reminder: {update: {reminded: true}, emit: [{event: nudged}], send: {email: reminder},"
    scenario = SCENARIO.replace("  reminder: {send: {email: reminder},", makes)
    assert scenario != SCENARIO
    subjects = [breach.subject() for breach in check(log(), plan=plan, scenario=scenario)]
    assert "nudged" not in subjects
    assert "contact.reminded" not in subjects
