"""Parameters that `links` of project.yaml adds to links of marketing messages, and links that stay unchanged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_cli.language.project import load_model
from scenario_cli.messages.links import LinkTagger
from scenario_cli.model.link_parameters import slug
from scenario_cli.model.links import LinkParameter, LinkSettings
from scenario_cli.model.project import Project
from scenario_cli.model.source import Name, Span

PROJECT = """project: shop
timezone: UTC
channels: {email: {address: contact.email}, push: {}, sms: {}, in_app: {}}
links: {utm_source: Spring & Co, utm_medium: =channel, utm_campaign: =scenario, utm_content: =state}
"""
DELIVERY = """channels:
  email:
    smtp: {host: smtp.example.com}
    from: crm@example.com
    unsubscribe: https://example.com/u/{{ contact.id }}
"""
FACTS = {"scenario": "cart", "state": "Last_Call", "variant": "last:A"}
ALL = "utm_source=Spring%20%26%20Co&utm_medium=email&utm_campaign=cart&utm_content=last_call"
IN_HTML = ALL.replace("&", "&amp;")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("shop")
    for name, text in {"project.yaml": PROJECT, "events.yaml": "events: {go: {}}\n", "delivery.yaml": DELIVERY}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return load_model(folder).project


def tagged(project: Project, body: str, channel: str = "email", **settings: Any) -> str:
    assert project.links is not None
    return LinkTagger(project, replace(project.links, **settings)).tag({}, body, channel, FACTS)[1]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<a href="https://a.example/">x</a>', f'<a href="https://a.example/?{IN_HTML}">x</a>'),
        ("<a class=b href='https://a.example'>x</a>", f"<a class=b href='https://a.example?{IN_HTML}'>x</a>"),
        ("<a href=https://a.example/p>x</a>", f'<a href="https://a.example/p?{IN_HTML}">x</a>'),
        ('<A\n  title="href=no"\n  HREF = "https://a.example/p"\n>x</A>',
         f'<A\n  title="href=no"\n  HREF = "https://a.example/p?{IN_HTML}"\n>x</A>'),
        ('<a href="https://a.example/?a=1&amp;b=2">x</a>', f'<a href="https://a.example/?a=1&amp;b=2&amp;{IN_HTML}">x</a>'),
        ('<a href="https://a.example/?a=1&b=2">x</a>', f'<a href="https://a.example/?a=1&b=2&amp;{IN_HTML}">x</a>'),
        ('<a href="https://a.example/?">x</a>', f'<a href="https://a.example/?{IN_HTML}">x</a>'),
        ('<a href="https://a.example/?a=1&amp;">x</a>', f'<a href="https://a.example/?a=1&amp;{IN_HTML}">x</a>'),
        ('<a href="https://a.example/p#top">x</a>', f'<a href="https://a.example/p?{IN_HTML}#top">x</a>'),
        ('<a href="https://a.example/p?n=&#39;a&#38;b=1&#35;top">x</a>',
         f'<a href="https://a.example/p?n=&#39;a&#38;b=1&amp;{IN_HTML}&#35;top">x</a>'),
        ('<a href="https://a.example/#/cart?x=1">x</a>', f'<a href="https://a.example/?{IN_HTML}#/cart?x=1">x</a>'),
        ('<a href="\n  https://a.example/p\n">x</a>', f'<a href="\n  https://a.example/p?{IN_HTML}\n">x</a>'),
        ('<a href="//a.example/p">x</a>', f'<a href="//a.example/p?{IN_HTML}">x</a>'),
        ('<map><area href="https://a.example/" alt="x"></map>',
         f'<map><area href="https://a.example/?{IN_HTML}" alt="x"></map>'),
        ('<!--[if mso]><v:roundrect href="https://a.example/"><b>x</b></v:roundrect><![endif]-->',
         f'<!--[if mso]><v:roundrect href="https://a.example/?{IN_HTML}"><b>x</b></v:roundrect><![endif]-->'),
        ('<p>é</p>\n<a href="https://a.example/">1</a><a href="https://b.example/">2</a>',
         f'<p>é</p>\n<a href="https://a.example/?{IN_HTML}">1</a><a href="https://b.example/?{IN_HTML}">2</a>'),
        ("an e-mail without a tag: https://a.example/?a=1&amp;b=2.",
         f"an e-mail without a tag: https://a.example/?a=1&amp;b=2&amp;{IN_HTML}."),
    ],
)  # fmt: skip
def test_a_link_of_html_gets_what_it_lacks_and_every_other_character_stays(
    before: str, after: str, project: Project
) -> None:
    assert tagged(project, before) == after
    assert tagged(project, after) == after


@pytest.mark.parametrize(
    "body",
    [
        '<a href="mailto:a@example.com">x</a>', '<a href="tel:+33123">x</a>', '<a href="sms:+33123">x</a>',
        '<a href="#top">x</a>', '<a href="/relative">x</a>', '<a href="">x</a>', "<a href>x</a>", "<a>x</a>",
        '<a href="javascript:go()">x</a>', '<a href="shop://cart/1">x</a>', '<a href="*|UNSUB|*">x</a>',
        '<a href="https://[broken/">x</a>', '<a href="https:///nowhere">x</a>',
        '<a href="https://a.example/unsubscribe?c=1">x</a>', '<a href="https://a.example/s/1">Se désabonner</a>',
        '<a href="https://a.example/s/1"><img src="x.png" alt="Unsubscribe"></a>',
        '<a href="https://example.com/u/ana">here</a>',
        '<img src="https://a.example/x.png"><link href="https://a.example/x.css"><form action="https://a.example/">',
        '<!-- <a href="https://a.example/">x</a> -->',
        '<style>a{background:url(https://a.example/x.png)}</style>',
        '<img alt="<a href=\'https://a.example/\'>">', '<!-- <a href="https://a.example/">x</a>', "<p><a href='https://a.example/",
        '<title><a href="https://a.example/">x</a></title>', '<abbr href="https://a.example/">x</abbr>',
        '<a data-href="https://a.example/">x</a>', "<p>https://a.example/ in words</p>",
        f'<a href="https://a.example/?{IN_HTML}">x</a>',
    ],
)  # fmt: skip
def test_only_links_to_pages_change(body: str, project: Project) -> None:
    assert tagged(project, body) == body


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Go: https://a.example/p", "Go: https://a.example/p?{}"),
        ("(see https://a.example/p).", "(see https://a.example/p?{})."),
        ("https://a.example/a_(b), then", "https://a.example/a_(b)?{}, then"),
        ("https://a.example/?a=1#x y", "https://a.example/?a=1&{}#x y"),
        ("*https://a.example/* <https://a.example/>", "*https://a.example/?{}* <https://a.example/?{}>"),
        ('{"url": "https://a.example/"}', '{{"url": "https://a.example/?{}"}}'),
        ("見てください「https://a.example/」。", "見てください「https://a.example/?{}」。"),
        ("Sale https://a.example/ Opt-out: https://a.example/o", "Sale https://a.example/?{} Opt-out: https://a.example/o"),
        ("Unsubscribe:\nhttps://a.example/p", "Unsubscribe:\nhttps://a.example/p?{}"),
        ("a.example and mailto:a@a.example", "a.example and mailto:a@a.example"),
    ],
)  # fmt: skip
def test_the_addresses_of_a_text_get_them_too(before: str, after: str, project: Project) -> None:
    for channel in ("sms", "push"):
        parameters = ALL.replace("email", channel)
        assert tagged(project, before, channel) == after.format(parameters, parameters)


def test_parameters_written_by_hand_are_kept_and_the_others_added(project: Project) -> None:
    address = tagged(project, "https://a.example/?utm_medium=paper", "push")
    assert address == "https://a.example/?utm_medium=paper&" + ALL.replace("utm_medium=email&", "")


def test_the_fields_that_are_links_get_them(project: Project) -> None:
    fields = dict.fromkeys(("link", "cta_link", "url", "image_url", "title", "icon"), "https://a.example/")
    assert project.links is not None
    with_parameters = LinkTagger(project, project.links).tag(fields, "x", "push", FACTS)[0]
    assert {name for name, value in with_parameters.items() if "utm_source" in value} == {"link", "cta_link", "url"}


def test_only_the_hosts_and_channels_named_are_concerned(project: Project) -> None:
    text = "https://shop.example/ https://www.shop.example/ https://myshop.example/ https://SHOP.example:8080/"
    assert tagged(project, text, "sms", hosts=("shop.example",)).count("utm_source") == 3
    named = (Name("push", Span("p", 1, 1, 1, 2)),)
    assert tagged(project, text, "sms", channels=named) == text
    assert tagged(project, text, "push", channels=named) != text


@pytest.mark.parametrize(
    ("name", "text"),
    [("in_app", "in_app"), ("Last Call!", "last-call"), ("Été/2025", "ete-2025"), ("a:b c:d", "a-b-c-d"),
     ("割引", "割引"), ("–", "")],
)  # fmt: skip
def test_names_become_slugs(name: str, text: str) -> None:
    assert slug(name) == text


@given(st.text(alphabet="<>ahref=\"' \n/!-[]&#;:?x", max_size=60), st.sampled_from(["email", "sms"]))
def test_no_text_makes_it_fail_and_none_loses_a_character(text: str, channel: str) -> None:
    shop = Project(name="s", root="", timezone="UTC", digest="")
    tagger = LinkTagger(shop, LinkSettings((LinkParameter("q", "1", Span("p", 1, 1, 1, 2)),)))
    body = text.replace("h", "https://x.example/")
    with_parameters = tagger.tag({}, body, channel, {})[1]
    rest = iter(with_parameters)
    assert all(char in rest for char in body)  # each character comes after the previous one
    assert tagger.tag({}, with_parameters, channel, {})[1] == with_parameters
