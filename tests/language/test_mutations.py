"""Damaged files: all damage to a scenario gives findings with a line inside their file, never a traceback."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scenario_cli.language.edit.mend import mend
from scenario_cli.language.format.layout import format_text
from scenario_cli.language.project import Loaded, load_project
from scenario_cli.language.rules import RULES
from scenario_cli.language.yaml_lines import LINE_END
from scenario_cli.model.diagnostic import Diagnostic, Edit
from scenario_cli.model.source import Span
from scenario_cli.reports.findings import FORMATS, Report
from scenario_cli.shipped import shipped
from tests.reference.settings import scaled

HERE = Path(__file__).parent
WHOLE = [
    HERE / "scenario_cases" / "ok_everything.yaml",
    *sorted((HERE / "schema" / "cases" / "scenario").glob("ok_*.yaml")),
]
OTHERS = {
    "project.yaml": HERE / "base" / "project.yaml",
    "events.yaml": HERE / "base" / "events.yaml",
    "policy.yaml": shipped("scenarios") / "policy.yaml",
    "templates/cart/reminder.email.j2": HERE / "base" / "templates" / "cart" / "reminder.email.j2",
}
WORDS = ["", "null", "true", "-1", "1.5", "[]", "{}", "[a, b]", "{a: b}", "end", "event", "on", "=event", "=1 +", "1h",
         "0s", "at 25:00", "cron x", "100%", "2025-02-30", "'", '"', "&a", "*a", "!!int 1", "|", "- x", "? x", "a: b",
         "\t", "\x00", "\ud7ff", "é買", "{{ x }}", "x.y.z", "(((", "event.items | length", "# scenario: ignore[CRM001]",
         "# scenario: ignore[]", "# scenario: ignore[REF001, XX] y", "---", "...", "%YAML 1.2"]  # fmt: skip


def drop_line(lines: list[str], chance: random.Random) -> None:
    lines.pop(chance.randrange(len(lines)))


def double_line(lines: list[str], chance: random.Random) -> None:
    lines.insert(chance.randrange(len(lines)), chance.choice(lines))


def rename_key(lines: list[str], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    key, colon, rest = lines[at].partition(":")
    indent = len(key) - len(key.lstrip())
    lines[at] = f"{key[:indent]}{chance.choice([key.strip()[1:], key.strip() + 'x', *WORDS])}{colon}{rest}"


def change_value(lines: list[str], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    lines[at] = f"{lines[at].partition(':')[0]}: {chance.choice(WORDS)}"


def add_word(lines: list[str], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    place = chance.randint(0, len(lines[at]))
    lines[at] = lines[at][:place] + chance.choice(WORDS) + lines[at][place:]


def cut_line(lines: list[str], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    lines[at] = lines[at][: chance.randint(0, len(lines[at]))]


def cut_text(lines: list[str], chance: random.Random) -> None:
    del lines[chance.randrange(len(lines)) + 1 :]
    cut_line(lines, chance)


def move_line(lines: list[str], chance: random.Random) -> None:
    lines.insert(
        chance.randrange(len(lines)), " " * chance.randint(0, 8) + lines.pop(chance.randrange(len(lines))).strip()
    )


DAMAGES: list[Callable[[list[str], random.Random], None]] = [
    drop_line, double_line, rename_key, change_value, add_word, cut_line, cut_text, move_line,
]  # fmt: skip


def damaged(text: str, seed: int) -> str:
    """The text with one to four damages."""
    chance = random.Random(seed)
    lines = text.split("\n")
    for _ in range(chance.randint(1, 4)):
        lines = lines or [""]
        chance.choice(DAMAGES)(lines, chance)
    return "\n".join(lines)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("damaged").resolve()
    shutil.copytree(HERE / "base", folder, dirs_exist_ok=True)
    return folder


def places(finding: Diagnostic) -> Iterator[Span]:
    yield finding.span
    yield from (span for _, span in finding.related)
    yield from (edit.span for edit in (finding.fix.edits if finding.fix is not None else ()))


def inside(span: Span, sources: dict[str, str]) -> bool:
    lines = LINE_END.split(sources[span.file])
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    return (
        1 <= span.line <= span.end_line <= len(lines)
        and 1 <= span.column <= len(lines[span.line - 1]) + 2
        and (span.line, span.column) <= (span.end_line, span.end_column)
    )


def survives(root: Path, name: str, text: str, kind: str) -> None:
    content = text.encode("utf-8", errors="surrogatepass")
    unsaved = {root / name: content}
    loaded = load_project(root, True, unsaved)
    for findings in loaded.findings:
        for span in places(findings):
            assert inside(span, loaded.sources), findings
        assert findings.message
    rendered = [render(report_of(loaded)) for render in FORMATS.values()]
    assert all(bool(loaded.findings) == bool(text) for text in rendered[:2])
    mend(loaded, lambda contents: load_project(root, True, contents), lambda finding: True, unsaved)
    if kind:
        result = format_text(text, kind, name)
        if result.text is not None:
            assert format_text(result.text, kind, name).text == result.text


def report_of(loaded: Loaded) -> Report:
    return Report(loaded.findings, loaded.sources, len(loaded.project.scenarios), len(loaded.ignored), rules=RULES)


@given(st.sampled_from(WHOLE), st.integers(0, 2**32))
@settings(max_examples=scaled(100), deadline=None)
def test_a_damaged_scenario_is_findings(root: Path, path: Path, seed: int) -> None:
    survives(root, "scenario.yaml", damaged(path.read_text(encoding="utf-8"), seed), "scenario")


@given(st.sampled_from(sorted(OTHERS)), st.integers(0, 2**32))
@settings(max_examples=scaled(60), deadline=None)
def test_a_damaged_file_of_another_kind_is_findings(root: Path, name: str, seed: int) -> None:
    scenario = root / "scenario.yaml"
    scenario.write_text(WHOLE[0].read_text(encoding="utf-8"), encoding="utf-8")
    kind = name.removesuffix(".yaml") if name.endswith(".yaml") else ""
    survives(root, name, damaged(OTHERS[name].read_text(encoding="utf-8"), seed), kind)


@given(st.text(max_size=200))
@example("a: [")
@example("\xa0\xa0\x1f\x85")
@example("\ufeff")
@settings(max_examples=scaled(60), deadline=None)
def test_any_text_is_findings(root: Path, text: str) -> None:
    if not any("\ud800" <= char <= "\udfff" for char in text):
        survives(root, "scenario.yaml", text, "scenario")


def test_edits_are_made_from_the_end() -> None:
    from scenario_cli.language.edit.splicing import spliced

    edits = [Edit(Span("f", 1, 1, 1, 2), "AA"), Edit(Span("f", 2, 1, 3, 1), ""), Edit(Span("f", 1, 4, 1, 4), "!")]
    assert spliced("abc\r\nxyz\nend", edits) == "AAbc!\r\nend"
