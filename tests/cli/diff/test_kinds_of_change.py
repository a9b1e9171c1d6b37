"""The description of every kind of change: goldens in `goldens/`, one file a kind."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from scenario_cli.analysis.changes.versions import Version, changes
from scenario_cli.language.files import Memory
from scenario_cli.language.project import Loaded, load_files, read_model
from scenario_cli.language.templates.variables import template_variables
from scenario_cli.model.canonical import canonical
from scenario_cli.model.changes import Changes, Side
from scenario_cli.model.difference import Difference
from scenario_cli.model.expression import Expression, Literal
from scenario_cli.model.source import Name, Span
from scenario_cli.reports.diff.text import diff_text
from tests.cli.diff.kinds import MEANINGFUL, RENAMED, WITHOUT_MEANING, Edits
from tests.model.test_canonical import sample
from tests.rows import rows

HERE = Path(__file__).parent
SHOP = {path.relative_to(HERE / "shop").as_posix(): path.read_bytes() for path in (HERE / "shop").rglob("*.*")}


def edited(edits: Edits) -> dict[str, bytes]:
    """The files of the shop after edits. A file with no edits in its list is deleted; a file that did not exist is
    added.
    """
    files = dict(SHOP)
    for name, pairs in edits.items():
        text = files.pop(name, b"").decode()
        for before, after in pairs:
            assert before in text, f"{before} does not stand in {name}"
            text = text.replace(before, after) if before else after
        files |= {name: text.encode()} if pairs else {}
    return files


def version(files: dict[str, bytes], loaded: Loaded | None = None) -> Version:
    project = (loaded or read_model(Memory(files))).project
    rows = list(csv.DictReader(files["tables/products.csv"].decode().splitlines()))
    return Version(project, lambda: template_variables(project), {"products": rows})


BEFORE = version(SHOP)


def compared(edits: Edits) -> Changes:
    return changes(BEFORE, version(edited(edits)))


DELIVERY = """channels:
  email:
    smtp: {host: mail.example.com, port: 587, user: {env: MAIL_USER}, password: {env: MAIL_PASSWORD}}
    from: Shop <shop@example.com>
  sms:
    webhook: {url: https://example.com/sms, headers: {Authorization: {env: TOKEN}}}
"""
# What is replaced in the file, and the sentences about it.
DELIVERY_CHANGES = [
    (
        ("mail.example.com, port: 587", "smtp.example.com"),
        "Messages of the channel `email` go to the mail server `smtp.example.com:587`"
        " (was the mail server `mail.example.com:587`)",
    ),
    (("587,", "587, tls: tls,"), "In the delivery by `email`, `tls` is `tls` (was `starttls`)"),
    (("MAIL_USER", "USER"), "In the delivery by `email`, `user` is the variable `USER` (was the variable `MAIL_USER`)"),
    (("from: Shop", "rate: 7/min\n    from: Shop"), "In the delivery by `email`, `rate` is `7/min` (was no limit)"),
    (
        ("from: Shop <", "from: The shop <"),
        "In the delivery by `email`, `from` is `The shop <shop@example.com>` (was `Shop <shop@example.com>`)",
    ),
    (("url:", "timeout: 20s, url:"), "In the delivery by `sms`, `timeout` is 20 seconds (was 10 seconds)"),
    (
        ("{env: TOKEN}", "x"),
        "In the delivery by `sms`, `headers` is `Authorization`: `x` (was `Authorization`: the variable `TOKEN`)",
    ),
    (
        ("webhook: {url: https://example.com/sms, headers: {Authorization: {env: TOKEN}}}", "file: {path: sms.csv}"),
        "Messages of the channel `sms` go to the file `sms.csv` (was the address `https://example.com/sms`)",
    ),
    ((DELIVERY[DELIVERY.index("  sms") :], ""), "Messages of the channel `sms` are not delivered any more"
     " (went to the address `https://example.com/sms`)"),
]  # fmt: skip


@rows(("replaced", "sentence"), DELIVERY_CHANGES)
def test_a_change_of_the_delivery_is_a_sentence_about_its_channel(replaced: tuple[str, str], sentence: str) -> None:
    before = version(edited({"delivery.yaml": [("", DELIVERY)]}))
    assert replaced[0] in DELIVERY
    after = version(edited({"delivery.yaml": [("", DELIVERY.replace(*replaced))]}))
    assert [change.text for subject in changes(before, after).subjects for change in subject.changes] == [sentence]


def test_the_shop_is_sound() -> None:
    assert [finding for finding in load_files(Memory(SHOP), tests=True).findings if finding.severity == "error"] == []


@rows("kind", [*MEANINGFUL, *RENAMED])
def test_a_change_has_a_sentence(kind: str) -> None:
    result = compared({**MEANINGFUL, **RENAMED}[kind])
    assert result
    projects = BEFORE.project, BEFORE.project
    text = diff_text(Difference("shop", Side("old"), Side("new"), result), projects, False, 100)
    for columns in (80, 120):
        narrow = diff_text(Difference("shop", Side("old"), Side("new"), result), projects, False, columns)
        assert max(map(len, narrow.splitlines())) <= columns
    golden = HERE / "goldens" / f"{kind}.txt"
    if os.environ.get("UPDATE_CASES"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@rows("kind", MEANINGFUL)
def test_undoing_a_change_is_a_change_too(kind: str) -> None:
    forward = compared(MEANINGFUL[kind])
    back = changes(version(edited(MEANINGFUL[kind])), BEFORE)
    opposite = {"added": "removed", "removed": "added"}
    assert sorted((subject.area, opposite.get(subject.kind, subject.kind)) for subject in forward.subjects) == sorted(
        (subject.area, subject.kind) for subject in back.subjects
    )


@pytest.mark.parametrize(
    "files",
    [
        {"cart.yaml": [("scenario: cart", "scenario: left_cart\nwas: card"), ("{1h: reminder}", "{2h: reminder}")]},
        {"cart.yaml": [], "welcome.yaml": [("scenario: welcome", "scenario: welcome\nwas: cart")]},
    ],
    ids=["of a scenario that never was", "of a scenario that took in another one"],
)
def test_an_earlier_name_renames_nothing_else(files: Edits) -> None:
    result = compared(files)
    assert {(subject.name, subject.kind) for subject in result.scenarios} >= {("cart", "removed")}
    assert not result.renamed


@rows("kind", WITHOUT_MEANING)
def test_edits_without_meaning_are_not_changes(kind: str) -> None:
    assert not compared(WITHOUT_MEANING[kind])


def test_another_name_of_a_file_changes_nothing() -> None:
    files = dict(SHOP)
    files["left.yaml"] = files.pop("cart.yaml")
    assert not changes(BEFORE, version(files))


def test_two_changes_read_like_each_alone() -> None:
    edits: Edits = {**MEANINGFUL["cap_tightened"], **MEANINGFUL["segment_edge_moved"]}
    subjects = compared(edits).subjects
    assert subjects == (
        *compared(MEANINGFUL["cap_tightened"]).subjects,
        *compared(MEANINGFUL["segment_edge_moved"]).subjects,
    )


def test_every_difference_of_meaning_is_a_change() -> None:
    """The scenarios that differ are, for every kind of change, among those that the change touches."""
    for kind, edits in MEANINGFUL.items():
        after = read_model(Memory(edited(edits))).project
        differing = {
            name
            for name, scenario in after.scenarios.items()
            if canonical(scenario) != canonical(BEFORE.project.scenarios.get(name, after))
        }
        renamed = kind in ("metric_renamed", "property_renamed", "event_renamed")
        assert renamed or differing <= compared(edits).touched, kind


def variants(value: Any) -> Iterator[tuple[str, Any]]:
    """Copies of the value in which one field differs, its own or of a value in it, each after the name of the field."""
    if isinstance(value, Span | Name | Expression | Literal):
        return
    if is_dataclass(value) and not isinstance(value, type):
        hints = get_type_hints(type(value))
        for field in fields(value):
            part = getattr(value, field.name)
            if field.name not in UNLIKE.get(type(value).__name__, ()):
                yield (
                    f"{type(value).__name__}.{field.name}",
                    replace(value, **{field.name: sample(hints[field.name], 1)}),
                )
            yield from ((name, replace(value, **{field.name: other})) for name, other in variants(part))
    elif isinstance(value, Mapping):
        yield from ((name, {**value, key: other}) for key, part in value.items() for name, other in variants(part))
    elif isinstance(value, tuple):
        for place, part in enumerate(value):
            yield from ((name, (*value[:place], other, *value[place + 1 :])) for name, other in variants(part))


# Fields whose other values make a project that cannot be read, or have no description: of a table, the rows are
# described.
UNLIKE = {
    **dict.fromkeys(("Channel", "Constant", "Metric", "Property", "Segment", "State", "Template"), ("name",)),
    "EventType": ("name", "required"),
    "Policy": ("quiet_hours",),
    "QuietHours": ("days",),
    "Wait": ("days",),
    "Table": ("name", "path"),
    "Project": ("policy", "texts"),
}


def test_every_field_of_the_model_has_a_change() -> None:
    field_names: set[str] = set()
    for name, project in variants(BEFORE.project):
        if name not in field_names and canonical(project) != canonical(BEFORE.project):
            field_names.add(name)
            result = changes(replace(BEFORE, rows={}), Version(project))
            assert any(subject.changes or subject.was or subject.kind != "changed" for subject in result.subjects), name
    assert len(field_names) > 150
