"""`scenario run`: new data is processed once, due messages go to the outbox, and a run that cannot continue gives the
reason.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scenario_cli.cli.main import run
from scenario_cli.hosts.store.database import opened
from scenario_cli.hosts.store.lock import locked
from tests.cli.run.nights import PROJECT, WELCOME, Begun, Nights
from tests.output_schema import fitting


def signed_up(nights: Nights) -> None:
    nights.happened("monday.jsonl", ("ada", "2025-03-03T10:00:00+01:00", "signed_up", {}))


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Begun:
    def begin(nights: Nights) -> None:
        signed_up(nights)
        nights.night("2025-03-04")

    return Begun(tmp_path_factory.mktemp("after_monday"), begin)


@pytest.fixture
def after_monday(begun: Begun, capsys: pytest.CaptureFixture[str]) -> Nights:
    """Ada signed up on Monday, and that night's run is done."""
    return begun.again(capsys)


def test_messages_go_to_the_outbox_in_the_run_in_which_they_become_due(after_monday: Nights) -> None:
    assert after_monday.sent() == [("ada", "welcome/hello", "2025-03-03T10:00")]
    after_monday.night("2025-03-05")
    assert len(after_monday.sent()) == 1
    after_monday.night("2025-03-06")
    assert after_monday.sent()[1:] == [("ada", "welcome/reminder", "2025-03-05T10:00")]


def test_runs_give_the_messages_of_one_replay(nights: Nights, tmp_path: Path) -> None:
    for day in range(3, 9):
        nights.happened(f"day{day}.jsonl", ("ada", f"2025-03-0{day}T08:00:00Z", "signed_up", {}))
        nights.happened(f"day{day}.jsonl", ("ben", f"2025-03-0{day}T09:30:00Z", "signed_up", {}))
        if day == 6:
            nights.happened("day6.jsonl", ("ben", "2025-03-06T11:00:00Z", "ordered", {"total": 3}))
        nights.night(f"2025-03-0{day + 1}")
    plan = tmp_path / "plan.jsonl"
    arguments = ["--events", str(nights.drop), "--contacts", str(nights.contacts), "--until", "2025-03-09"]
    assert run(["dry-run", "--project", str(nights.root), *arguments, "--plan", str(plan), "-q"]) == 0
    expected = [json.loads(line) for line in plan.read_text(encoding="utf-8").splitlines()]
    assert [{name: row[name] for name in row if name != "outbox"} for row in nights.rows()] == expected


def test_counts_of_journeys_under_way_do_not_grow_with_the_number_of_runs(nights: Nights) -> None:
    for day in range(3, 9):
        nights.happened(f"day{day}.jsonl", (f"c{day}", f"2025-03-0{day}T08:00:00Z", "signed_up", {}))
        nights.night(f"2025-03-0{day + 1}")
    with opened(nights.store, read_only=True) as store:
        rows = store.execute("SELECT state, count FROM totals WHERE kind = 'running' ORDER BY state").fetchall()
    assert rows == [("hello", 2), ("reminder", 1)]


def test_a_renamed_file_is_not_read_again(nights: Nights) -> None:
    signed_up(nights)
    assert nights.night("2025-03-04")["events"]["taken"] == 2
    (nights.drop / "monday.jsonl").rename(nights.drop / "renamed.jsonl")
    assert nights.night("2025-03-05")["log"] is None
    assert len(nights.sent()) == 1


def test_a_file_that_has_grown_is_read_on_from_where_it_ended(after_monday: Nights) -> None:
    after_monday.happened("monday.jsonl", ("ben", "2025-03-04T10:00:00Z", "signed_up", {}))
    assert after_monday.night("2025-03-05")["events"]["taken"] == 1
    assert [contact for contact, _, _ in after_monday.sent()] == ["ada", "ben"]


def test_events_after_the_run_are_taken_by_the_run_that_reaches_them(nights: Nights) -> None:
    signed_up(nights)
    nights.happened("monday.jsonl", ("ben", "2025-03-04T10:00:00Z", "signed_up", {}))
    first = nights.night("2025-03-04")
    assert first["events"] == {"taken": 2, "late": 0, "repeated": 0, "postponed": 1}
    assert nights.night("2025-03-05")["events"]["taken"] == 1
    assert [contact for contact, _, _ in nights.sent()] == ["ada", "ben"]


def test_a_late_event_starts_no_journey_but_moves_running_ones(after_monday: Nights) -> None:
    after_monday.happened("late.jsonl", ("ben", "2025-03-03T12:00:00Z", "signed_up", {}))
    after_monday.happened("late.jsonl", ("ada", "2025-03-03T12:00:00Z", "ordered", {"total": 1}))
    second = after_monday.night("2025-03-05")
    assert second["events"]["late"] == 2
    assert second["scenarios"][0]["outcomes"] == {"bought": 1}
    after_monday.night("2025-03-09")
    assert [contact for contact, _, _ in after_monday.sent()] == ["ada"]


def test_timers_due_at_the_end_of_a_run_fire_in_the_next(nights: Nights) -> None:
    signed_up(nights)
    nights.night("2025-03-05T10:00")
    assert len(nights.sent()) == 1
    nights.night("2025-03-05T10:01")
    assert len(nights.sent()) == 2


def test_a_changed_row_of_the_contacts_table_counts_from_the_beginning_of_the_run(after_monday: Nights) -> None:
    text = after_monday.contacts.read_text(encoding="utf-8")
    after_monday.contacts.write_text(text.replace("ada@example.com,true", "ada@example.com,false"), encoding="utf-8")
    second = after_monday.night("2025-03-06")
    assert second["scenarios"][0]["dropped"] == {"no_consent": 1}
    assert second["withdrawn"] == 1  # the first message had not been delivered yet
    assert [row["outbox"] for row in after_monday.rows()] == ["withdrawn", "dropped"]


def test_a_contact_who_is_gone_from_the_table_keeps_the_profile_and_is_reported(nights: Nights) -> None:
    signed_up(nights)
    assert nights.night("2025-03-04")["gone"] == 0
    text = nights.contacts.read_text(encoding="utf-8")
    nights.contacts.write_text("".join(line for line in text.splitlines(True) if "ada" not in line), encoding="utf-8")
    assert nights.night("2025-03-06")["gone"] == 1
    assert nights.rows()[-1]["address"] == "ada@example.com"
    assert nights.night("2025-03-07")["gone"] == 0  # the table was not read again


def test_a_run_before_the_clock_of_the_store_is_refused(nights: Nights) -> None:
    nights.night("2025-03-04")
    code, _, error = nights.run("2025-03-03")
    assert code == 2
    assert "the store is already at 2025-03-04T00:00:00+01:00" in error


def test_a_second_run_stops_and_names_the_holder_of_the_store(nights: Nights) -> None:
    with locked(nights.store, "run"):
        code, _, error = nights.run("2025-03-04")
    assert code == 2
    assert "'scenario run' (process " in error
    nights.night("2025-03-04")


def test_a_store_belongs_to_one_project_and_one_salt(nights: Nights) -> None:
    nights.night("2025-03-04")
    nights.edit("project.yaml", "project: nights", "project: nights\nsalt: other")
    code, _, error = nights.run("2025-03-05")
    assert (code, "the salt of project.yaml is another" in error) == (2, True)
    nights.night("2025-03-05", "--accept-new-salt")
    nights.night("2025-03-06")
    nights.edit("project.yaml", "project: nights", "project: days")
    code, _, error = nights.run("2025-03-07")
    assert (code, "belongs to the project 'nights'" in error) == (2, True)


METRICS = "metrics:\n  orders: {count: ordered, within: 30d}\n"


def reads_orders(nights: Nights) -> None:
    nights.write("metrics.yaml", METRICS)
    nights.edit(
        "welcome.yaml", "trigger: {event: signed_up}", "audience: metric.orders > 0\ntrigger: {event: signed_up}"
    )


def test_a_new_metric_stops_the_run_until_it_is_fed_or_begins_empty(nights: Nights, tmp_path: Path) -> None:
    past = tmp_path / "past.jsonl"
    nights.happened("../past.jsonl", ("ada", "2025-03-01T10:00:00Z", "ordered", {"total": 5}))
    nights.night("2025-03-04")
    reads_orders(nights)
    nights.happened("tuesday.jsonl", ("ada", "2025-03-04T10:00:00Z", "signed_up", {}))
    code, _, error = nights.run("2025-03-05")
    assert code == 2
    assert "metric.orders" in error and "--history" in error
    nights.night("2025-03-05", "--history", str(past))
    assert [contact for contact, _, _ in nights.sent()] == ["ada"]
    nights.night("2025-03-06")


def test_a_new_metric_may_begin_empty(nights: Nights) -> None:
    nights.night("2025-03-04")
    reads_orders(nights)
    nights.happened("tuesday.jsonl", ("ada", "2025-03-04T10:00:00Z", "signed_up", {}))
    nights.night("2025-03-05", "--from-now")
    assert nights.sent() == []


def test_a_first_run_reads_earlier_events_as_history(nights: Nights) -> None:
    reads_orders(nights)
    nights.happened("all.jsonl", ("ada", "2025-02-20T10:00:00Z", "ordered", {"total": 5}))
    nights.happened("all.jsonl", ("ada", "2025-02-21T10:00:00Z", "signed_up", {}))
    nights.happened("all.jsonl", ("ada", "2025-03-03T10:00:00Z", "signed_up", {}))
    nights.night("2025-03-04", "--begin", "2025-03-01")
    assert [at for _, _, at in nights.sent()] == ["2025-03-03T11:00"]


def test_a_journey_continues_on_the_definition_of_its_entry(after_monday: Nights) -> None:
    after_monday.edit("welcome.yaml", "after: {2d: reminder}", "after: {4d: reminder}")
    after_monday.happened("tuesday.jsonl", ("ben", "2025-03-04T10:00:00+01:00", "signed_up", {}))
    for day in range(5, 10):
        after_monday.night(f"2025-03-0{day}")
    assert after_monday.sent() == [
        ("ada", "welcome/hello", "2025-03-03T10:00"),
        ("ada", "welcome/reminder", "2025-03-05T10:00"),
        ("ben", "welcome/hello", "2025-03-04T10:00"),
        ("ben", "welcome/reminder", "2025-03-08T10:00"),
    ]


def test_changed_definitions_may_look_into_a_table(nights: Nights) -> None:
    nights.write("tables/cities.csv", "city,country\nParis,FR\n")
    nights.write("project.yaml", f"{PROJECT}tables: {{cities: {{file: tables/cities.csv, key: city}}}}\n")
    look = """{"lookup('cities', 'Paris').country == 'DE'": reminder}"""
    nights.edit("welcome.yaml", "after: {2d", f"when: {look}, after: {{2d")
    signed_up(nights)
    nights.night("2025-03-04")
    nights.edit("welcome.yaml", "2d: reminder", "1d: reminder")
    assert nights.run("2025-03-05", "--check")[0] == 0
    nights.night("2025-03-06")
    assert nights.sent()[-1] == ("ada", "welcome/reminder", "2025-03-05T10:00")


def test_an_older_definition_is_found_wherever_the_project_is_now(
    nights: Nights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_up(nights)
    monkeypatch.chdir(nights.drop)
    nights.night("2025-03-04")
    nights.edit("welcome.yaml", "after: {2d: reminder}", "after: {4d: reminder}")
    nights.root = nights.root.rename(tmp_path / "moved")
    monkeypatch.chdir(tmp_path)
    nights.night("2025-03-05T11:00")
    assert nights.sent()[-1] == ("ada", "welcome/reminder", "2025-03-05T10:00")


def test_a_definition_that_needs_what_is_gone_stops_the_run_before_anything_is_done(nights: Nights) -> None:
    reads_orders(nights)
    nights.edit("welcome.yaml", "after: {2d", "when: {metric.orders > 9: reminder}, after: {2d")
    signed_up(nights)
    nights.happened("monday.jsonl", ("ada", "2025-03-03T09:00:00+01:00", "ordered", {"total": 3}))
    nights.night("2025-03-04")
    nights.write("welcome.yaml", WELCOME)
    nights.write("metrics.yaml", "metrics:\n  other: {count: ordered}\n")
    code, _, error = nights.run("2025-03-05")
    assert code == 2
    assert "journeys of welcome" in error and "orders" in error


def test_a_project_without_a_live_scenario_does_not_run(nights: Nights) -> None:
    nights.edit("welcome.yaml", "status: live", "status: draft")
    code, _, error = nights.run("2025-03-04")
    assert (code, "the project has no live scenario" in error) == (2, True)


@pytest.mark.parametrize("more", [["--lateness", "soon"], ["--begin", "someday"], ["--workers", "0"]])
def test_an_option_that_cannot_be_is_refused_before_anything_is_read(nights: Nights, more: list[str]) -> None:
    code, _, error = nights.run("2025-03-04", *more)
    assert code == 2
    assert more[0] in error
    assert not nights.store.exists()


def test_json_fits_its_schema(nights: Nights) -> None:
    signed_up(nights)
    _, out, _ = nights.run("2025-03-06", "--format", "json")
    fitting("run", out)


def test_several_processes_do_the_same_as_one(
    nights: Nights, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    signed_up(nights)
    nights.night("2025-03-09", "--workers", "2")
    single = Nights(tmp_path / "alone", capsys)
    signed_up(single)
    single.night("2025-03-09", "--workers", "1")
    assert nights.rows() == single.rows()


def test_the_rows_of_a_run_are_written_once_it_is_done_and_can_be_had_again(
    after_monday: Nights, tmp_path: Path
) -> None:
    first, again = tmp_path / "rows.jsonl", tmp_path / "again.jsonl"
    after_monday.night("2025-03-06", "--out", str(first))
    assert [json.loads(line)["template"] for line in first.read_text("utf-8").splitlines()] == ["welcome/reminder"]
    assert run(["state", "rows", "--state", str(after_monday.store), "--run", "2", "--out", str(again), "-q"]) == 0
    assert first.read_bytes() == again.read_bytes()


def test_all_rows_together_are_those_of_a_dry_run(after_monday: Nights, tmp_path: Path) -> None:
    after_monday.night("2025-03-09")
    rows, plan = tmp_path / "rows.jsonl", tmp_path / "plan.jsonl"
    assert run(["state", "rows", "--state", str(after_monday.store), "--out", str(rows), "-q"]) == 0
    arguments = ["--events", str(after_monday.drop), "--contacts", str(after_monday.contacts), "--until", "2025-03-09"]
    assert run(["dry-run", "--project", str(after_monday.root), *arguments, "--plan", str(plan), "-q"]) == 0
    assert rows.read_bytes() == plan.read_bytes()


def test_rows_from_before_a_contact_is_known_count_when_the_contact_is(nights: Nights) -> None:
    nights.contacts.write_text(
        "contact_id,email,email_optin,country,known_since,updated_at\n"
        "ada,old@example.com,true,FR,2025-03-04T09:00:00Z,\n"
        "ada,ada@example.com,true,FR,,2025-03-02T09:00:00Z\n",
        encoding="utf-8",
    )
    nights.night("2025-03-04")
    nights.happened("tuesday.jsonl", ("ada", "2025-03-04T10:00:00Z", "signed_up", {}))
    nights.night("2025-03-05")
    assert [row["address"] for row in nights.rows()] == ["ada@example.com"]


def test_a_run_into_the_future_says_that_messages_are_ready_before_their_time(after_monday: Nights) -> None:
    warning = "--until is in the future"
    assert warning not in after_monday.run("2025-03-05")[2]
    assert warning not in after_monday.run("2999-01-01", "--check")[2]
    code, _, error = after_monday.run("2999-01-01")
    assert (code, error.count(warning)) == (0, 1)


def test_data_warnings_are_counted_and_do_not_guess_what_is_wrong(nights: Nights) -> None:
    nights.edit("events.yaml", "  country: string\n", "  country: string\n  timezone: string\n")
    signed_up(nights)
    assert "  contact.timezone: 1 data warning ('scenario dry-run' shows an example)\n" in nights.run("2025-03-04")[1]
