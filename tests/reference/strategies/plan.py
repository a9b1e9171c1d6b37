"""The tracking plan and project file of every world, with their names and reference tables."""

from __future__ import annotations

import csv
from typing import Any

MINUTE = 60_000_000
BROADCAST = "priced"

EVENTS_YAML = """
profile:
  email: string
  email_optin: boolean
  push_token: string
  push_optin: boolean
  phone: string
  sms_optin: boolean
  advisor: string
  timezone: string
  country: string
  points: number
  tier: string
  birthday: date
  renewal: datetime
  tags: {type: array, items: {type: string}}
  hour: {description: a best hour}
  delay: {description: a length of time}
events:
  started: &any
    properties:
      id: string
      n: number
      s: string
      due: datetime
      items: {type: array, items: {type: number}}
      rows: {type: array, items: {type: object, properties: {id: string, n: number}}}
      message_id: string
      x: {description: whatever comes}
  changed: *any
  clicked: *any
  bought: *any
  stopped: *any
  noted: *any
  scored: *any
  priced: {broadcast: true, properties: {n: number, s: string}}
  profile_updated: {profile: true}
groups:
  begin: [started, noted]
  interest: [changed, clicked]
"""

PROJECT_YAML = """
project: world
timezone: {timezone}
salt: {salt}
clock: {clock}
channels:
  email: {{address: contact.email, consent: contact.email_optin}}
  push: {{address: contact.push_token, consent: contact.push_optin}}
  sms: {{address: contact.phone, consent: contact.sms_optin}}
  ads: {{recipient: system, address: contact.email, consent: contact.email_optin}}
  desk: {{recipient: staff, address: contact.advisor, consent: contact.email_optin}}
programs: {{one: {{}}, two: {{}}}}
tables: {{places: {{file: places.csv, key: country}}, ranks: {{file: places.csv, key: [country, rank]}}}}
constants: {{few: 3, near: [FR, BE], while: 2d, rank: {{FR: 1, US: 3}}, on: true}}
"""

PLACES_CSV = "country,zone,rank\nFR,near,1\nBE,near,2\nUS,far,3\n"
_ROWS = list(csv.DictReader(PLACES_CSV.splitlines()))
PLACES: dict[str, list[tuple[Any, int | None, dict[str, Any]]]] = {
    "places": [(row["country"], None, row) for row in _ROWS],
    "ranks": [((row["country"], row["rank"]), None, row) for row in _ROWS],
}

SCENARIOS = ("first", "second", "third")
STATES = ("one", "two", "three", "four")
OUTCOMES = ("led_on", "led_out", "waited", "finished", "stopped", "watched", "bought", "late", "lost")
SENDS = {
    "m/a": ("email", "push", "sms"),
    "m/b": ("push", "sms", "email"),
    "m/c": ("email", "sms", "push", "ads", "desk"),
}
