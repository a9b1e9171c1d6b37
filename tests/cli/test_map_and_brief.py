"""`scenario map` and `scenario brief` over a project with every kind of trigger, and over the shipped project.

UPDATE_CASES=1 pytest tests/cli/test_map_and_brief.py writes the golden files anew; read the difference.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from scenario_cli.analysis.data_needs import DataNeeds, data_needs
from scenario_cli.cli.main import run
from scenario_cli.language.project import load_model
from scenario_cli.language.templates.variables import template_variables
from scenario_cli.shipped import shipped
from tests.sample.shop import one_in, small_shop

HERE = Path(__file__).parent
PROJECT = HERE / "relationship"
Shown = Callable[..., str]


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shown:
    """The output of a command for the project of these tests."""

    def show(*arguments: str, width: int = 80, project: Path = PROJECT, code: int = 0) -> str:
        monkeypatch.setenv("COLUMNS", str(width))
        capsys.readouterr()
        assert run([*arguments, "--project", str(project), "-q"]) == code
        written = capsys.readouterr()
        return written.out if code == 0 else written.err

    return show


@pytest.mark.parametrize(
    ("golden", "width", "arguments"),
    [
        ("map.80.out", 80, ["map"]),
        ("map.120.out", 120, ["map"]),
        ("map.md", 80, ["map", "--format", "markdown"]),
        ("brief.80.out", 80, ["brief"]),
        ("brief.120.out", 120, ["brief", "cart"]),
        ("brief.md", 80, ["brief", "cart", "onboarding", "sales_call", "--format", "markdown"]),
    ],
)
def test_the_text_is_that_of_the_golden_file(golden: str, width: int, arguments: list[str], shown: Shown) -> None:
    path = HERE / "relationship_shown" / golden
    now = shown(*arguments, width=width)
    if os.environ.get("UPDATE_CASES"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(now, encoding="utf-8")
    assert now == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["map", "brief"])
@pytest.mark.parametrize("project", [PROJECT, shipped("scenarios")], ids=["every trigger", "shipped"])
@pytest.mark.parametrize("width", [80, 120, 50])
def test_no_line_is_wider_than_the_terminal(command: str, project: Path, width: int, shown: Shown) -> None:
    assert max(map(cell_len, shown(command, width=width, project=project).splitlines())) <= width


def test_a_narrow_terminal_shows_the_same_words(shown: Shown) -> None:
    wide, narrow = shown("map", width=120), shown("map", width=50)
    assert set(re.findall(r"\w{4,}", wide)) == set(re.findall(r"\w{4,}", narrow))


@pytest.mark.parametrize("command", ["map", "brief"])
@pytest.mark.parametrize("project", [PROJECT, shipped("scenarios")], ids=["every trigger", "shipped"])
def test_every_row_of_a_markdown_table_has_as_many_cells_as_its_head(command: str, project: Path, shown: Shown) -> None:
    text = shown(command, "--format", "markdown", project=project)
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert tables
    for table in tables:
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1, table


class _Cells(HTMLParser):
    """The texts of a page's table cells, and the tags that were opened and not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[tuple[str, str]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "wbr"):
            self.open.append(tag)
        if tag == "td":
            self.cells.append((dict(attrs).get("data-label") or "", ""))
        elif tag == "span" and "td" in self.open:
            self.add(" ")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "td" in self.open:
            self.add(data)

    def add(self, data: str) -> None:
        channel, text = self.cells[-1]
        self.cells[-1] = (channel, f"{text}{data}".lstrip())


def page_cells(page: str) -> list[tuple[str, str]]:
    reader = _Cells()
    reader.feed(page)
    assert reader.open == []
    return reader.cells


def test_the_page_has_a_cell_for_every_phase_and_channel_empty_ones_too(shown: Shown) -> None:
    cells = page_cells(shown("map", "--format", "html"))
    channels = ["email", "push", "sms", "sales", "postal"]
    assert [channel for channel, _ in cells] == channels * 5  # four phases, and scenarios without a phase
    assert [text for _, text in cells[5:10]] == [
        "cart black_friday (paused)", "cart", "cart black_friday (paused)", "sales_call", "–",
    ]  # fmt: skip
    assert [text for _, text in cells[15:20]] == ["–"] * 5


def test_the_page_lets_no_text_of_the_project_be_html(shown: Shown, tmp_path: Path) -> None:
    project = shutil.copytree(PROJECT, tmp_path / "lamps")
    text = (project / "project.yaml").read_text().replace("Lamps & Co", "<b>Lamps</b>")
    (project / "project.yaml").write_text(text)
    page = shown("map", "--format", "html", project=project)
    assert "<b>Lamps</b>" not in page
    assert "&lt;b&gt;Lamps&lt;/b&gt;" in page


def test_a_project_without_programs_and_phases_has_a_plan(shown: Shown, tmp_path: Path) -> None:
    (tmp_path / "project.yaml").write_text(
        "project: bare\ntimezone: UTC\nchannels: {email: {address: contact.email}}\n"
    )
    (tmp_path / "events.yaml").write_text("profile: {email: string}\nevents: {began: {}}\n")
    (tmp_path / "one.yaml").write_text("scenario: one\ntrigger: {event: began}\nstates: {a: {end: over}}\n")
    assert "channels that no scenario uses: email" in shown("map", project=tmp_path)
    assert "Nothing is sent." in shown("brief", project=tmp_path)
    assert page_cells(shown("map", "--format", "html", project=tmp_path)) == []


@pytest.mark.parametrize(
    ("name", "begins"), [("a.md", "# Lamps"), ("a.html", "<!doctype html>"), ("a.txt", "Lamps & Co  relationship")]
)
def test_the_ending_of_the_output_decides_the_format(name: str, begins: str, shown: Shown, tmp_path: Path) -> None:
    assert shown("map", "--output", str(tmp_path / name)) == ""
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)


def test_a_brief_is_for_those_it_is_asked_for(shown: Shown) -> None:
    data, writers = (shown("brief", "cart", "--for", readers) for readers in ("data", "writers"))
    assert "Who provides what" in data
    assert "For writers" not in data
    assert "reminder: email" in writers
    assert "must be there" not in writers
    assert "use one of: 'both', 'data', 'writers'" in " ".join(shown("brief", "--for", "date", code=2).split())


def test_a_brief_does_not_wait_for_the_texts(shown: Shown, tmp_path: Path) -> None:
    project = shutil.copytree(PROJECT, tmp_path / "lamps")
    (project / "templates" / "cart" / "short.sms.j2").unlink()
    (project / "templates" / "cart" / "short.push.fr.j2").write_text("{{ nothing.of_that_name ")
    (project / "templates" / "layout.html").write_text("{{ nothing.of_that_name }}")
    brief = shown("brief", "cart", project=project)
    assert "everything: no template yet" in brief
    assert "none yet; missing: en, fr" in brief
    assert "has errors" in shown("map", project=project, code=2)


def test_a_brief_of_a_project_with_other_errors_stops(shown: Shown, tmp_path: Path) -> None:
    project = shutil.copytree(PROJECT, tmp_path / "lamps")
    (project / "cart.yaml").write_text(
        (project / "cart.yaml").read_text().replace("event: cart_updated", "event: cart")
    )
    assert "unknown event 'cart'" in shown("brief", project=project, code=2)


def test_a_new_project_names_no_owners_of_the_sample_shop(shown: Shown, tmp_path: Path) -> None:
    assert run(["init", str(tmp_path / "new"), "-q"]) == 0
    brief = shown("brief", "--for", "data", project=tmp_path / "new")
    owners = re.search(r"Who provides what\n─+\n\n(.*)", brief)
    assert owners is not None
    assert owners[1].startswith("no owner")
    assert "back office" in shown("brief", "--for", "data", project=shipped("scenarios"))


def test_an_unknown_scenario_is_an_error(shown: Shown) -> None:
    assert "did you mean 'onboarding'" in shown("brief", "onbording", code=2)


# A brief claims that no other data is needed. Runs test this claim.


def needed(project: Path, names: tuple[str, ...]) -> list[DataNeeds]:
    model = load_model(project).project
    variables = template_variables(model)
    return [data_needs(model.scenarios[name], model, variables) for name in names]


def plan_rows(names: tuple[str, ...], project: Path, tmp_path: Path, events: Path, contacts: Path) -> list[Any]:
    plan = tmp_path / "plan.jsonl"
    log = ["--events", str(events), "--contacts", str(contacts)]
    arguments = ["dry-run", *names, "--only", "--project", str(project), *log]
    until = ["--until", "2025-02-28"]  # before the end of both logs: their last events can differ
    assert run([*arguments, *until, "--plan", str(plan), "-q"]) == 0
    rows = [json.loads(line) for line in plan.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if "message_id" in row]


# All together they would leave out almost nothing: each reads data that another does not read.
@pytest.mark.parametrize(
    ("names", "least"),
    [
        (("welcome", "cart_abandonment", "reactivation", "replenishment", "loyalty_points", "nurturing"), 120),
        (("lead_scoring", "payment_failed", "sales_follow_up", "webinar"), 10),
        (("category_discovery", "price_drop", "upsell_next_product"), 10),
    ],
    ids=["shop", "no marketing", "what was looked at"],
)
def test_a_log_with_nothing_but_what_the_brief_names_gives_the_same_plan(
    names: tuple[str, ...], least: int, tmp_path: Path
) -> None:
    project = small_shop(tmp_path / "scenarios", names, one_in(30))
    needs = needed(project, names)
    attributes = {attribute.name for need in needs for attribute in need.attributes}
    properties: dict[str, set[str]] = {}
    for need in needs:
        for event in need.events:
            names_kept = properties.setdefault(event.name, set())
            names_kept.update(re.split(r"[.\[]", each.name)[0] for each in event.properties)
            names_kept.update(attributes if event.event.profile else ())
    events, contacts = project / "data" / "events.jsonl.gz", project / "data" / "contacts.csv"
    fewer_events, fewer_contacts = tmp_path / "fewer.jsonl", tmp_path / "fewer.csv"
    left_out = dropped = 0
    with gzip.open(events, "rt", encoding="utf-8") as lines, fewer_events.open("w", encoding="utf-8") as kept_lines:
        for line in lines:
            event = json.loads(line)
            needed_names = properties.get(event["event"])
            if needed_names is None:
                dropped += 1
                continue
            values = event["properties"]
            event["properties"] = {name: value for name, value in values.items() if name in needed_names}
            left_out += len(values) - len(event["properties"])
            kept_lines.write(json.dumps(event) + "\n")
    assert dropped > 20, "the log has nothing that the brief leaves out"
    assert left_out > 20, "the log has no property that the brief leaves out"
    with contacts.open(encoding="utf-8", newline="") as rows, fewer_contacts.open("w", newline="") as kept_rows:
        reader = csv.DictReader(rows)
        columns = [name for name in reader.fieldnames or () if name in {"contact_id", *attributes}]
        writer = csv.DictWriter(kept_rows, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(reader)
    whole = plan_rows(names, project, tmp_path, events, contacts)
    assert len(whole) > least
    assert plan_rows(names, project, tmp_path, fewer_events, fewer_contacts) == whole


def test_needs_of_the_policy_are_listed_once(shown: Shown) -> None:
    """Once, not with each event of each scenario, and not for scenarios that the policy does not concern."""
    every = shown("brief", "--for", "data", width=160)
    assert every.count("segment.dormant    days_since(metric.last_order) > 180         frequency caps") == 1
    assert every.count("frequency caps") == 2  # in the heading and in this line
    assert "delivery policy" not in shown("brief", "sales_call", "--for", "data", width=160)
