"""`links` of project.yaml in the messages that commands show, write and deliver."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_outputs import call

FILES = {
    "project.yaml": """
project: shop
timezone: Europe/Paris
channels: {email: {address: contact.email}, push: {}, sms: {}, task: {recipient: staff}}
programs: {growth: {}}
""",
    "events.yaml": "profile: {email: string, locale: string}\nevents:\n  go: {properties: {sku: string}}\n",
    "offer.yaml": """
scenario: offer
status: live
program: growth
trigger: {event: go}
states:
  First_Word:
    send: {email: offer, push: offer, task: offer}
    split: {a: 1, b: 1}
  a: {next: done}
  b: {next: done}
  done: {send: {sms: offer}, end: done}
""",
    "receipt.yaml": """
scenario: receipt
status: live
trigger: {event: go}
states: {told: {send: {email: {template: offer, purpose: transactional}}, end: told}}
""",
    "templates/offer.email.j2": """---
subject: New
---
<a href="https://a.example/{{ trigger.sku }}?a=1&amp;b=2">A</a>
""",
    "templates/offer.email.fr.j2": '---\nsubject: Neuf\n---\n<a href="https://a.example/fr#x">A</a>\n',
    "templates/offer.push.j2": """---
title: New
link: https://a.example/{{ trigger.sku | urlencode }}
---
See https://a.example.
""",
    "templates/offer.sms.j2": "https://a.example\n",
    "templates/offer.task.j2": "https://crm.example/{{ contact.id }}\n",
}
LINKS = (
    "links: {utm_source: shop, utm_medium: =channel, utm_campaign: =program, utm_content: =state, utm_term: =variant,"
    " lang: =locale}\n"
)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        file = tmp_path / "shop" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    people = {"ana": "en", "ben": "fr"}
    (tmp_path / "contacts.csv").write_text(
        "contact_id,email,locale\n"
        + "".join(f"{name},{name}@example.com,{locale}\n" for name, locale in people.items())
    )
    lines = [{"contact_id": name, "event": "go", "timestamp": "2025-04-01T10:00:00Z", "properties": {"sku": "é &"}}
             for name in people]  # fmt: skip
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return tmp_path


def rows(shop: Path, capsys: pytest.CaptureFixture[str], links: str) -> list[dict[str, Any]]:
    (shop / "shop/project.yaml").write_text(FILES["project.yaml"] + links)
    log = ("--events", str(shop / "events.jsonl"), "--contacts", str(shop / "contacts.csv"))
    plan = shop / "plan.jsonl"
    code, _, err = call(capsys, "dry-run", "--project", str(shop / "shop"), *log, "--plan", str(plan), "-q")
    assert (code, err) == (0, "")
    return [json.loads(line) for line in plan.read_text(encoding="utf-8").splitlines()]


def test_the_rows_of_a_plan_have_the_links_and_nothing_else_differs(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = rows(shop, capsys, ""), rows(shop, capsys, LINKS)
    bodies = {
        (row["contact_id"], row["scenario"], row["state"], row["channel"]): (old["body"], row["body"])
        for old, row in zip(before, after, strict=True)
    }
    tail = "utm_campaign=growth&amp;utm_content=first_word&amp;lang={}"
    first = "&amp;utm_source=shop&amp;utm_medium=email&amp;" + tail
    assert bodies["ana", "offer", "First_Word", "email"][1] == (
        f'<a href="https://a.example/é &amp;?a=1&amp;b=2{first.format("en")}">A</a>'
    )
    assert bodies["ben", "offer", "First_Word", "email"][1] == (
        f'<a href="https://a.example/fr?{first[5:].format("fr")}#x">A</a>'
    )
    assert bodies["ana", "offer", "done", "sms"][1].endswith(
        ("&utm_term=first_word-a&lang=en", "&utm_term=first_word-b&lang=en")
    )
    same = [key for key, (old, new) in bodies.items() if old == new]
    assert same == [(name, *rest) for name in ("ana", "ben")
                    for rest in (("offer", "First_Word", "task"), ("receipt", "told", "email"))]  # fmt: skip
    push = next(row for row in after if row["channel"] == "push")
    assert push["fields"]["link"].startswith("https://a.example/%C3%A9%20%26?utm_source=shop&utm_medium=push")
    assert push["body"].startswith("See https://a.example?utm_source=shop")
    assert push["body"].endswith("&lang=en.")
    rest = [[{key: value for key, value in row.items() if key not in ("body", "fields")} for row in side]
            for side in (before, after)]  # fmt: skip
    assert rest[0] == rest[1]


def test_a_preview_shows_the_links_as_they_are_sent(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "shop/project.yaml").write_text(FILES["project.yaml"] + LINKS)
    code, out, _ = call(capsys, "preview", "offer", "--project", str(shop / "shop"), "--format", "html")
    assert code == 0
    assert out.count("utm_content=first_word") >= 4
    assert "https://crm.example/" in out
    assert "crm.example/?" not in out
    assert "utm_" not in call(capsys, "preview", "receipt", "--project", str(shop / "shop"), "--format", "html")[1]


def test_a_comparison_lists_messages_with_other_links(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = shop / "other"
    (shop / "shop").rename(other)
    for folder, links in ((other, LINKS), (shop / "shop", LINKS.replace("utm_source: shop", "utm_source: house"))):
        for name, text in FILES.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text + (links if name == "project.yaml" else ""), encoding="utf-8")
    log = ("--events", str(shop / "events.jsonl"), "--contacts", str(shop / "contacts.csv"))
    code, out, err = call(capsys, "diff", str(other), str(shop / "shop"), *log, "--format", "json", "-q")
    assert (code, err) == (0, "")
    assert "utm_source: house" in out
    other_text = {(row["scenario"], row["channel"]): row["other_text"] for row in json.loads(out)["impact"]["rows"]}
    assert {key for key, count in other_text.items() if count == 2} == {
        ("offer", "email"), ("offer", "push"), ("offer", "sms"),
    }  # fmt: skip
    assert sum(other_text.values()) == 6
