"""Kinds of change to the small shop in this folder: the texts that are replaced in each file."""

from __future__ import annotations

Edits = dict[str, list[tuple[str, str]]]


def edit(file: str, *pairs: tuple[str, str]) -> Edits:
    return {file: list(pairs)}


MEANINGFUL: dict[str, Edits] = {
    "wait_shortened": edit("cart.yaml", ("after: {2d: worth}", "after: {1d: worth}")),
    "wait_to_a_time_of_day": edit("cart.yaml", ("after: {1h: reminder}", "after: {1d at 18:00: reminder}")),
    "settings_in_others": edit(
        "project.yaml",
        (
            "channels:\n",
            "run: {state: crm.db, lateness: 10min}\n"
            "key_dates: {noel: {on: 12-25, title: Christmas, lead: 2w}}\n"
            "exports: {events: log.csv, map: {contact_id: user}}\nchannels:\n",
        ),
    ),
    "delivery_begun": {"delivery.yaml": [("", "channels:\n  email: {smtp: {host: mail.example.com}, from: a@b.c}\n")]},
    "wait_leads_elsewhere": edit("cart.yaml", ("after: {2d: worth}", "after: {2d: last}")),
    "branch_moved": edit("cart.yaml", ("      large: offer", "      cart.total >= 120: offer")),
    "definition_changed": edit("cart.yaml", ("cart.total >= const.big_basket", "cart.total > const.big_basket")),
    "constant_changed": edit("project.yaml", ("big_basket: 80", "big_basket: 100")),
    "cap_added": edit("policy.yaml", ("  max_hold", "    - {max: 5, per: week, channels: [email]}\n  max_hold")),
    "cap_tightened": edit("policy.yaml", ("{max: 3, per: day}", "{max: 2, per: day}")),
    "quiet_hours_moved": edit("policy.yaml", ('to: "08:00"', 'to: "09:30"')),
    "control_group_grown": edit("policy.yaml", ("control_group: 5%", "control_group: 10%")),
    "segment_edge_moved": edit("metrics.yaml", ("metric.spent > 100", "metric.spent > 150")),
    "metric_window": edit("metrics.yaml", ("within: 90d", "within: 30d")),
    "metric_renamed": {
        "metrics.yaml": [("  spent:", "  revenue:"), ("metric.spent", "metric.revenue")],
    },
    "state_renamed": edit("cart.yaml", ("worth}", "how_large}"), ("  worth:", "  how_large:")),
    "state_added": edit(
        "cart.yaml",
        ("after: {2d: worth}", "after: {2d: again}"),
        ("  worth:\n", "  again:\n    send: {sms: cart/last}\n    after: {1d: worth}\n  worth:\n"),
    ),
    "scenario_renamed": {
        "cart.yaml": [("scenario: cart", "scenario: left_cart")],
        "tests/cart.test.yaml": [("scenario: cart", "scenario: left_cart")],
    },
    "scenario_removed": {"welcome.yaml": []},
    "journeys_under_way_follow": edit(
        "cart.yaml",
        ("scenario: cart", "scenario: cart\nin_flight: follow\nmigrate: {asked: reminder, told: {end: no_answer}}"),
    ),
    "template_subject": edit("templates/cart/reminder.email.j2", ("basket is still here", "cart is waiting")),
    "template_body": edit("templates/cart/reminder.email.j2", ("we kept", "we have kept")),
    "template_markup": edit("templates/cart/reminder.email.j2", ("<p>Hello,</p>", '<p class="big">Hello,</p>')),
    "template_in_another_language": {"templates/cart/last.sms.fr.j2": [("", "Votre panier vous attend.\n")]},
    "property_renamed": {
        "events.yaml": [("      total: {type: number}\n      sku", "      amount: {type: number}\n      sku")],
        "cart.yaml": [("event.total > 0", "event.amount > 0"), ("cart.total", "cart.amount")],
        "tests/cart.test.yaml": [("total: 90", "amount: 90")],
    },
    "event_renamed": {
        "events.yaml": [("signed_up", "registered")],
        "welcome.yaml": [("signed_up", "registered")],
    },
    "property_required": edit("events.yaml", ("required: [cart_id]", "required: [cart_id, total]")),
    "priorities_swapped": {
        "cart.yaml": [("priority: 80", "priority: 50")],
        "welcome.yaml": [("priority: 50", "priority: 80")],
    },
    "channel_added": edit("project.yaml", ("  sms: {", "  push: {address: contact.vip}\n  sms: {")),
    "channel_cost": edit("project.yaml", ("cost: 0.06", "cost: 0.07")),
    "message_added": edit("cart.yaml", ("{email: cart/reminder}", "{email: cart/reminder, sms: cart/last}")),
    "message_moved": edit(
        "cart.yaml",
        ("    send: {email: cart/reminder}\n    after: {2d: worth}", "    after: {2d: worth}"),
        ("    after: {1h: reminder}", "    send: {email: cart/reminder}\n    after: {1h: reminder}"),
    ),
    "message_value": edit("cart.yaml", ("code: CART10", "code: CART15")),
    "message_condition": edit("welcome.yaml", ("if: segment.buyers", "if: not segment.buyers")),
    "audience_narrowed": edit("cart.yaml", ("country == 'FR'", "country == 'FR' and contact.vip")),
    "audience_removed": edit("cart.yaml", ("audience: contact.country == 'FR'\n", "")),
    "goal_changed": edit("cart.yaml", ("within: 7d", "within: 14d"), ("ends: recovered", "ends: bought")),
    "table_row_changed": edit("tables/products.csv", ("A1,Lamp,30", "A1,Lamp,35"), ("A2,Chair,90", "A3,Sofa,900")),
    "holdout_ended": edit("cart.yaml", ("holdout: 10%\n", "")),
    "trigger_event": edit("cart.yaml", ("{event: cart_updated, where: event.total > 0}", "{event: order_completed}")),
    "trigger_condition": edit("cart.yaml", ("event.total > 0", "event.total > 10")),
    "split_weights": edit("welcome.yaml", ("{long: 50%, short: 50%}", "{long: 20%, short: 80%}")),
    "capture_changed": edit("cart.yaml", ("set: {cart: =event}", "set: {cart: =event, since: =now}")),
    "scenario_paused": edit("welcome.yaml", ("status: live", "status: paused")),
    "key_changed": edit("cart.yaml", ("key: event.cart_id", "key: event.sku")),
    "transition_added": edit(
        "cart.yaml", ("  reminder:\n", "  reminder:\n    on: {order_completed: {end: ordered}}\n")
    ),
    "timezone_changed": edit("project.yaml", ("Europe/Paris", "Europe/London")),
    "salt_changed": edit("project.yaml", ("salt: shop-1", "salt: shop-2")),
    "project_renamed": edit("project.yaml", ("project: shop", "project: boutique")),
    "attribute_added": edit("events.yaml", ("  vip: {", "  city: {type: string}\n  vip: {")),
}

# Renamings with other changes, declared by `was`. Without it each is a removal and an addition.
RENAMED: dict[str, Edits] = {
    "scenario_renamed_and_changed": {
        "cart.yaml": [("scenario: cart", "scenario: left_cart\nwas: cart"), ("{1h: reminder}", "{2h: reminder}")],
        "tests/cart.test.yaml": [("scenario: cart", "scenario: left_cart")],
    },
}

# Edits that change nothing for any contact in the executor.
WITHOUT_MEANING: dict[str, Edits] = {
    "a comment": edit("cart.yaml", ("priority: 80", "# first of all\npriority: 80")),
    "a layout": edit("cart.yaml", ("after: {1h: reminder}", "after:\n      1h: reminder")),
    "the order of keys": edit("cart.yaml", ("status: live\npriority: 80", "priority: 80\nstatus: live")),
    "a title": edit("cart.yaml", ("A cart that was left", "Abandoned cart")),
    "an owner and a day of review": edit(
        "cart.yaml", ("status:", "owner: ada@example.com\nreviewed: 2025-03-01\nstatus:")
    ),
    "the order of events": edit(
        "events.yaml", ("  signed_up: {}\n  unsubscribed: {}", "  unsubscribed: {}\n  signed_up: {}")
    ),
    "an earlier name that nothing has": edit("cart.yaml", ("scenario: cart", "scenario: cart\nwas: basket")),
    "a default written out": edit("welcome.yaml", ("status: live", "status: live\nwhile_running: ignore")),
    "a definition that nothing reads": edit("cart.yaml", ("define:\n", "define:\n  small: cart.total < 5\n")),
}
