"""A row as a mail: its parts, and the values of a row that a header can contain."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scenario_cli.hosts.deliver.mail import NoMail, mail_of, unsubscribe_address
from scenario_cli.hosts.deliver.outcomes import Outgoing
from scenario_cli.hosts.deliver.plain_body import plain_body
from tests.hosts.deliver.stage import NOW, delivery
from tests.rows import rows

CHANNEL = delivery("channels: {email: {smtp: {host: a.example}, from: crm@a.example}}\n").channels["email"]


def outgoing(values: Mapping[str, Any], channel: str = "email") -> Outgoing:
    row = {"address": "ana@example.com", "subject": "Hello", "body": "Hello", "purpose": "marketing", **values}
    return Outgoing(1, "7f3a", channel, NOW, None, True, json.dumps(row), row)


def parsed(values: Mapping[str, Any], channel: str = "email") -> EmailMessage:
    content = mail_of(outgoing(values, channel), CHANNEL, NOW).content
    return message_from_bytes(content, policy=default)


@pytest.mark.parametrize(
    ("channel", "body", "types", "plain"),
    [
        ("email", "<p>Tom &amp; Ana</p>", ["text/plain", "text/html"], "Tom & Ana\n"),
        ("email", "Tom &amp; Ana", ["text/plain"], "Tom & Ana\n"),
        ("sales", "a <b> c", ["text/plain"], "a <b> c\n"),
        ("sales", "<!DOCTYPE html><p>Hi</p>", ["text/plain", "text/html"], "Hi\n"),
    ],
)
def test_a_body_with_tags_is_html_where_values_are_escaped(
    channel: str, body: str, types: list[str], plain: str
) -> None:
    message = parsed({"body": body}, channel)
    parts = [part for part in message.walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in parts] == types
    text = parts[0].get_content()
    assert text.replace("\r\n", "\n") == plain


def test_a_style_sheet_is_written_to_the_elements_and_nothing_is_fetched() -> None:
    html = (
        "<html><head><style>p{color:red} @media print{p{color:blue}}</style>"
        "<link rel=stylesheet href='http://127.0.0.1:9/a.css'></head><body><p>Hi</p></body></html>"
    )
    part = parsed({"body": html}).get_body(("html",))
    assert part is not None
    text = part.get_content()
    assert '<p style="color: red;">Hi</p>' in text
    assert "@media print" in text


def test_lines_of_a_mail_are_short_and_a_point_alone_ends_nothing() -> None:
    content = mail_of(outgoing({"body": f"<p>{'a' * 5000}</p>\n.\n<p>é</p>"}), CHANNEL, NOW).content
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_a_domain_with_other_letters_is_written_in_ascii() -> None:
    mail = mail_of(outgoing({"address": "ana@bücher.example"}), CHANNEL, NOW)
    assert (mail.recipient, mail.needs_utf8) == ("ana@xn--bcher-kva.example", False)


def test_a_rehearsal_names_the_real_recipient() -> None:
    mail = mail_of(outgoing({}), CHANNEL, NOW, "me@a.example")
    message = message_from_bytes(mail.content, policy=default)
    assert mail.recipient == "me@a.example"
    assert message["Subject"] == "[to: ana@example.com] Hello"
    assert message["X-Idempotency-Key"] == f"7f3a-rehearsal-{NOW}"


@given(st.text(), st.text())
@example("Hello\n", "")
@example("\r", "")
def test_no_value_changes_the_set_of_headers(subject: str, address: str) -> None:
    try:
        mail = mail_of(outgoing({"subject": subject, "address": f"a{address}@example.com"}), CHANNEL, NOW)
    except NoMail:
        return
    message = message_from_bytes(mail.content, policy=default)
    names = ["From", "To", "Subject", "Date", "Message-ID", "X-Idempotency-Key", "Content-Type",
             "Content-Transfer-Encoding", "MIME-Version"]  # fmt: skip
    assert sorted(message.keys()) == sorted(names)
    assert "\r" not in mail.recipient
    assert "\n" not in mail.recipient
    assert " " not in mail.recipient or mail.recipient.startswith('"')


@given(st.text(max_size=20))
def test_a_value_stays_within_its_part_of_the_address(contact: str) -> None:
    row = outgoing({"contact_id": contact})
    address = unsubscribe_address("https://a.example/u/{{ contact.id }}?m={{message_id}}", row)
    inside = address.removeprefix("https://a.example/u/").removesuffix("?m=7f3a")
    assert not set(inside) & set('/?#&<> \r\n"')


@rows(
    ("html", "text"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a<br>b<div>c</div>d", "a\nb\nc\nd"),
        ("<style>p{}</style><script>x()</script>a", "a"),
        ("<head><title>t</title></head><body>a</body>", "a"),
        ('<a href="https://a.example/">https://a.example/</a>', "https://a.example/"),
        ('<a href="https://a.example/"><img alt="Shop" src="x"></a>', "Shop <https://a.example/>"),
        ('<a href="https://a.example/"><img src="x"></a>', "<https://a.example/>"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("a   b\n c&nbsp;&lt;", "a b c\u00a0<"),
        ("<p>open <b>bold", "open bold"),
    ],
)
def test_the_text_of_html_keeps_words_links_and_lists(html: str, text: str) -> None:
    assert plain_body(html) == text
