"""A mistake is reported once, in its place: files that read this file get no finding."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scenario_cli.cli.options import load_root
from scenario_cli.language.project import load_project
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.shipped import shipped

SCENARIOS = ("nurturing", "welcome")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two scenarios of the library with all shared files: other files would be read again in every test."""
    library, root = shipped("scenarios"), tmp_path_factory.mktemp("sound")
    for file in ("project.yaml", "events.yaml", "policy.yaml", "metrics.yaml"):
        shutil.copy(library / file, root)
    for folder in ("tables", "templates/layout", *(f"templates/{name}" for name in SCENARIOS)):
        shutil.copytree(library / folder, root / folder)
    (root / "tests").mkdir()
    for name in SCENARIOS:
        shutil.copy(library / f"{name}.yaml", root)
        shutil.copy(library / "tests" / f"{name}.test.yaml", root / "tests")
    return root


@pytest.fixture
def shop(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(sound, tmp_path / "shop")
    monkeypatch.chdir(tmp_path / "shop")
    return tmp_path / "shop"


def error_lines(shop: Path) -> list[str]:
    """All errors as `file: CODE message`."""
    findings = load_project(shop, tests=True).findings
    return [f"{error.span.file}: {error.code} {error.message}" for error in findings if error.severity == "error"]


def new(findings: list[Diagnostic], before: list[Diagnostic]) -> list[Diagnostic]:
    """The findings without those about definitions that the two scenarios leave unused."""
    return [result for result in findings if result not in before]


def edited(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("status: live", "status live", "YAML001"),
        ("    end: ordered", "\tend: ordered", "YAML001"),
        ("states:", "state:", "SCH001"),
        ("status: live", "---\nstatus: live", "YAML005"),
        ("status: live", "status: active", "SCH004"),
        ("{end: no_order}", "{ends: no_order}", "SCH001"),
        ("{end: no_order}", "{end: error}", "REF009"),
    ],
)
def test_a_fault_of_a_scenario_is_not_repeated_for_its_tests(before: str, after: str, code: str, shop: Path) -> None:
    edited(shop / "welcome.yaml", before, after)
    (shop / "after.yaml").write_text(
        "scenario: after\n"
        "trigger: {scenario: welcome, outcome: no_order}\n"
        "audience: not running('welcome')\n"
        "states: {last: {end: asked}}\n"
    )
    assert [record.split()[:2] for record in error_lines(shop)] == [["welcome.yaml:", code]]


def test_a_missing_tracking_plan_is_one_fault_and_not_hundreds(shop: Path) -> None:
    (shop / "events.yaml").unlink()
    assert error_lines(shop) == [
        "project.yaml: YAML010 the project has no events.yaml, but its scenarios need a tracking plan"
    ]


_BROKEN_NAMES = (
    ("program: ", "program: x", "REF005"),
    ("  event: ", "  event: x", "REF001"),
    ("phase: ", "phase: x", "REF006"),
    ("5d at 10:00: reminder", "5d at 10:00: remindr", "REF002"),
)


@pytest.mark.parametrize(
    ("file", "hidden"),
    [
        ("project.yaml", {"REF005", "REF006"}),
        ("events.yaml", {"REF001"}),
        ("metrics.yaml", set[str]()),
        ("policy.yaml", set[str]()),
    ],
)
def test_a_shared_file_that_cannot_be_read_hides_only_what_it_defines(file: str, hidden: set[str], shop: Path) -> None:
    for before, after, _ in _BROKEN_NAMES:
        edited(shop / "welcome.yaml", before, after)
    all_faults = error_lines(shop)
    assert {fault.split()[1] for fault in all_faults} == {code for _, _, code in _BROKEN_NAMES}
    (shop / file).write_text("\tx: [\n", encoding="utf-8")
    shown = [fault for fault in all_faults if fault.split()[1] not in hidden]
    assert sorted(fault for fault in error_lines(shop) if not fault.startswith(file)) == sorted(shown)


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("project.yaml", "channels:", "channels: {}\nchannel_s:"),
        ("project.yaml", "programs:", "programmes:"),
        ("events.yaml", "events:", "event:"),
        ("events.yaml", "profile:", "profil:"),
        ("metrics.yaml", "metrics:", "metric:"),
    ],
)
def test_a_section_that_is_not_found_makes_no_name_unknown(file: str, before: str, after: str, shop: Path) -> None:
    edited(shop / file, f"\n{before}", f"\n{after}")
    faults = error_lines(shop)
    assert faults
    assert [fault for fault in faults if not fault.startswith(file)] == []


@pytest.mark.parametrize("properties", ["propertys:", "properties: []\n    props:"])
def test_misspelt_properties_of_an_event_make_no_property_unknown(properties: str, shop: Path) -> None:
    plan = shop / "events.yaml"
    before, event, after = plan.read_text(encoding="utf-8").partition("\n  unsubscribed:\n")
    plan.write_text(before + event + after.replace("properties:", properties, 1), encoding="utf-8")
    assert {line.partition(":")[0] for line in error_lines(shop)} == {"events.yaml"}


def test_a_scenario_with_the_name_of_a_shared_file_is_no_shared_file(shop: Path) -> None:
    (shop / "more").mkdir()
    (shop / "more" / "delivery.yaml").write_text("scenario: more\nfoo: bar\n", encoding="utf-8")
    (shop / "more" / "metrics.yaml").write_text("\tx", encoding="utf-8")
    edited(shop / "welcome.yaml", "  event: ", "  event: x")
    assert "welcome.yaml: REF001 unknown event 'xnewsletter_subscribed'" in error_lines(shop)


@pytest.mark.parametrize("fault", ["goal:\nevent: order_completed", "gaol: {event: signed_up}", "goal: {evnt: x}"])
def test_a_faulty_goal_is_not_missing(fault: str, shop: Path) -> None:
    (shop / "after.yaml").write_text(
        f"scenario: after\nowner: crm\ntrigger: {{event: signed_up}}\n{fault}\nstates: {{last: {{end: over}}}}\n"
    )
    codes = {finding.code for finding in load_project(shop, tests=True).findings if finding.span.file == "after.yaml"}
    assert "CRM001" not in codes
    assert codes & {"SCH001", "SCH006"}


def test_an_error_hides_no_warning_that_does_not_depend_on_it(shop: Path) -> None:
    edited(shop / "welcome.yaml", "5d at 10:00: reminder", "5d at 10:00: remindr")
    edited(shop / "welcome.yaml", "owner: crm@example.com\n", "")
    edited(shop / "templates/welcome/trends.email.j2", "subject:", "subjct:")
    (shop / "templates/layout/email.html").write_text("{% block content %}{% endblock %}", encoding="utf-8")
    codes = {finding.code for finding in load_project(shop, tests=True).findings}
    assert codes >= {"REF002", "CRM008", "MSG019", "MSG016"}


@pytest.mark.parametrize("line", ["owners: crm@example.com", "owner: [crm@example.com]", "Owner: crm@example.com"])
def test_a_faulty_owner_is_not_missing(line: str, shop: Path) -> None:
    edited(shop / "welcome.yaml", "owner: crm@example.com", line)
    assert "CRM008" not in {finding.code for finding in load_project(shop, tests=True).findings}


def test_names_in_tests_are_still_checked_where_the_scenario_is_in_order(shop: Path) -> None:
    edited(shop / "welcome.yaml", "status: live", "status live")
    edited(shop / "tests" / "nurturing.test.yaml", "scenario: nurturing", "scenario: nurturin")
    assert "tests/nurturing.test.yaml: REF011 unknown scenario 'nurturin'" in error_lines(shop)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"---\nsubject: Caf\xe9\n---\nHello\n", "MSG003"),
        (b"---\nsubject: Hello\n---\n{% extends 'layout/email.html' %}{% block content %}{{ now }}\n", "MSG002"),
        (b"---\nsubject: Hello\n---\n{% extends 'layot/email.html' %}\n", "MSG005"),
        (b"---\nsubject: Hello\nHello\n", "MSG004"),
    ],
)
def test_a_fault_of_a_template_is_the_only_finding(text: bytes, code: str, shop: Path) -> None:
    before = load_project(shop, tests=True).findings
    (shop / "templates" / "welcome" / "trends.email.j2").write_bytes(text)
    findings = new(load_project(shop, tests=True).findings, before)
    assert [(finding.span.file, finding.code) for finding in findings] == [("templates/welcome/trends.email.j2", code)]


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("{at: 2025-03-03 10:00, event", "{event", "SCH002"),
        ("at: 2025-03-03 10:00, event", "at: 03/03/2025 10:00, event", "TIME050"),
    ],
)
def test_a_fault_of_an_anchored_line_is_one_finding(before: str, after: str, code: str, shop: Path) -> None:
    usual = load_root(shop, tests=True).findings
    edited(shop / "tests" / "welcome.test.yaml", before, after)
    findings = new(load_root(shop, tests=True).findings, usual)
    assert [(finding.span.file, finding.code) for finding in findings] == [("tests/welcome.test.yaml", code)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("orders: {count: order_completed}", "orders: count(order_completed)"),
        ("orders: {count: order_completed}", "orders: {total: order_completed}"),
        ("buyer: metric.orders > 0", "buyer: metric.orders ="),
        ("buyer: metric.orders > 0", "buyer: {where: metric.orders > 0}"),
    ],
)
def test_a_metric_or_segment_with_a_fault_is_not_called_unknown(before: str, after: str, shop: Path) -> None:
    edited(shop / "welcome.yaml", "states:", "audience: metric.orders > 0 or segment.buyer\nstates:")
    edited(shop / "metrics.yaml", before, after)
    assert [line.split(":")[0] for line in error_lines(shop)] == ["metrics.yaml"]


def test_a_split_with_a_fault_is_not_called_missing_in_a_test(shop: Path) -> None:
    edited(shop / "welcome.yaml", "  thanks:", "  drawn: {split: [thanks, trends]}\n\n  thanks:")
    edited(shop / "tests/welcome.test.yaml", "    contact: &ana", "    variant: {drawn: thanks}\n    contact: &ana")
    assert [line.split()[:2] for line in error_lines(shop)] == [["welcome.yaml:", "SCH003"]]
