"""`scenario test` as a user runs it: the cases that run, exit codes, coverage, and errors."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scenario_cli.cli.main import run
from scenario_cli.cli.watch import files
from scenario_cli.shipped import shipped
from tests.hosts.scenario_tests.stage import SHOP
from tests.output_schema import fitting

Run = tuple[int, str, str]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one passing case of `cart` and one of `hello`; it is the current folder."""
    folder = tmp_path / "shop"
    shutil.copytree(SHOP, folder)
    (folder / "tests" / "hello.test.yaml").write_text(
        "scenario: hello\ncases:\n  - name: a cart is greeted\n    contact: {email: a@example.com, email_optin: true}\n"
        "    timeline: [{at: 2025-03-03 10:00, event: cart, cart_id: c1}]\n    expect: {outcome: greeted}\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(folder)
    monkeypatch.delenv("COLUMNS", raising=False)
    return folder


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> Run:
    capsys.readouterr()
    code = run(["test", *arguments])
    output = capsys.readouterr()
    return code, output.out, output.err


def write(shop: Path, name: str, text: str) -> None:
    (shop / "tests" / name).write_text(text, encoding="utf-8")


def break_hello(shop: Path) -> None:
    path = shop / "tests" / "hello.test.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("outcome: greeted", "states: []"), encoding="utf-8")


def test_every_test_file_of_the_project_is_run(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "-q") == (0, "✓ tests/hello.test.yaml: 1 passed\n✓ tests/passing.test.yaml: 1 passed\n", "")


def test_a_failing_case_exits_1(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    break_hello(shop)
    code, out, err = call(capsys)
    assert code == 1
    assert "✗ tests/hello.test.yaml:3\n  a cart is greeted\n  - states: expected nobody enters; got greeting\n" in out
    assert err.endswith("\n1 case passed, 1 failed\n")


def test_a_key_of_several_parts_is_expected_as_a_plan_writes_it(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "pairs.yaml").write_text(
        "scenario: pairs\nstatus: draft\nowner: crm\ntrigger: {event: cart}\nkey: [event.cart_id, event.total]\n"
        "goal: {event: buy, any_key: true}\nstates: {in: {send: {email: hello}, after: {1d: {end: over}}}}\n",
        encoding="utf-8",
    )
    case = """scenario: pairs
cases:
  - name: a pair
    contact: {email: a@example.com, email_optin: true}
    timeline:
      - {at: 2025-03-03 10:00, event: cart, cart_id: c1, total: 3, items: []}
      - {at: +1h, event: buy, cart_id: c1, total: 3}
    expect: {messages: [{key: '["c1", 3]'}], conversions: [{key: '["c1", 3]'}]}
"""
    write(shop, "pairs.test.yaml", case)
    assert call(capsys, "tests/pairs.test.yaml", "-q") == (0, "✓ tests/pairs.test.yaml: 1 passed\n", "")
    document = fitting("test", call(capsys, "tests/pairs.test.yaml", "--format", "json")[1])
    assert document["cases"][0]["journeys"][0]["key"] == ["c1", 3]
    write(shop, "pairs.test.yaml", case.replace('"c1", 3]', '"c2", 3]'))
    assert call(capsys, "tests/pairs.test.yaml", "--update")[0] == 0
    assert call(capsys, "tests/pairs.test.yaml", "-q")[0] == 0


@pytest.mark.parametrize("path", ["tests/hello.test.yaml", "./tests/../tests/hello.test.yaml"])
def test_a_path_picks_its_files_alone(path: str, shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, path)[1] == "✓ tests/hello.test.yaml: 1 passed\n"
    assert call(capsys, "tests")[1].count("1 passed") == 2
    assert call(capsys, str(shop))[1].count("1 passed") == 2


def test_a_pattern_picks_cases_by_file_and_name(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "-k", "GREETED", "-q")[1] == "✓ tests/hello.test.yaml: 1 passed\n"
    assert call(capsys, "-k", "passing*nothing", "-q")[1] == "✓ tests/passing.test.yaml: 1 passed\n"
    assert call(capsys, "-k", "greeted", "-k", "hears", "-q")[1].count("1 passed") == 2


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["nowhere.test.yaml"], "'nowhere.test.yaml' does not exist"),
        (["cart.yaml"], "'cart.yaml' contains no test file of the project\n  test files are named NAME.test.yaml"),
        (["tests", "templates"], "'templates' contains no test file of the project"),
        (["-k", "nothing of the kind"], "-k 'nothing of the kind' matches none of 2 cases"),
        (["-k", "greeted", "-k", "nobody"], "-k 'nobody' matches none of 2 cases"),
        (["tests/hello.test.yaml", "-k", "hears"], "-k 'hears' matches none of 1 cases"),
        (["--format", "xml"], "--format cannot be 'xml'"),
        (["--fail-under", "101"], "--fail-under must be a percentage from 0 to 100"),
    ],
)
def test_names_that_match_nothing_are_an_error(
    arguments: list[str], expected: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = call(capsys, *arguments)
    assert (code, out) == (2, "")
    assert expected in err


def test_a_project_without_tests_gets_a_message(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(shop / "tests")
    code, out, err = call(capsys)
    assert (code, out) == (2, "")
    assert err.startswith("scenario: the project has no tests\n  test files are named NAME.test.yaml")


def test_a_fault_of_a_file_stops_what_runs_it_and_nothing_else(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(shop, "broken.test.yaml", "scenario: cart\ncases:\n  - {name: a, contact: {}, expect: {outcome: nope}}\n")
    code, out, err = call(capsys)
    assert (code, out) == (2, "")
    assert "tests/broken.test.yaml:3:46: REF051 unknown outcome 'nope'" in err
    assert call(capsys, "tests/hello.test.yaml")[0] == 0
    assert run(["validate"]) == 1
    assert "REF051" in capsys.readouterr().out


def test_times_out_of_order_stop_the_run(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = "{at: 2025-03-03 10:00, event: cart}, {at: 2025-03-02 10:00, event: cart}"
    case = f"{{name: a, contact: {{}}, timeline: [{line}], expect: {{states: []}}}}"
    write(shop, "order.test.yaml", f"scenario: cart\ncases:\n  - {case}\n")
    code, out, err = call(capsys)
    assert (code, out) == (2, "")
    assert "tests/order.test.yaml:3:81: TIME051 this line is before the line above it" in err


def test_test_files_do_not_stop_what_runs_for_customers(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(shop, "broken.test.yaml", "cases: nonsense\n")
    (shop / "log.jsonl").write_text(
        '{"contact_id": "a", "event": "look", "timestamp": "2025-03-03T10:00:00Z", "properties": {}}\n'
    )
    assert run(["dry-run", "--events", "log.jsonl", "-q"]) == 0


def test_coverage_lists_parts_that_no_case_covers(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "--coverage", "-q")
    assert code == 0
    assert out.partition("\n\n")[2] == (
        "coverage  states  transitions  branches  messages   all\n"
        "cart         1/6          2/9       0/4       0/4   13%\n"
        "hello        1/1          1/1       0/0       1/1  100%\n"
        "all          2/7         3/10       0/4       1/5   23%\n"
        "\n"
        "Not covered by any case\n"
        "  cart.yaml\n"
        "      9  on stop -> end stopped\n"
        "     10  on look\n"
        "     14  open: after 1h -> reminder\n"
        "     15  reminder: never entered\n"
        "     22  opened: never entered\n"
        "     24  arms: never entered\n"
        "     26  offer: never entered\n"
        "     31  last_call: never entered\n"
    )


def test_coverage_of_some_cases_is_about_the_scenarios_they_test(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = call(capsys, "tests/hello.test.yaml", "--coverage", "-q")[1]
    assert "hello        1/1" in out
    assert "cart" not in out


def test_fail_under_fails_below_a_share(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "tests/hello.test.yaml", "--fail-under", "100")[0] == 0
    code, out, err = call(capsys, "--fail-under", "99.5")
    assert code == 1
    assert "Not covered by any case" in out
    assert "less than 99.5%" in err


def test_every_part_of_the_shipped_scenarios_is_tested(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "--project", str(shipped("scenarios")), "--fail-under", "100", "--format", "json", "-q")
    document = json.loads(out)
    assert (code, document["failed"], document["coverage"]["percent"]) == (0, 0, 100)
    written = [file.stem for file in shipped("scenarios").glob("*.yaml") if "\nscenario: " in file.read_text("utf-8")]
    assert len(written) == 29
    assert [scenario["scenario"] for scenario in document["coverage"]["scenarios"]] == sorted(written)


def test_output_is_written_to_a_whole_file(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "--format", "junit", "--output", "junit.xml", "-q") == (0, "", "")
    assert (shop / "junit.xml").read_text(encoding="utf-8").startswith("<?xml")


def test_watch_looks_at_what_changes_and_not_at_its_own_output(shop: Path) -> None:
    before = files(shop)
    assert files(shop) == before
    (shop / ".hidden").write_text("x")
    (shop / "out.txt").write_text("x")
    assert files(shop, str(shop / "out.txt")) == before
    (shop / "templates" / "hello.email.j2").write_text("other")
    changed = files(shop, str(shop / "out.txt"))
    assert {name for name in changed if changed[name] != before.get(name)} == {
        str(shop / "templates" / "hello.email.j2")
    }


@pytest.mark.parametrize("command", ["test", "validate"])
def test_watch_does_it_again_after_a_change_until_it_is_interrupted(command: str, shop: Path) -> None:
    log = shop.parent / "screen.txt"
    with log.open("w") as screen:
        started = subprocess.Popen(
            [sys.executable, "-m", "scenario_cli.cli.main", command, "--watch"],
            cwd=shop, stdout=screen, stderr=subprocess.STDOUT, env={**os.environ, "NO_COLOR": "1"},
        )  # fmt: skip
        try:
            wait_for(log, "watching", 1)
            write(shop, "hello.test.yaml", "cases: [\n")
            wait_for(log, "watching", 2)
            assert "YAML001" in log.read_text(encoding="utf-8")
            (shop / "tests" / "hello.test.yaml").unlink()
            wait_for(log, "watching", 3)
            assert "YAML001" not in log.read_text(encoding="utf-8").rpartition("watching")[0].split("watching")[2]
        finally:
            started.send_signal(signal.SIGINT)
            code = started.wait(10)
    assert code == 130


def wait_for(log: Path, word: str, times: int) -> None:
    until = time.monotonic() + 60  # takes a second on a quiet machine
    while time.monotonic() < until:
        if log.read_text(encoding="utf-8").count(word) >= times:
            return
        time.sleep(0.05)
    raise AssertionError(f"'{word}' was not printed {times} times:\n{log.read_text(encoding='utf-8')}")


def test_update_writes_what_happened_and_shows_the_difference(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    break_hello(shop)
    path = shop / "tests" / "hello.test.yaml"
    before = path.read_text(encoding="utf-8")
    code, out, _ = call(capsys, "tests/hello.test.yaml", "--update", "--diff")
    assert code == 1
    assert "-    expect: {states: []}\n+    expect: {states: [greeting]}\n" in out
    assert path.read_text(encoding="utf-8") == before
    code, out, err = call(capsys, "tests/hello.test.yaml", "--update")
    assert (code, err) == (0, "\n1 case passed\n")
    assert out.startswith("--- a/tests/hello.test.yaml\n+++ b/tests/hello.test.yaml\n")
    assert path.read_text(encoding="utf-8") == before.replace("states: []", "states: [greeting]")
    assert call(capsys, "-q")[0] == 0


def test_cases_that_update_cannot_write_are_listed_and_still_fail(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shop / "tests" / "hello.test.yaml"
    text = path.read_text(encoding="utf-8").replace("{outcome: greeted}", "{messages: [{contains: {subject: Hi}}]}")
    path.write_text(text, encoding="utf-8")
    code, out, err = call(capsys, "tests/hello.test.yaml", "--update")
    assert code == 1
    assert "hello.test.yaml:3: a cart is greeted: message 1: choose a text that its subject contains\n" in err
    assert "subject does not contain 'Hi'" in out
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("options", [["--update", "--watch"], ["--update", "--format", "json"], ["--diff"]])
def test_update_excludes_other_options(options: list[str], shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, *options)[0] == 2
