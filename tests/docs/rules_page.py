"""Makes docs/rules.md: the rules from their table, every other finding from a project that has the fault.

python -m tests.docs.rules_page > docs/rules.md
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from scenario_cli.hosts.scenario_tests import faulty_times
from scenario_cli.language.project import Loaded
from scenario_cli.language.rules import RULES
from scenario_cli.language.rules.support.rule import Example, Rule
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.reports.findings import full_text
from scenario_cli.reports.findings.rule_example import example_markdown
from tests.docs import example_projects as projects
from tests.docs import pages
from tests.docs.pages import Block

# Every other code: what it means, and a scenario that has the fault; or files by name, None for a link that leads
# nowhere.
Faulty = str | Mapping[str, str | bytes | None]
_WAITING = "states: {waiting: {after: {1d: {end: over}}}}\n"
_SENDING = "states: {told: {send: {push: note}, end: told}}\n"


def _test(expect: str, line: str = "at: 2025-03-03 10:00, event: cart_updated") -> dict[str, str]:
    """A project whose test has the fault."""
    case = f"  - {{name: a, contact: {{id: ana}}, timeline: [{{{line}}}], expect: {{{expect}}}}}\n"
    return {"example.yaml": _WAITING, "tests/example.test.yaml": f"scenario: example\ncases:\n{case}"}


OTHERS: Mapping[str, tuple[str, Faulty]] = {
    "YAML001": ("the text is not YAML", "states: {waiting: {after: {1d: {end: over}}}\n"),
    "YAML002": ("a key stands twice", "title: One\ntitle: Two\n"),
    "YAML003": ("an alias without its anchor", "states: {waiting: *nowhere}\n"),
    "YAML004": ("a tag", 'priority: !!int "80"\n' + _WAITING),
    "YAML005": ("a second document in one file", {"two.yaml": "scenario: one\n---\nscenario: two\n"}),
    "YAML006": ("the file is empty", {"empty.yaml": ""}),
    "YAML007": ("the file, or what its aliases expand to, is too large", {"large.yaml": "# large\n" * 150_000}),
    "YAML008": ("the file is not UTF-8", {"latin.yaml": b"title: caf\xe9\n"}),
    "YAML009": ("a key that is no text", {"odd.yaml": "? [a, b]\n: c\n"}),
    "YAML010": ("the file cannot be read, or is missing", {"link.yaml": None}),
    "YAML011": ("values are nested too deeply", {"deep.yaml": "a: " + "[" * 101 + "]" * 101 + "\n"}),
    "SCH001": ("a key that the place does not know", "states: {waiting: {atfer: {1d: {end: over}}}}\n"),
    "SCH002": ("a key that is missing", {"scenario.yaml": "scenario: cart\ntrigger: {event: cart_updated}\n"}),
    "SCH003": ("a value of the wrong type", "priority: high\n" + _WAITING),
    "SCH004": ("a value that is none of those allowed", "status: Live\n" + _WAITING),
    "SCH005": ("a text of the wrong form", "reviewed: 01/03/2025\n" + _WAITING),
    "SCH006": ("a value that is empty", "title:\n" + _WAITING),
    "SCH007": ("a number or a count out of range", "priority: 120\n" + _WAITING),
    "SCH008": (
        "keys that do not go together",
        "on: {unsubscribed: {where: event.channel == 'email', end: gone}}\n" + _WAITING,
    ),
    "SCH020": (
        "bins whose edges do not rise, or whose labels do not fit them",
        {"metrics.yaml": "metrics:\n  size: {bins: contact.points, at: [10, 20], labels: [small, large]}\n"},
    ),
    "SCH090": ("something that this version does not carry out", "in_flight: follow\n" + _WAITING),
    "REF001": ("an event that the tracking plan does not have", "trigger: {event: cart_udpated}\n"),
    "REF002": ("a state that the scenario does not have", "states: {waiting: {after: {1d: remindr}}}\n"),
    "REF003": ("a channel that the project does not have", "states: {told: {send: {fax: note}, end: told}}\n"),
    "REF004": (
        "a property, attribute or part of a date that does not exist",
        "trigger: {event: cart_updated, where: event.totl > 80}\n",
    ),
    "REF005": ("a program that the project does not have", "program: retention\n"),
    "REF006": ("a phase that the project does not have", "phase: dormancy\n"),
    "REF007": (
        "a template that does not exist for the channel",
        "states: {told: {send: {push: missing/note}, end: told}}\n",
    ),
    "REF008": (
        "a name that is taken",
        {
            "a.yaml": "scenario: cart\ntrigger: {event: cart_updated}\ngoal: {event: review_written}\n" + _WAITING,
            "b.yaml": "scenario: cart\ntrigger: {event: cart_updated}\ngoal: {event: review_written}\n" + _WAITING,
        },
    ),
    "REF009": (
        "an outcome that is the executor's own, or of a goal's `ends` a word for false",
        "states: {waiting: {after: {1d: {end: error}}}}\n",
    ),
    "REF010": ("a captured value with a name that has a meaning", "states: {in: {set: {contact: 1}, end: done}}\n"),
    "REF014": ("an unknown metric", "audience: metric.orders > 3\n"),
    "REF015": ("an unknown segment", "audience: segment.vip\n"),
    "REF016": ("an unknown reference table", "audience: lookup('products', event.cart_id) is not none\n"),
    "REF017": (
        "an outcome that the other scenario does not have",
        {
            "a.yaml": "scenario: first\ntrigger: {event: cart_updated}\ngoal: {event: review_written}\n" + _WAITING,
            "b.yaml": "scenario: next\ntrigger: {scenario: first, outcome: bougth}\ngoal: {event: review_written}\n"
            + _WAITING,
        },
    ),
    "REF018": (
        "a broadcast event that a journey is to emit",
        {
            "events.yaml": "events: {cart_updated: {}, price_changed: {broadcast: true}}\n",
            "example.yaml": "scenario: cart\ntrigger: {event: cart_updated}\ngoal: {event: cart_updated}\n"
            "states: {in: {emit: {event: price_changed}, end: done}}\n",
        },
    ),
    "REF019": (
        "a reference table whose file does not exist",
        {"project.yaml": "project: shop\ntimezone: Europe/Paris\ntables: {products: {file: prodcts.csv, key: sku}}\n"},
    ),
    "REF020": (
        "a reference table without the column that is its key",
        {
            "project.yaml": "project: shop\ntimezone: Europe/Paris\n"
            "tables: {products: {file: products.csv, key: sku}}\n",
            "products.csv": "id,price\n1,10\n",
        },
    ),
    "REF011": (
        "a scenario that the project does not have, or that a test file does not test",
        {"policy.yaml": "policy: {caps: [{max: 1, per: day, scenarios: [welcom]}]}\n", "example.yaml": _SENDING},
    ),
    "REF012": (
        "a cap on a tag that no message has",
        {"policy.yaml": "policy: {caps: [{max: 1, per: day, tags: [promo]}]}\n", "example.yaml": _SENDING},
    ),
    "REF013": (
        "`of` on an event that names no message",
        "states: {told: {send: {push: note}, on: {product_viewed: {of: told, to: {end: seen}}}}}\n",
    ),
    "REF050": ("a `<column>` that the table of a test case does not have, or nothing uses", _test("outcome: <end>")),
    "REF051": ("an outcome that no scenario under test has", _test("outcome: ovr")),
    "REF052": (
        "a field that the template of an expected message does not have",
        {**_test("messages: [{contains: {subjct: Hello}}]"), "example.yaml": _SENDING.replace("push", "email")},
    ),
    "EXP001": ("the text is no expression", "audience: contact.country = 'FR'\n"),
    "EXP002": ("an unknown name", "audience: country == 'FR'\n"),
    "EXP003": ("an unknown function", "audience: lenght(contact.country) > 2\n"),
    "EXP004": ("an unknown filter", "audience: contact.country | lenght > 2\n"),
    "EXP005": ("an unknown test", "audience: contact.country is nothing\n"),
    "EXP006": (
        "`event` where no event is at hand",
        "states: {waiting: {when: {event.total > 9: {end: large}}, after: {1d: {end: over}}}}\n",
    ),
    "EXP007": ("a function is called with the wrong values", "audience: days_since() > 3\n"),
    "EXP008": ("a condition that is a text and so is never true", "audience: contact.country\n"),
    "EXP010": (
        "a function that cannot stand in a template",
        {"example.yaml": _SENDING, "templates/note.push.j2": "{{ total(trigger.items, item.price) }}\n"},
    ),
    "EXP011": (
        "a comparison of every past event with what is at hand, without end",
        "audience: count('order_completed', where=past.total == event.total) > 1\n",
    ),
    "EXP012": (
        "a metric that reads more than its event",
        {"metrics.yaml": "metrics:\n  sum: {sum: contact.points, of: order_completed}\n"},
    ),
    "EXP013": (
        "a metric or segment that is defined by itself",
        {"metrics.yaml": "metrics:\n  a: {value: metric.b}\n  b: {value: metric.a}\n"},
    ),
    "TIME020": ("a day or instant that the calendar does not have", "active: {from: 2025-02-30}\n" + _WAITING),
    "TIME021": (
        "a wait that says its time of day twice",
        "states: {in: {after: [{wait: 1d at 09:00, at: contact.points, to: {end: over}}]}}\n",
    ),
    "TIME001": ("no duration, time of day, day or wait", "states: {waiting: {after: {1m: {end: over}}}}\n"),
    "TIME002": ("an unknown time zone", {"project.yaml": "project: shop\ntimezone: Europe/Pari\n"}),
    "TIME050": ("a time of a test case that is none", _test("messages: []", "at: 3 March, event: cart_updated")),
    "TIME051": (
        "times of a test case that do not go together",
        _test("messages: []", "at: +20min, event: cart_updated"),
    ),
    "DATA050": (
        "a value of a test case that is not of its type in the tracking plan",
        _test("messages: []", "at: 2025-03-03 10:00, event: cart_updated, total: a lot"),
    ),
    "MSG002": ("the text is no template", {"example.yaml": _SENDING, "templates/note.push.j2": "{% if %}\n"}),
    "MSG003": ("a template is not UTF-8", {"templates/note.push.j2": b"caf\xe9\n"}),
    "MSG004": (
        "the front matter of a template is not `field: text` lines",
        {"example.yaml": _SENDING, "templates/note.push.j2": "---\ntitle: Hello\n"},
    ),
    "MSG005": (
        "an included file does not exist",
        {"example.yaml": _SENDING, "templates/note.push.j2": "{% include 'footer.html' %}\n"},
    ),
    "IGN001": (
        "an ignore that ignores nothing",
        "# scenario: ignore[FLOW003] kept for the autumn\n" + _WAITING,
    ),
    "IGN002": (
        "an ignore that gives no reason",
        "states:\n  in: {end: done}\n  kept: {end: done}   # scenario: ignore[FLOW003]\n",
    ),
    "IGN003": (
        "an ignore of what cannot be ignored, or of nothing",
        "trigger: {event: cart_udpated}   # scenario: ignore[REF001] it will come\n",
    ),
    "IGN004": (
        "a severity for what is no rule",
        {"project.yaml": "project: shop\ntimezone: UTC\nrules: {CRM999: off}\n"},
    ),
    "FLOW004": (
        "`choose` without `else` at its end",
        "states: {asks: {choose: {contact.points > 10: {end: enough}}}}\n",
    ),
    "FLOW006": (
        "a `split` of which every weight is 0",
        "states: {toss: {split: {a: 0, b: 0}}, a: {end: a}, b: {end: b}}\n",
    ),
}

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
graded for the project: see [commands.md](commands.md#ignoring-and-grading). In the examples, what does not
matter is left out, as on the page about [the language](language.md).

This page is generated: `python -m tests.docs.rules_page > docs/rules.md`.

## Rules

Rules look at a whole scenario, or at the whole project; `scenario rules` lists them, `scenario rules CODE` explains
one. A *hint* (severity `info`) is worth a look and may be as it should be. Each rule is shown with something that it
finds and with the same in order, and says what `validate --fix` does about it where that is
[safe](commands.md#safe-fixes).

"""


def page() -> str:
    """The whole page."""
    said = {code: found(faulty, code) for code, (_, faulty) in OTHERS.items()}
    text = _HEAD.format(categories="\n".join(f"| `{name}` | {about} |" for name, about in _CATEGORIES.items()))
    for rule in sorted(RULES, key=lambda one: one.code):
        text += _document(rule)
    text += "## All other findings\n"
    for category, about in _CATEGORIES.items():
        codes = sorted(code for code in OTHERS if code.rstrip("0123456789") == category)
        if not codes:
            continue
        text += f"\n### {category}: {about}\n\n| code | means | for example |\n| --- | --- | --- |\n"
        for code in codes:
            warning = "" if said[code].severity == "error" else f" ({said[code].severity})"
            message = said[code].message.replace("|", "\\|")
            text += f"| {code} | {OTHERS[code][0]}{warning} | {message} |\n"
    return text


def _document(rule: Rule) -> str:
    with _loaded(rule.example) as loaded:
        mine = [one for one in loaded.found if one.code == rule.code]
        shown = full_text(mine, loaded.sources, color=False, width=100)
    grade = {"error": "An error", "warning": "A warning", "info": "A hint"}[rule.severity]
    text = f"### {rule.code} {rule.name}\n\n{grade}. Finds {rule.finds}.\n\n*Why that hurts*: {rule.because}.\n\n"
    text += f"{example_markdown(rule.example)}```finding\n{shown}```\n\n"
    fixes = f" `--fix` {rule.fixes}." if rule.fixes else ""
    return text + f"*What to do*: {rule.mend}.{fixes}\n\n{example_markdown(rule.instead)}"


def example_findings(example: Example) -> list[Diagnostic]:
    """What is found in the example of a rule."""
    with _loaded(example) as loaded:
        return loaded.found


def found(faulty: Faulty, code: str) -> Diagnostic:
    """The first finding with that code in a project that has the fault."""
    with _loaded(faulty) as loaded:
        return next(one for one in (*loaded.found, *faulty_times(loaded.tests)) if one.code == code)


@contextlib.contextmanager
def _loaded(faulty: Faulty) -> Iterator[Loaded]:
    files = {"example.yaml": faulty} if isinstance(faulty, str) else faulty
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        root = Path(folder).resolve()
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
