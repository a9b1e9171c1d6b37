"""One payload in every free text of a project, a log, a contacts table and file names: it has no effect in any
output.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.cli.main import run
from tests.rows import rows

PAYLOAD = (
    "x\x1b[31my\x07\x9b2J\x7f\u202ez\u2066w\u200f\u2028"
    "\n::error::owned\r\n  ::set-output name=a::b\n##vso[task.setvariable variable=a]b\n##[error]c\n"
    "</script><img src=x onerror=alert(1)>|`\"]'-->&{{ 1 }}"
)
COMMAND = "::error::owned ##vso[task.setvariable variable=a]b ##[error]c"
FORMULA = "=cmd|'/c calc'!A1"

_BEGINS_COMMAND = re.compile(r"^[^\w\"'{\[:]*::[a-z]", re.MULTILINE)
_STEERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_OURS = re.compile(r"\x1b\[[\d;]+m")


def dumped(values: Any) -> str:
    return json.dumps(values) + "\n"  # JSON is YAML


def project(root: Path) -> Path:
    """A project without errors, with the payload in every place where the language takes any text."""
    text = PAYLOAD
    (root / "templates").mkdir(parents=True)
    (root / "data").mkdir()
    files: dict[str, Any] = {
        "project.yaml": {
            "project": "shop", "title": text, "timezone": "UTC",
            "locale": "en", "channels": {"email": {"address": "contact.email", "consent": "contact.opted_in"}},
            "programs": {"care": {"title": text, "objective": text, "kpi": text}},
            "phases": ["start"],
            "exports": {"events": "data/*.zip", "contacts": "data/contacts.csv"},
        },
        "events.yaml": {
            "profile": {
                "email": "string", "opted_in": "boolean",
                "segment_name": {"type": "string", "description": text, "enum": [text, COMMAND]},
            },
            "events": {
                "began": {
                    "description": text, "owner": text,
                    "properties": {
                        "color": {"type": "string", "description": text, "enum": [text, COMMAND], "examples": [text]}
                    },
                },
                "ended": {"description": text},
            },
        },
        "welcome.yaml": {
            "scenario": "welcome", "title": text, "description": text, "owner": text, "program": "care",
            "phase": "start", "status": "live",
            "trigger": {"event": "began"}, "goal": {"event": "ended"},
            "states": {
                "first": {
                    "description": text,
                    "choose": {f"trigger.color == '{COMMAND}'": "second", "else": "waiting"},
                },
                "waiting": {"description": text, "after": {"1d": "second"}},
                "second": {"description": text, "send": {"email": "hello"}, "end": "done"},
            },
        },
        "welcome.test.yaml": {
            "scenario": "welcome",
            "cases": [
                {"name": text, "contact": {"id": text, "email": text, "opted_in": True, "segment_name": text},
                 "timeline": [{"at": "2025-03-03 10:00", "event": "began", "color": text}],
                 "until": "2025-03-09", "expect": {"messages": [{"template": "hello", "contains": {"subject": text}}],
                                                   "outcome": "running"}},
            ],
        },
    }  # fmt: skip
    for name, values in files.items():
        (root / name).write_text(dumped(values), encoding="utf-8")
    body = "Hello {{ contact.segment_name }} {{ trigger.color }}\n::error::owned\n##vso[task.setvariable variable=a]b\n"
    (root / "templates" / "hello.email.j2").write_text(
        "---\nsubject: 'Dear {{ trigger.color }} {{ contact.segment_name }}'\n---\n" + body, encoding="utf-8"
    )
    rows = [
        {"contact_id": f"{number}{text}", "timestamp": f"2025-03-0{number}T10:00:00Z", "event": "began", "color": text}
        for number in (1, 2)
    ]
    rows += [
        {"contact_id": FORMULA, "timestamp": "2025-03-03T10:00:00Z", "event": "began", "color": COMMAND},
        {"contact_id": FORMULA, "timestamp": "2025-03-03T11:00:00Z", "event": text, text: text},
        {"contact_id": FORMULA, "timestamp": f"when {text}", "event": "began", "color": text},
    ]
    with zipfile.ZipFile(root / "data" / "log \u202e ::error.zip", "w") as archive:
        archive.writestr("in \x1b[31m\n::error::owned ##vso[a]b.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    with (root / "data" / "contacts.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["contact_id", "email", "opted_in", "segment_name"])
        writer.writerows([[row["contact_id"], f"{COMMAND}@example.com", "true", text] for row in rows[:3]])
        writer.writerow([text * 2, text, text, text])
    return root


COMMANDS = (
    "validate", "validate --format concise", "validate --format json", "validate --format github",
    "validate --format gitlab", "validate --format junit", "validate --format sarif", "validate --fail-level info",
    "test", "test --format json", "test --format junit", "test --coverage", "test --color always",
    "dry-run", "dry-run --format json", "dry-run --color always", "dry-run --show-data",
    "plan --as-of 2025-03-03", "plan --as-of 2025-03-03 --format json", "plan --as-of 2025-03-03 --show-data",
    "graph welcome", "graph welcome --format dot", "graph welcome --format mermaid", "graph welcome --format json",
    "graph welcome --counts", "graph welcome --format svg",
    "map", "map --format markdown", "map --format html", "brief", "brief --format markdown",
    "preview welcome", "preview welcome --format html",
    "events check", "events check --format json", "events check --format yaml",
    "events infer", "events infer --format json", "events infer --format text",
    "events inspect", "events inspect --format json", "events inspect --format yaml",
    "rules", "rules REF001", "rules --format json", "fmt --diff",
)  # fmt: skip


def answer(*arguments: str) -> tuple[int, str, str]:
    with (
        contextlib.redirect_stdout(io.StringIO()) as out,
        contextlib.redirect_stderr(io.StringIO()) as err,
    ):
        code = run(list(arguments))
    return code, out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project(tmp_path_factory.mktemp("hostile"))


def harmless(text: str, format_: str = "") -> None:
    bare = _OURS.sub("", text)
    assert _STEERS.search(bare) is None
    assert "##vso[" not in bare
    if format_ != "github":
        assert _BEGINS_COMMAND.search(bare) is None
    if format_ in ("html", "svg"):
        assert "<img src=x" not in bare


@rows("command", COMMANDS)
def test_no_output_lets_a_text_of_somebody_act(hostile: Path, command: str) -> None:
    words = command.split()
    format_ = words[words.index("--format") + 1] if "--format" in words else ""
    place = [] if words[0] == "rules" else ["--project", str(hostile)]
    code, out, err = answer(*words, *place)
    assert code in (0, 1), err
    assert out or words[0] == "fmt"
    harmless(out, format_)
    harmless(err)
    if format_ == "json":
        json.loads(out)


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("format_", ["text", "json"])
def test_a_story_does_not_steer_the_terminal(hostile: Path, number: int, format_: str) -> None:
    code, out, err = answer("why", f"{number}{PAYLOAD}", "--project", str(hostile), "--format", format_)
    assert code == 0, err
    harmless(out)
    harmless(err)


@pytest.mark.parametrize("format_", ["text", "html"])
def test_the_preview_of_a_contact_does_not_steer_the_terminal(hostile: Path, format_: str) -> None:
    code, out, err = answer(
        "preview", "welcome", "--contact", f"1{PAYLOAD}", "--project", str(hostile), "--format", format_
    )
    assert code == 0, err
    harmless(out, format_)
    harmless(err)


@pytest.mark.parametrize("arguments", [
    ("dry-run", PAYLOAD), ("why", PAYLOAD), ("graph", PAYLOAD), ("rules", PAYLOAD), ("validate", PAYLOAD),
    ("validate", "--select", PAYLOAD), ("dry-run", "--events", PAYLOAD), ("dry-run", "--map", f"{PAYLOAD}=a"),
    ("plan", "--horizon", PAYLOAD), ("plan", "--out", f"{PAYLOAD}.xlsx"), ("test", "-k", PAYLOAD), (PAYLOAD,),
    ("validate", f"--{PAYLOAD}"), ("new", PAYLOAD), ("preview", f"welcome:{PAYLOAD}"), ("init", f"a/{PAYLOAD}/b"),
])  # fmt: skip
def test_an_error_does_not_steer_the_terminal(
    hostile: Path, arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(hostile if arguments[0] != "init" else tmp_path)
    _, out, err = answer(*arguments)
    harmless(out)
    harmless(err)


def test_a_page_of_a_replay_holds_no_markup_of_a_text(hostile: Path, tmp_path: Path) -> None:
    report = tmp_path / "page.html"
    code, _, err = answer("dry-run", "--project", str(hostile), "--report", str(report))
    assert code == 0, err
    harmless(report.read_text(encoding="utf-8"), "html")


def test_no_file_of_a_site_holds_markup_of_a_text(hostile: Path, tmp_path: Path) -> None:
    code, _, err = answer("docs", str(hostile), "--out", str(tmp_path / "site"), "--counts")
    assert code == 0, err
    files = [path for path in (tmp_path / "site").rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"index.html", "index.js", "welcome.html", "results.html"}
    for path in files:
        harmless(path.read_text(encoding="utf-8"), "html")


def test_no_cell_of_a_plan_or_of_rejects_begins_a_formula(hostile: Path, tmp_path: Path) -> None:
    plan, rejects = tmp_path / "plan.csv", tmp_path / "rejects.csv"
    code, _, err = answer("dry-run", "--project", str(hostile), "--plan", str(plan), "--rejects", str(rejects))
    assert code == 0, err
    for file in (plan, rejects):
        with file.open(encoding="utf-8", newline="") as lines:
            cells = [cell for row in csv.reader(lines) for cell in row]
        assert cells
        assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")]
    assert f"'{FORMULA}" in plan.read_text(encoding="utf-8")


def test_a_cell_that_is_a_number_keeps_its_sign(hostile: Path, tmp_path: Path) -> None:
    from scenario_cli.model.csv_cell import csv_cell

    numbers = ["-1", "+1", "-12.50", "+33 6 12 34 56 78", "-1.5e+10", "-5%", "2025-03-03", ""]
    assert list(map(csv_cell, numbers)) == numbers
    assert [csv_cell(text) for text in ("=1", "+A1", "-A1", "@x", "\tx", "\rx")] == [
        "'=1", "'+A1", "'-A1", "'@x", "'\tx", "'\rx"
    ]  # fmt: skip
