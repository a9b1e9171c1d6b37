"""Makes docs/rules.md: the rules from their table, every other finding from a project that has the mistake.

python -m tests.docs.rules_page > docs/rules.md
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from scenario_cli.hosts.case_times import faulty_times
from scenario_cli.language.project import Loaded
from scenario_cli.language.rules import RULES
from scenario_cli.language.rules.others import OTHERS
from scenario_cli.language.rules.support.rule import Example, Rule
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.reports.findings import full_text
from scenario_cli.reports.findings.rule_example import example_markdown
from tests.docs import example_projects as projects
from tests.docs import pages
from tests.docs.pages import Block

# A scenario that has a mistake; or files by name, None for a link to a file that does not exist.
Faulty = str | Mapping[str, str | bytes | None]

# The mistakes that no example can show as a text.
_UNSHOWN: Mapping[str, Faulty] = {
    "YAML007": {"large.yaml": "# large\n" * 150_000},
    "YAML008": {"latin.yaml": b"title: caf\xe9\n"},
    "YAML010": {"link.yaml": None},
    "YAML011": {"deep.yaml": "a: " + "[" * 101 + "]" * 101 + "\n"},
    "MSG003": {"templates/note.push.j2": b"caf\xe9\n"},
}


def faulty_of(document: Rule) -> Faulty:
    """A project that has the mistake of a rule."""
    return _UNSHOWN[document.code] if not document.example else document.example


_CATEGORIES = {
    "YAML": "reading the file",
    "SCH": "the shape of a file",
    "REF": "names",
    "EXP": "expressions",
    "FLOW": "states and transitions",
    "TIME": "waits and calendars",
    "MSG": "messages and templates",
    "DATA": "the tracking plan and what uses it",
    "POL": "the delivery policy",
    "SEND": "how messages leave (delivery.yaml)",
    "CRM": "the practice of relationship marketing",
    "IGN": "ignoring and grading findings",
}

_HEAD = """\
# Findings

What `scenario validate` can find. Each finding has a code: a category and a number. `--select` and
`--ignore` take codes and categories.

| category | is about |
| --- | --- |
{categories}

An *error* stops `dry-run` and `plan`; a *warning* does not. What a rule finds can be ignored where it stands, and
graded for the project: see [validate](commands/validate.md#ignoring-and-grading). In the examples, what does not
matter is left out, as on the page about [the language](language.md).

This page is generated: `python -m tests.docs.rules_page > docs/rules.md`.

## Rules

Rules look at a whole scenario, or at the whole project; `scenario rules` lists them, `scenario rules CODE` explains
one. A *hint* (severity `info`) is worth a look and may be as it should be. Each rule is shown with something that it
finds and with the same in order, and says what `validate --fix` does about it where that is
[safe](commands/validate.md#safe-fixes).

"""


_OTHERS = """\
## All other findings

What is found where a file is read: whether it is YAML, has the shape that its kind wants, and names what exists.
Errors among these cannot be ignored. `scenario rules CODE` explains each of them too.

"""


def page() -> str:
    """The whole page."""
    text = _HEAD.format(categories="\n".join(f"| `{name}` | {about} |" for name, about in _CATEGORIES.items()))
    for rule in sorted(RULES, key=lambda rule: rule.code):
        text += _document(rule, "###")
    text += _OTHERS
    for category, about in _CATEGORIES.items():
        documents = [other for other in OTHERS if other.code.rstrip("0123456789") == category]
        if documents:
            text += f"### {category}: {about}\n\n"
        for document in sorted(documents, key=lambda document: document.code):
            text += _document(document, "####")
    return text.rstrip() + "\n"


def _document(rule: Rule, heading: str) -> str:
    with _loaded(faulty_of(rule)) as loaded:
        mine = [finding for finding in (*loaded.findings, *faulty_times(loaded.tests)) if finding.code == rule.code]
        shown = full_text(mine[:3], loaded.sources, color=False, width=100)
    grade = {"error": "An error", "warning": "A warning", "info": "A hint"}[rule.severity]
    text = f"{heading} {rule.code} {rule.name}\n\n{grade}. Finds {rule.finds}.\n\n"
    text += f"*Why that hurts*: {rule.because}.\n\n{example_markdown(rule.example)}```finding\n{shown}```\n\n"
    fixes = f" `--fix` {rule.fixes}." if rule.fixes else ""
    return text + f"*What to do*: {rule.mend}.{fixes}\n\n{example_markdown(rule.instead)}"


def example_findings(example: Example) -> list[Diagnostic]:
    """The findings in the example of a rule."""
    with _loaded(example) as loaded:
        return [*loaded.findings, *faulty_times(loaded.tests)]


def first_finding(faulty: Faulty, code: str) -> Diagnostic:
    """The first finding with that code in a project that has the mistake."""
    with _loaded(faulty) as loaded:
        return next(finding for finding in (*loaded.findings, *faulty_times(loaded.tests)) if finding.code == code)


@contextlib.contextmanager
def _loaded(faulty: Faulty) -> Iterator[Loaded]:
    files = {"example.yaml": faulty} if isinstance(faulty, str) else faulty
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve() / "shop"  # hints can contain its name
        root.mkdir()
        with contextlib.chdir(root):
            yield _load(files, root)


def _load(files: Mapping[str, str | bytes | None], root: Path) -> Loaded:
    blocks: list[Block] = []
    for name, content in files.items():
        if isinstance(content, str):
            kind = "yaml" if name.endswith(".yaml") else "jinja"
            named = "" if name == "example.yaml" else name
            blocks.append(Block(kind, content, 1, len(blocks), named))
            continue
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            (root / name).symlink_to("nowhere")
        else:
            (root / name).write_bytes(content)
    return projects.load(pages.Example(root, blocks), root)


if __name__ == "__main__":
    print(page(), end="")
