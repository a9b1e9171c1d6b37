"""Small projects of one scenario, written as YAML in the tests that need them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scenario_cli.language.project import load_project
from scenario_cli.model.project import Project

PROJECT = """\
project: shop
timezone: Europe/Paris
channels: {email: {address: contact.email, consent: contact.email_optin}, push: {address: contact.push_token}}
tables: {products: {file: products.csv, key: sku}}
"""
EVENTS = """\
profile: {email: string, email_optin: boolean, push_token: string, tier: string, birthday: date, timezone: string}
events:
  viewed: {properties: {sku: string, price: number}}
  carted:
    properties:
      cart_id: string
      total: number
      items:
        type: array
        items:
          type: object
          properties: {sku: string, qty: integer, maker: {type: object, properties: {name: string}}}
    required: [cart_id]
  bought: {properties: {cart_id: string, total: number}}
  left: {properties: {reason: string}}
  profile_updated: {profile: true}
"""
METRICS = """\
metrics:
  orders: {count: bought}
  orders_30d: {count: bought, within: 2h, where: event.total > 0}
segments: {buyers: metric.orders > 2}
"""


def one_scenario(folder: Path, text: str, templates: Mapping[str, str] | None = None) -> Project:
    """The project of scenario `one`. Every message that it names has a template that reads no values."""
    files = {
        "project.yaml": PROJECT,
        "events.yaml": EVENTS,
        "metrics.yaml": METRICS,
        "one.yaml": f"scenario: one\n{text}",
        "products.csv": "sku,name,margin\nA,Lamp,1\n",
    }
    files |= {f"templates/{name}.j2": "Hello" for name in ("hello.email", "hello.push")}
    files |= {f"templates/{name}": body for name, body in (templates or {}).items()}
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(body, encoding="utf-8")
    loaded = load_project(folder, errors_only=True)
    assert [finding.message for finding in loaded.findings if finding.severity == "error"] == []
    return loaded.project
