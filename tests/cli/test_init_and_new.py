"""`scenario init` and `scenario new`: their files are valid without edits, and no existing content is lost."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from scenario_cli.cli.changes import refuse_to_overwrite
from scenario_cli.cli.changes import write as write_changes
from scenario_cli.cli.main import run
from scenario_cli.language.library import changes_to_take, shipped_library, unmet
from scenario_cli.language.project import load_model, load_project
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.yaml_node import plain
from scenario_cli.shipped import shipped
from tests.sample.shop import one_in, packed_part_of_the_log

LIBRARY = shipped_library()
SCENARIOS = sorted(LIBRARY.scenarios)
# Their tests name other scenarios, and are added once these exist.
WITH_OTHERS = {"cross_channel_follow_up", "customer_newsletter", "lead_scoring"}

BARE = {
    "project.yaml": "project: bare\ntimezone: Europe/Berlin\n# ours\nchannels:\n"
    "  email: {address: contact.mail, consent: contact.mail_ok}   # the ESP's\n",
    "events.yaml": "profile: {mail: string, mail_ok: boolean}\nevents:\n"
    "  # from the till\n  order_completed: {description: paid, properties: {order_id: string}}\n",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def yaml(path: Path) -> Any:
    node, faults = read_yaml(path.read_bytes(), str(path))
    assert node is not None and not faults
    return plain(node)


def sound(folder: Path, *scenarios: str) -> None:
    """The project has no findings, and messages of these scenarios can be previewed."""
    assert [finding for finding in load_project(folder, tests=True).findings if finding.severity != "info"] == []
    for name in scenarios:
        assert run(["preview", name, "--project", str(folder), "-q"]) == 0


def check_sound(folder: Path, *scenarios: str) -> None:
    """The project has no findings, messages of these scenarios can be previewed, and it passes its tests."""
    sound(folder, *scenarios)
    assert run(["test", "--project", str(folder)]) == 0


def failing(folder: Path, capsys: pytest.CaptureFixture[str]) -> int:
    """The number of the project's test cases that fail."""
    capsys.readouterr()
    run(["test", "--project", str(folder), "--format", "json", "-q"])
    failed: int = json.loads(capsys.readouterr().out)["failed"]
    return failed


def test_a_new_project_is_sound_and_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init"]) == 0
    folder = tmp_path / "scenarios"
    check_sound(folder, "cart_abandonment")
    packed_part_of_the_log(folder / "data", one_in(8))
    assert run(["dry-run"]) == 0
    project = yaml(folder / "project.yaml")
    assert project["title"] == tmp_path.name
    assert project["salt"] == project["project"] != "boutique"
    assert yaml(folder / "cart_abandonment.yaml")["status"] == "draft"
    used = {"cart_updated", "order_completed", "unsubscribed", "profile_updated"}
    assert set(yaml(folder / "events.yaml")["events"]) == used
    unused = [finding for finding in load_project(folder).findings if finding.code in ("DATA012", "DATA013", "DATA014")]
    assert unused == []


def test_an_empty_project_has_no_events_and_nothing_wrong(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    assert run(["init", "--empty", str(folder)]) == 0
    files = {path for path in contents(folder) if not path.startswith(".schemas/")}
    assert files == {"project.yaml", "policy.yaml", "events.yaml"}
    assert yaml(folder / "events.yaml").keys() == {"profile"}
    assert yaml(folder / "project.yaml").keys() == {
        "project", "title", "timezone", "locale", "salt", "currency", "channels",
    }  # fmt: skip
    assert load_project(folder).findings == []


def test_a_scenario_brings_an_empty_project_the_events_that_it_names(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    assert run(["init", "--empty", str(folder)]) == 0
    add_scenario(folder, "sunset")
    plan = yaml(folder / "events.yaml")
    # The library's group has every sign of an active contact; here it has only the events that the scenarios name.
    assert "webinar_registered" not in plan["events"]
    assert len(plan["events"]) < 20  # of about sixty
    assert set(plan["groups"]["reaction"]) <= set(plan["events"])
    check_sound(folder, "sunset")
    add_scenario(folder, "webinar")
    joined = yaml(folder / "events.yaml")["groups"]["reaction"]
    assert joined[: len(plan["groups"]["reaction"])] == plan["groups"]["reaction"]
    assert {"webinar_registered", "webinar_attended"} <= set(joined)
    check_sound(folder, "sunset", "webinar")


def test_a_changed_group_gets_only_new_events(tmp_path: Path) -> None:
    plan = "events: {webinar_registered: {}, visited: {}}\ngroups: {reaction: [visited]}\n"
    folder = write(tmp_path / "own", {"project.yaml": "project: own\ntimezone: UTC\n", "events.yaml": plan})
    assert run(["new", "webinar", "--project", str(folder)]) == 0
    joined = yaml(folder / "events.yaml")["groups"]["reaction"]
    assert joined[0] == "visited"
    assert "webinar_attended" in joined
    assert "webinar_registered" not in joined


def test_editors_find_the_schemas_of_a_new_project(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    assert run(["init", str(folder)]) == 0
    assert run(["new", "nurturing", "--project", str(folder)]) == 0
    files = [path for path in folder.rglob("*.yaml") if ".schemas" not in path.parts]
    assert len(files) >= 5
    for path in files:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
        assert named, path
        schema = json.loads((path.parent / named[1]).read_text(encoding="utf-8"))
        Draft7Validator(schema).validate(yaml(path))


@pytest.mark.parametrize("name", ["a-shop", "2025", 'L\'été "chez" nous'])
def test_a_project_is_called_after_its_folder(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    assert run(["init", str(folder)]) == 0
    sound(folder)
    assert yaml(folder / "project.yaml")["title"] == name


def test_init_writes_over_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "events", {"notes.txt": "mine"})
    write(tmp_path, {"events.yaml": "events: {mine: {}}\n"})
    before = contents(tmp_path)
    assert run(["init", str(tmp_path)]) == 2
    assert "events.yaml: exists already; nothing was written" in capsys.readouterr().err
    assert contents(tmp_path) == before
    assert run(["init", str(tmp_path / "events.yaml")]) == 2
    assert contents(tmp_path) == before


def test_init_makes_no_project_within_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "project.yaml").write_text("project: shop\ntimezone: UTC\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(["init"]) == 2
    assert f"'scenarios' would be within the project '{tmp_path.name}'" in capsys.readouterr().err
    assert run(["init", "--ci", "gitlab"]) == 2
    assert "add the files to the project with 'scenario init . --ci gitlab'" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["project.yaml"]


def test_a_library_scenario_is_sound_in_a_new_project_under_its_own_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("cart_abandonment", "cross_sell", "reactivation")  # the first exists already, the second brings tables
    project = str(tmp_path / "shop")
    assert run(["init", project]) == 0
    for name in names:
        assert run(["new", f"my_{name}", "--from", name, "--project", project]) == 0
    check_sound(tmp_path / "shop", *(f"my_{name}" for name in names))
    scenarios = load_project(tmp_path / "shop").project.scenarios
    for name in names:
        states = scenarios[f"my_{name}"].states.values()
        templates = {message.template.text for state in states for message in state.messages}
        assert {template.partition("/")[0] for template in templates} == {f"my_{name}"}
    packed_part_of_the_log(tmp_path / "shop" / "data", one_in(4))
    capsys.readouterr()
    assert run(["dry-run", *(f"my_{name}" for name in names), "--project", project, "--format", "json"]) == 0
    for counted in json.loads(capsys.readouterr().out)["scenarios"]:
        assert sum(counted["sent"].values()) > 20


def test_a_scenario_that_follows_another_asks_for_that_one_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path / "bare", BARE)
    before = contents(folder)
    assert run(["new", "lead_qualification", "--project", str(folder)]) == 2
    assert contents(folder) == before
    errors = capsys.readouterr().err
    assert "'lead_qualification' depends on 'nurturing', which the project does not have" in errors
    assert "add that first: scenario new nurturing" in errors


def add_scenario(folder: Path, name: str) -> None:
    """Adds a scenario of the library, after those that it follows."""
    for need in unmet(LIBRARY, LIBRARY.scenarios[name], load_model(folder).project):
        add_scenario(folder, need)
    assert run(["new", name, "--project", str(folder)]) == 0


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_brings_what_a_project_lacks(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path / "bare", BARE)
    add_scenario(folder, name)
    errors = capsys.readouterr().err
    sound(folder, name)
    if name not in WITH_OTHERS:  # test cases that need missing quiet hours, caps or draws are named
        assert failing(folder, capsys) == sum(int(part) for part in re.findall(r"(\d+) of its", errors))
    for file, text in BARE.items():
        now = (folder / file).read_text(encoding="utf-8")
        for comment in re.findall(r"# .*", text):
            assert comment in now
    assert yaml(folder / "project.yaml")["channels"]["email"] == {
        "address": "contact.mail", "consent": "contact.mail_ok",
    }  # fmt: skip
    plan = yaml(folder / "events.yaml")
    assert b"email_optin" not in b"".join(contents(folder).values())
    assert "email" not in plan["profile"]  # the existing channel has its own address and consent
    assert plan["events"]["order_completed"]["description"] == "paid"
    library = yaml(shipped("scenarios") / "events.yaml")
    for event, described in plan["events"].items():
        for each, shape in described.get("properties", {}).items():
            assert (event, each) == ("order_completed", "order_id") or library["events"][event]["properties"][
                each
            ] == shape


def test_the_whole_library_fits_an_empty_project(tmp_path: Path) -> None:
    folder = write(tmp_path / "none", {"project.yaml": "project: none\ntimezone: UTC\n"})
    waiting = SCENARIOS[::-1]
    while waiting:  # as `new` does, but the tests run once, at the end
        target = load_model(folder).project
        scenario = LIBRARY.scenarios[waiting[-1]]
        if missing := unmet(LIBRARY, scenario, target):
            waiting.remove(missing[0])
            waiting.append(missing[0])
            continue
        changes = changes_to_take(LIBRARY, scenario, target, scenario.name)
        refuse_to_overwrite(folder, changes, "")
        write_changes(folder, changes)
        waiting.pop()
    assert sorted(load_model(folder).project.scenarios) == SCENARIOS
    sound(folder)


def test_comments_of_the_library_come_along(tmp_path: Path) -> None:
    folder = write(tmp_path / "bare", BARE)
    assert run(["new", "cart_abandonment", "--project", str(folder)]) == 0
    assert "title_max: 50                 # what a locked phone shows" in (folder / "project.yaml").read_text()
    assert "# still shopping: the hour starts over" in (folder / "cart_abandonment.yaml").read_text()


def test_new_writes_over_nothing_and_nothing_half(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path / "bare", BARE)
    write(folder / "templates" / "cart", {"offer.email.j2": "mine"})
    write(folder / "templates" / "layout", {"email.html": "<html>{% block content %}{% endblock %} Unsubscribe</html>"})
    before = contents(folder)
    capsys.readouterr()
    assert run(["new", "cart_abandonment", "--project", str(folder)]) == 2
    errors = capsys.readouterr().err
    assert "templates/cart/offer.email.j2: exists already" in errors
    assert "scenario new cart_abandonment_2 --from cart_abandonment" in errors
    assert contents(folder) == before
    assert run(["new", "cart_abandonment_2", "--from", "cart_abandonment", "--project", str(folder)]) == 0
    after = contents(folder)
    untouched = [name for name in before if name not in ("project.yaml", "events.yaml")]
    assert [after[name] for name in untouched] == [before[name] for name in untouched]
    check_sound(folder, "cart_abandonment_2")


def test_a_scenario_that_would_break_the_project_is_not_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = "events: {cart_filled: {}}\ngroups: {cart_updated: [cart_filled]}\n"
    folder = write(tmp_path / "odd", {"project.yaml": "project: odd\ntimezone: UTC\n", "events.yaml": plan})
    before = contents(folder)
    assert run(["new", "cart_abandonment", "--project", str(folder)]) == 2
    errors = capsys.readouterr().err
    assert "REF008 'cart_updated' is both an event and a group of events" in errors
    assert "the project would have errors, so nothing was written" in errors
    assert contents(folder) == before


def test_faults_of_other_tests_do_not_prevent_a_new_scenario(tmp_path: Path) -> None:
    folder = write(tmp_path / "bare", BARE)
    write(folder / "tests", {"mine.test.yaml": "cases: []\n"})
    assert run(["new", "welcome", "--project", str(folder)]) == 0


def test_cases_that_rest_on_another_policy_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = {"policy.yaml": "policy: {caps: [{max: 1, per: 90d}]}\n"}
    folder = write(tmp_path / "strict", {"project.yaml": "project: strict\ntimezone: Asia/Tokyo\n"} | policy)
    assert run(["new", "welcome", "--project", str(folder)]) == 0
    errors = capsys.readouterr().err
    assert re.search(r"\d+ of its \d+ test cases do not pass under this project's policy and salt: '", errors)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "the name is missing"),
        (["1st", "--from", "welcome"], "'1st' is not a valid name for a scenario"),
        (["../welcome", "--from", "welcome"], "is not a valid name for a scenario"),
        (["welcom"], "did you mean 'welcome'?"),
        (["mine"], "choose one with --from SCENARIO"),
        (["welcome"], "the project already has a scenario 'welcome'"),
    ],
)
def test_a_wrong_name_is_an_error(
    arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shipped("scenarios"))
    assert run(["new", *arguments]) == 2
    assert expected in capsys.readouterr().err


def test_the_list_has_a_line_for_each_scenario(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["new", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == SCENARIOS
    assert max(map(len, lines)) <= 80
    assert re.fullmatch(
        r"cart_abandonment +Abandoned cart +email, push, sms", lines[SCENARIOS.index("cart_abandonment")]
    )


def test_the_list_can_be_of_one_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["new", "--list", "lead_qualification"]) == 0
    out = capsys.readouterr().out
    assert re.findall(r"^(\w+)  \S", out, re.MULTILINE) == ["lead_qualification"]
    assert re.search(r"^  after +nurturing$", out, re.MULTILINE)  # the scenario that it follows
    assert run(["new", "--list", "lead_qualifications"]) == 2
    assert "did you mean 'lead_qualification'?" in capsys.readouterr().err
