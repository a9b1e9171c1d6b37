"""The parameters of `links` in the lengths of texts, compared with sent texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_cli.engine.identity import message_id
from scenario_cli.language.names.shapes import Scope, of_type
from scenario_cli.language.project import load_model
from scenario_cli.language.templates.contents import contents
from scenario_cli.language.templates.files import TemplateText
from scenario_cli.language.templates.lengths import USUAL_TEXT, Lengths
from scenario_cli.language.templates.link_lengths import LinkMeter, link_meter
from scenario_cli.language.templates.messages import MessageText
from scenario_cli.messages.links import LinkTagger
from scenario_cli.model.expression import Literal
from scenario_cli.model.project import Project, TrackingPlan
from scenario_cli.model.scenario import Message
from scenario_cli.model.source import Span
from tests.rows import rows

FILES = {
    "project.yaml": """project: shop
timezone: UTC
channels: {email: {address: contact.email}, push: {}, sms: {address: contact.phone}}
links: {utm_source: shop, utm_content: =state, hosts: [a.example]}
""",
    "events.yaml": "events: {go: {}}\nprofile: {email: string, phone: string}\n",
    "cart.yaml": """scenario: cart
trigger: {event: go}
on: {gone: {send: {sms: t}}}
states:
  one: {split: {told: 1, told_again: 1}}
  told: {send: {sms: t, email: t}, end: done}
  told_again: {send: {sms: {template: t, purpose: transactional}}, end: done}
""",
    "templates/t.sms.j2": "x",
    "templates/t.email.j2": "---\nsubject: x\n---\nx",
}
NOWHERE = Span("", 1, 1, 1, 1)
PLAN = TrackingPlan(profile={name: of_type("string", name) for name in ("name", "cart_url", "image_url")})
FACTS = {"state": "told"}
ADDED = len("?utm_source=shop&utm_content=told")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return model(tmp_path_factory.mktemp("shop"))


def model(folder: Path, **changes: str) -> Project:
    for name, text in {**FILES, **changes}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return load_model(folder).project


def lengths(project: Project, text: str) -> tuple[int, int]:
    meter = LinkMeter(project, {name: (value,) for name, value in FACTS.items()}, len)
    handed = {"page": Literal("https://a.example/sale", NOWHERE)}
    extent = Lengths(Scope(PLAN), handed, len, meter).extent(contents(TemplateText("t", text, 1), {}))
    return extent.least, extent.most


@rows(
    ("text", "least", "most"),
    [
        ("Go: https://a.example/p now", 27 + ADDED, 27 + ADDED),
        ("Go: https://a.example/p", 23 + ADDED, 23 + ADDED),
        ("https://b.example/", 18, 18),
        ("https://a.example/?utm_source=x", 31 + len("&utm_content=told"), 31 + len("&utm_content=told")),
        ("Unsubscribe: https://a.example/u", 32, 32),
        # A value can already contain the parameters, and can end an address or continue it.
        ("https://a.example/{{ contact.name }}", 18, 18 + USUAL_TEXT + ADDED),
        ("https://{{ contact.name }}/p", 10, 10 + USUAL_TEXT + ADDED),
        ("https://b.example/{{ contact.cart_url }}", 18, 18 + USUAL_TEXT),
        ("https://a.example/ {{ contact.name }}", 19 + ADDED, 19 + USUAL_TEXT + ADDED),
        # A value can be a link if its name suggests it; a known value is measured.
        ("{{ contact.name }}", 0, USUAL_TEXT),
        ("{{ contact.cart_url }}", 0, USUAL_TEXT + ADDED),
        ("{{ contact.cart_url | default('-') }}", 0, USUAL_TEXT + ADDED),
        ("{{ contact.image_url }}", 0, USUAL_TEXT),
        ("Opt out: {{ contact.cart_url }}", 9, 9 + USUAL_TEXT),
        ("{{ page }} ends", 27 + ADDED, 27 + ADDED),
        ("{% set url = page %}{{ url }}", 22 + ADDED, 22 + ADDED),
        ("{{ page ~ contact.name }}", 22, 22 + USUAL_TEXT + ADDED),
        # Branches and loops.
        ("{% if contact.name %}https://a.example/ or {% endif %}x", 1, 1 + 22 + ADDED),
        ("{% if contact.name %}https://a.example/{% else %}{{ 'x' * 99 }}{% endif %} x", 2, 2 + 18 + ADDED),
        ("{% for each in contact.list %}https://a.example/ {% endfor %}", 0, 3 * (19 + ADDED)),
        ("https://a.example/{% if contact.name %}p{% endif %}", 18, 19 + ADDED),
    ],
)
def test_a_text_is_as_long_as_with_its_parameters(text: str, least: int, most: int, project: Project) -> None:
    assert lengths(project, text) == (least, most)


@given(st.text(alphabet="AB/?&#=.,()\n :u", max_size=40))
def test_a_text_without_values_is_measured_as_it_is_sent(project: Project, text: str) -> None:
    assert project.links is not None
    written = (
        text.replace("A", "https://a.example/").replace("B", "https://b.example").replace("u", "utm_source=").strip()
    )
    sent = LinkTagger(project, project.links).tag({}, written, "sms", FACTS)[1]
    assert lengths(project, written) == (len(sent), len(sent))


@rows(
    ("state", "channel", "least", "most"),
    [
        ("told", "sms", "told", "told"),
        ("", "sms", "one", "told_again"),  # a transition of every state sends it, so the state is not known
        ("told_again", "sms", None, None),  # a service message
        ("told", "email", None, None),  # HTML
    ],
)
def test_a_message_has_the_facts_that_are_known_of_it(
    state: str, channel: str, least: str | None, most: str | None, project: Project
) -> None:
    meter = link_meter(project, text_of(project, state, channel), len)
    utm_contents = (
        None if meter is None else [dict(link.parameters)["utm_content"] for link in (meter.least, meter.most)]
    )
    assert utm_contents == (None if least is None else [least, most])


def test_the_longest_variant_has_an_arm_of_every_split(tmp_path: Path) -> None:
    project = model(tmp_path, **{"project.yaml": FILES["project.yaml"].replace("=state", "=variant")})
    meter = link_meter(project, text_of(project, "told", "sms"), len)
    assert meter is not None
    assert [dict(link.parameters).get("utm_content") for link in (meter.least, meter.most)] == [None, "one-told_again"]


def test_the_id_of_a_message_is_as_long_as_measured(tmp_path: Path) -> None:
    project = model(tmp_path, **{"project.yaml": FILES["project.yaml"].replace("=state", "=message_id")})
    meter = link_meter(project, text_of(project, "told", "sms"), len)
    assert meter is not None
    assert len(dict(meter.most.parameters)["utm_content"]) == len(message_id("j", 1, "sms", 0))


def text_of(project: Project, state: str, channel: str) -> MessageText:
    """The text of the message that is sent by a state, or by a transition of every state."""
    scenario = project.scenarios["cart"]
    owner = scenario.states[state] if state else None
    sends = owner.send if owner is not None else scenario.on[0].send
    message = next(send for send in sends if isinstance(send, Message) and send.channel.text == channel)
    template = next(template for template in project.templates if template.channel == channel)
    return MessageText(owner, message, template, "", (), scenario)
