"""`scenario events` as a user runs it: exit codes, both streams, JSON against the shipped schemas, masking."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from textwrap import indent

import pytest
import yaml

from scenario_cli.cli.main import run
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.schema.check import check
from scenario_cli.shipped import shipped
from tests.cli.test_outputs import call, checked
from tests.rows import rows
from tests.sample.shop import CONTACTS, part_of_the_log

Capture = pytest.CaptureFixture[str]
with gzip.open(shipped("scenarios") / "data" / "events.jsonl.gz") as _log:
    ROWS = sum(1 for _ in _log)


@pytest.fixture(scope="module")
def cut(small_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small shop. Its log has the first contact with each event, and the first with a value of each property."""
    folder = shutil.copytree(small_shop, tmp_path_factory.mktemp("cut") / "scenarios")
    first: dict[tuple[str, str], str] = {}
    with gzip.open(shipped("scenarios") / "data" / "events.jsonl.gz", "rt", encoding="utf-8") as log:
        for row in map(json.loads, log):
            if row["contact_id"]:
                for name in ("", *(name for name, value in row["properties"].items() if value is not None)):
                    first.setdefault((row["event"], name), row["contact_id"])
    events, _ = part_of_the_log(folder / "data", set(first.values()).__contains__)
    with gzip.open(f"{events}.gz", "wb") as packed:
        packed.write(events.read_bytes())
    events.unlink()
    return folder


@pytest.fixture
def shop(cut: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "120")
    return shutil.copytree(cut, tmp_path / "scenarios")


@pytest.fixture(scope="module")
def new_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new project with its only scenario, and a log of some contacts with exactly the events of its tracking plan."""
    folder = tmp_path_factory.mktemp("carts") / "shop"
    assert run(["init", str(folder), "-q"]) == 0
    plan = yaml.safe_load((folder / "events.yaml").read_text(encoding="utf-8"))
    events, contacts = part_of_the_log(folder / "data", CONTACTS.__contains__)
    with gzip.open(f"{events}.gz", "wt", encoding="utf-8") as log:
        for row in map(json.loads, events.read_text(encoding="utf-8").splitlines()):
            if row["event"] == "profile_updated":
                row["properties"] = {
                    name: value for name, value in row["properties"].items() if name in plan["profile"]
                }
            if row["event"] in plan["events"]:
                log.write(json.dumps(row, separators=(",", ":")) + "\n")
    events.unlink()
    with contacts.open(encoding="utf-8", newline="") as table:
        people = list(csv.DictReader(table))
    with contacts.open("w", encoding="utf-8", newline="") as table:
        writer = csv.DictWriter(table, ["contact_id", *plan["profile"]], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(people)
    return folder


@pytest.fixture
def carts(new_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the new project: a mistake that breaks one scenario shows there with a fifth of the work."""
    monkeypatch.setenv("COLUMNS", "120")
    return shutil.copytree(new_project, tmp_path / "shop")


@pytest.fixture
def still(cut: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shop for tests that change nothing in it, so that its files are read once."""
    monkeypatch.setenv("COLUMNS", "120")
    return cut


def rows_of(shop: Path, *events: str) -> int:
    """The number of rows in the shop's log with these events, or with any event."""
    with gzip.open(shop / "data" / "events.jsonl.gz", "rt", encoding="utf-8") as log:
        return sum(not events or json.loads(line)["event"] in events for line in log)


def changed(shop: Path, change: Callable[[str], str]) -> str:
    """The log with every line changed; its name in project.yaml."""
    path = shop / "data" / "events.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as log:
        lines = [change(line) for line in log]
    with gzip.open(path, "wt", encoding="utf-8") as log:
        log.writelines(lines)
    return str(path)


def test_the_shipped_log_keeps_the_shipped_plan(capsys: Capture) -> None:
    code, out, err = call(capsys, "events", "check", "--project", str(shipped("scenarios")))
    assert (code, err) == (0, "")
    assert out.startswith("Reach\n  contact.email: ")
    assert out.endswith(f"ok: {ROWS:,} rows match the tracking plan\n")


def test_a_rename_is_caught_with_the_scenarios_and_messages_that_it_silences(carts: Path, capsys: Capture) -> None:
    changed(carts, lambda line: line.replace('"cart_id"', '"cartId"'))
    code, out, _ = call(capsys, "events", "check", "--project", str(carts))
    assert code == 1
    rows = rows_of(carts, "cart_updated")
    assert (
        f"cart_updated.cart_id: no value in any of its {rows:,} rows; probably renamed to 'cartId' (string, in 100%"
        in out
    )
    assert "cart_abandonment (draft) would send nothing: the key is missing: event.cart_id" in out
    assert "  - offer  email cart/offer" in out
    assert out.endswith("1 scenario would send nothing: cart_abandonment\n")

    code, out, _ = call(capsys, "events", "check", "--project", str(carts), "--format", "json")
    document = checked("events-check", out)
    (first, _) = document["breaches"]
    assert (code, first["kind"], first["likely"]["name"]) == (1, "missing", "cartId")
    assert [
        (scenario["scenario"], scenario["silent"], len(scenario["silenced"])) for scenario in first["scenarios"]
    ] == [("cart_abandonment", True, 5)]
    # The dry run confirms this: no contact enters, no message is sent.
    _, out, _ = call(capsys, "dry-run", "cart_abandonment", "--only", "--project", str(carts), "--format", "json")
    (scenario,) = checked("dry-run", out)["scenarios"]
    assert (scenario["entered"], scenario["sent"]) == (0, {})


def test_the_dry_run_never_sends_messages_that_check_calls_silenced(carts: Path, capsys: Capture) -> None:
    def lose(line: str) -> str:
        row = json.loads(line)
        if row["event"] == "cart_updated":
            del row["properties"]["total"]
        return json.dumps(row) + "\n"

    changed(carts, lose)
    _, out, _ = call(capsys, "events", "check", "--project", str(carts), "--format", "json")
    (breach,) = checked("events-check", out)["breaches"]
    (effect,) = breach["scenarios"]
    silenced = {(each["state"], each["channel"]) for each in effect["silenced"]}
    assert silenced == {("offer", "email")}
    _, out, _ = call(capsys, "dry-run", "cart_abandonment", "--only", "--project", str(carts), "--format", "json")
    (scenario,) = checked("dry-run", out)["scenarios"]
    sent = {(message["state"], message["channel"]) for message in scenario["messages"] if message["sent"]}
    assert not sent & silenced
    assert {("reminder", "email"), ("last_call", "push")} <= sent


def test_strict_fails_on_what_no_scenario_relies_on(carts: Path, capsys: Capture) -> None:
    changed(carts, lambda line: line.replace('"reason":', '"motive":'))
    assert call(capsys, "events", "check", "--project", str(carts))[0] == 0
    code, out, _ = call(capsys, "events", "check", "--project", str(carts), "--strict")
    assert code == 1
    assert out.startswith("Not used by any scenario\n")
    assert f"  unsubscribed.reason: no value in any of its {rows_of(carts, 'unsubscribed')} rows\n" in out


def test_inspect_needs_no_project(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "log.csv").write_text("contact_id,event,timestamp,total\na,buy,2025-03-01T10:00:00Z,5.5\n")
    code, out, err = call(capsys, "events", "inspect", "log.csv")
    assert (code, err) == (0, "")
    assert "1 row, 1 contact, 1 event" in out
    assert "  total     number" in out
    for format_ in ("json", "yaml"):
        code, out, _ = call(capsys, "events", "inspect", "log.csv", "--format", format_)
        document = yaml.safe_load(out)
        assert (code, document["rows"], document["events"][0]["properties"][0]["types"]) == (0, 1, {"number": 1})
    assert [path.name for path in tmp_path.iterdir()] == ["log.csv"]


def test_facts_of_inspect_fit_their_schema_and_add_up(still: Path, capsys: Capture) -> None:
    _, out, _ = call(capsys, "events", "inspect", "--project", str(still), "--format", "json")
    document, rows = checked("events-inspect", out), rows_of(still)
    assert sum(event["rows"] for event in document["events"]) == document["rows"] == rows
    assert sum(document["hours"]) == rows
    for event in document["events"]:
        assert sum(event["days"].values()) == event["rows"]
        assert all(each["filled"] <= event["rows"] for each in event["properties"])
    contacts = (still / "data" / "contacts.csv").read_text(encoding="utf-8").splitlines()
    assert document["contacts_table"]["rows"] == len(contacts) - 1


def test_inspect_keeps_to_the_width_of_the_terminal(
    still: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for width in (66, 80, 120):
        monkeypatch.setenv("COLUMNS", str(width))
        _, out, _ = call(capsys, "events", "inspect", "--project", str(still))
        assert len(out.splitlines()) > 40
        assert [line for line in out.splitlines() if len(line) > width] == []


PERSONAL = (
    "contact_id,event,timestamp,email,phone,mobile\n"
    "ana@example.com,buy,2025-03-01T10:00:00Z,ana@example.com,+33612345678,33612345678\n"
    ",buy,2025-03-01T10:00:00Z,bo@example.com,+33612345679,33612345679\n"
)


@pytest.mark.parametrize("format_", ["text", "json", "yaml"])
def test_addresses_and_telephone_numbers_are_shown_only_when_asked_for(
    format_: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "log.csv").write_text(PERSONAL)
    secrets = ("ana@example.com", "bo@example.com", "612345678", "612345679")
    _, out, _ = call(capsys, "events", "inspect", "log.csv", "--format", format_)
    assert not any(secret in out for secret in secrets)
    assert "a***@example.com" in out
    _, out, _ = call(capsys, "events", "inspect", "log.csv", "--format", format_, "--show-data")
    assert all(secret in out for secret in secrets)
    _, out, _ = call(capsys, "events", "infer", "log.csv", "--format", format_)
    assert not any(secret in out for secret in secrets)


def test_a_dry_run_masks_its_examples_and_keeps_its_plan(still: Path, tmp_path: Path, capsys: Capture) -> None:
    log, plan, page = tmp_path / "log.jsonl", tmp_path / "plan.jsonl", tmp_path / "page.html"
    row = {"contact_id": "ana@example.com", "event": "newsletter_subscribed", "timestamp": "2025-03-01T10:00:00Z",
           "properties": {"source": "footer"}}  # fmt: skip
    change = {**row, "event": "profile_updated", "timestamp": "2025-03-01T09:00:00Z"}
    change["properties"] = {"email": "ana@example.com", "email_optin": "ana@example.com"}
    lost = {**row, "timestamp": "soon", "properties": {"phone": "+33612345678"}}
    log.write_text("".join(json.dumps(each) + "\n" for each in (row, change, lost)))
    options = ("dry-run", "welcome", "--only", "--project", str(still), "--events", str(log))
    for format_ in ("text", "json"):
        code, out, _ = call(
            capsys, *options, "--format", format_, "--plan", str(plan), "--report", str(page)
        )  # fmt: skip
        assert code == 0
        for shown in (out, page.read_text(encoding="utf-8")):
            assert "ana@example.com" not in shown
            assert "612345678" not in shown
        assert "a***@example.com" in out
        assert "ana@example.com" in plan.read_text(encoding="utf-8")
        _, out, _ = call(capsys, *options, "--format", format_, "--show-data")
        assert "ana@example.com" in out


def test_a_plan_in_the_terminal_masks_contacts_and_texts(still: Path, tmp_path: Path, capsys: Capture) -> None:
    log, out_file = tmp_path / "log.jsonl", tmp_path / "plan.jsonl"
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("contact_id,email,email_optin\nana@example.com,ana@example.com,true\n")
    row = {"contact_id": "ana@example.com", "event": "newsletter_subscribed", "timestamp": "2025-03-01T10:00:00Z",
           "properties": {"source": "footer"}}  # fmt: skip
    log.write_text(json.dumps(row) + "\n")
    options = ("plan", "welcome", "--only", "--project", str(still), "--events", str(log), "--contacts", str(contacts))
    _, out, _ = call(capsys, *options, "--out", str(out_file))
    assert "ana@example.com" not in out
    assert "a***@example.com" in out
    assert "ana@example.com" in out_file.read_text(encoding="utf-8")
    assert "ana@example.com" in call(capsys, *options, "--show-data")[1]
    # JSON is data, like the files.
    assert "ana@example.com" in call(capsys, *options, "--format", "json")[1]


def test_the_first_row_of_a_file_without_header_is_masked_in_the_message(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "log.csv").write_text("jean.dupont.martin@example.com,5,2025-03-01\nbo@example.com,6,2025-03-01\n")
    code, _, err = call(capsys, "events", "inspect", "log.csv")
    assert code == 2
    assert "column0" in err
    assert "dupont" not in err


def test_an_inferred_plan_is_a_sound_one_and_its_log_keeps_it(shop: Path, capsys: Capture) -> None:
    code, out, _ = call(capsys, "events", "infer", "--project", str(shop))
    node, faults = read_yaml(out.encode(), "events.yaml")
    assert code == 0
    assert node is not None
    assert faults == []
    assert check(node, "events") == []
    plan, written = yaml.safe_load(out), yaml.safe_load((shop / "events.yaml").read_text(encoding="utf-8"))
    assert plan["events"]["price_changed"]["broadcast"] is True
    # Events that scenarios emit are in no log, sent messages are in another log, and groups are not guessed.
    unseen = {"lead_handed_over", "message_sent", "points_lapsed"}
    assert written["events"].keys() - plan["events"].keys() == unseen
    assert written["profile"].keys() - plan["profile"].keys() == {"loyalty_tier"}
    emitted = yaml.safe_dump({name: written["events"][name] for name in sorted(unseen)})
    out = out.replace("\nprofile:\n", "\nprofile:\n  loyalty_tier: {type: string, enum: [linen, oak, brass]}\n")
    out += "\n" + indent(emitted, "  ") + yaml.safe_dump({"groups": written["groups"]})
    (shop / "events.yaml").write_text(out)
    code, out, _ = call(capsys, "events", "check", "--project", str(shop), "--strict")
    assert (code, out.splitlines()[-1]) == (0, f"ok: {rows_of(shop):,} rows match the tracking plan")
    assert call(capsys, "validate", str(shop))[0] == 0


def test_infer_as_json_fits_its_schema_and_equals_the_yaml(still: Path, capsys: Capture) -> None:
    _, out, _ = call(capsys, "events", "infer", "--project", str(still), "--format", "json")
    document = checked("events-infer", out)
    _, out, _ = call(capsys, "events", "infer", "--project", str(still))
    assert yaml.safe_load(out) == document["plan"]
    order = document["plan"]["events"]["order_completed"]
    assert order["required"] == ["channel", "currency", "items", "order_id", "shipping", "total"]
    assert order["properties"]["channel"] == {"type": "string", "enum": ["app", "phone", "web"]}
    assert order["properties"]["items"]["items"]["properties"]["qty"] == "integer"
    assert document["plan"]["events"]["profile_updated"] == {"profile": True}
    assert document["plan"]["profile"]["email"] == "string"


def test_merge_adds_and_lists_new_names(carts: Path, capsys: Capture) -> None:
    before = (carts / "events.yaml").read_text(encoding="utf-8")
    names = sorted(path.name for path in carts.iterdir())
    changed(carts, lambda line: line.replace('"unsubscribed"', '"list_made"').replace('"coupon"', '"voucher"'))
    code, out, err = call(capsys, "events", "infer", "--project", str(carts), "--merge")
    after = (carts / "events.yaml").read_text(encoding="utf-8")
    assert (code, out) == (0, "")
    assert "added order_completed.voucher, list_made" in err
    assert [line for line in before.splitlines() if line not in after.splitlines()] == []
    assert call(capsys, "validate", str(carts))[0] == 0
    assert sorted(path.name for path in carts.iterdir()) == names
    _, _, err = call(capsys, "events", "infer", "--project", str(carts), "--merge")
    assert "the export has nothing new" in err
    assert (carts / "events.yaml").read_text(encoding="utf-8") == after


def test_merge_leaves_a_broken_plan_as_it_is(carts: Path, capsys: Capture) -> None:
    (carts / "events.yaml").write_text("events:\n  cart: {properties: {id: string}\n")
    code, out, err = call(capsys, "events", "infer", "--project", str(carts), "--merge")
    assert (code, out) == (2, "")
    assert "cannot add to" in err
    assert "events.yaml:2:" in err
    assert (carts / "events.yaml").read_text() == "events:\n  cart: {properties: {id: string}\n"


@rows(
    ("arguments", "expected"),
    [
        (["events", "inspect", "nowhere.csv"], "file nowhere.csv does not exist"),
        (["events", "inspect"], "no event export is given"),
        (["events", "inspect", "x.csv", "--format", "html"], "--format cannot be 'html'"),
        (["events", "infer", "x.csv", "--merge"], "there is no project here"),
        (["events", "check", "x.csv"], "no project.yaml here"),
        (["events", "infer", "empty.csv"], "the export has no usable events"),
        (["events", "check", "--tolerance", "200"], "--tolerance"),
    ],
)
def test_a_job_that_cannot_be_done_exits_2_with_a_reason(
    arguments: list[str], expected: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.csv").touch()
    (tmp_path / "x.csv").write_text("contact_id,event,timestamp\na,b,2025-03-01\n")
    code, out, err = call(capsys, *arguments)
    assert (code, out) == (2, "")
    assert expected in err
    assert "Traceback" not in err
