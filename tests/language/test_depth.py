"""Texts nested thousands of levels deep give a finding at their place, and do not end a command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.language.snippets import HEAD, STATES, faults, line_of
from tests.rows import rows

DEEP = 3_000
SENDING = "states:\n  open:\n    send: {push: deep}\n    end: x\n"


@rows(
    ("text", "column"),
    [
        ("(" * 1_900 + "1" + ")" * 1_900, 61 + 10),
        ("[" * 1_900 + "1" + "]" * 1_900, 61 + 10),
        ("not " * 900 + "true", 4 * 60 + 11),
        ("- " * 1_900 + "1", 2 * 60 + 11),
        ("1 if true else " * 250 + "1", 0),
        ("{'a': " * 500 + "1" + "}" * 500, 6 * 60 + 11),
        ("contact.email" + "['a']" * 700, 0),
        ("contact.email" + " | trim" * 500, 0),
        ("contact.email == 'a' or " * 150 + "true", 0),
        ("1" + " + 1" * 900, 0),
        ("2" + " ** 2" * 700, 0),
        ("date(" * 600 + "now" + ")" * 600, 0),
    ],
)
def test_an_expression_too_deep_is_found_at_its_place(
    text: str, column: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings = faults({"scenario.yaml": f"{HEAD}audience: {text!r}\n{STATES}"}, tmp_path, monkeypatch)
    assert [result.code for result in findings] == ["EXP001"]
    assert "nested too deeply" in findings[0].message
    assert findings[0].span.line == 4
    if column:
        assert findings[0].span.column == column + 1


@pytest.mark.parametrize(
    ("body", "position"),
    [
        ("{{ " + "(" * DEEP + "1" + ")" * DEEP + " }}", (4, 64)),
        ("{{ " + "[" * DEEP + "1" + "]" * DEEP + " }}", (4, 64)),
        ("{% if true %}\n" * DEEP + "{% endif %}" * DEEP, (54, 4)),
        ("{% for x in trigger.items %}" * DEEP + "{% endfor %}" * DEEP, None),
        ("{{ " + "not " * DEEP + "true }}", None),
        ("{{ 1" + " if true else 1" * DEEP + " }}", None),
        ("{{ contact.email" + " | trim" * DEEP + " }}", None),
        ("{{ 1" + " + 1" * DEEP + " }}", None),
        ("{{ contact.email" + " ~ 'a'" * DEEP + " }}", None),
        ("{{ contact" + ".email" * DEEP + " }}", None),
        ("{{ date(" + "date(" * DEEP + "now" + ")" * DEEP + ") }}", None),
        ("{% set x %}" * DEEP + "{% endset %}" * DEEP, None),
        ("{% block a %}" * DEEP + "{% endblock %}" * DEEP, None),
        ("{% if true %}" + "{% elif true %}" * DEEP + "{% endif %}", None),
    ],
)
def test_a_template_too_deep_is_found_at_its_place(
    body: str, position: tuple[int, int] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"scenario.yaml": HEAD + SENDING, "templates/deep.push.j2": f"---\ntitle: Hello\n---\n{body}\n"}
    findings = faults(files, tmp_path, monkeypatch)
    assert {result.span.file for result in findings} <= {"templates/deep.push.j2"}
    if position is not None:
        assert [result.span.position for result in findings] == [position]


def test_a_long_row_of_includes_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = {f"templates/part{number}.html": f"{{% include 'part{number + 1}.html' %}}" for number in range(500)}
    files = {"scenario.yaml": HEAD + SENDING, **chain, "templates/part500.html": "end",
             "templates/deep.push.j2": "---\ntitle: Hello\n---\n{% include 'part0.html' %}\n"}  # fmt: skip
    findings = faults(files, tmp_path, monkeypatch)
    assert [line_of(result, "templates/part40.html").split(" |")[0] for result in findings] == [
        "1:12 MSG005 more than 40 files include one another in a row"
    ]


@pytest.mark.parametrize("text", ["a: " + "[" * 5_000, "a: " + "{a: " * 5_000, "- " * 5_000 + "a", "? " * 5_000])
def test_yaml_too_deep_is_one_finding(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    findings = faults({"scenario.yaml": HEAD + STATES, "deep.yaml": text}, tmp_path, monkeypatch)
    assert [result.span.file for result in findings] == ["deep.yaml"]
