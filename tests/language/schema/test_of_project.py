"""The schemas of a project: its own names in each place for a name, and no refusal of anything that a project can
contain.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from scenario_cli.language.files import Folder, Memory
from scenario_cli.language.kinds import project_files
from scenario_cli.language.project import load_model, read_model
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.schema.files import KINDS
from scenario_cli.language.schema.of_project import project_schema
from scenario_cli.language.schema.wait_pattern import DURATION, WAIT
from scenario_cli.language.yaml_node import plain
from scenario_cli.model.days import WEEKDAYS
from scenario_cli.model.source import whole_file
from scenario_cli.model.wait_grammar import WaitError, parse_duration, parse_wait
from scenario_cli.shipped import shipped

ROOT = shipped("scenarios")
FILES = list(project_files(Folder(ROOT)))


def value(text: str | bytes) -> Any:
    node, _ = read_yaml(text if isinstance(text, bytes) else text.encode(), "file.yaml")
    assert node is not None
    return plain(node)


@pytest.fixture(scope="module")
def schemas() -> dict[str, Draft7Validator]:
    project = load_model(ROOT).project
    return {kind: Draft7Validator(project_schema(project, kind)) for kind in KINDS}


def states_offered(scenario: str) -> Any:
    """The part of the schema that offers the states of a scenario."""
    return project_schema(load_model(ROOT).project, "scenario")["definitions"][f"state of {scenario}"]


def test_outcomes_of_the_executor_are_offered_to_tests_alone() -> None:
    """A scenario that gives one has an error."""
    project = load_model(ROOT).project
    offered = {
        kind: project_schema(project, kind)["definitions"]["outcome"]["examples"] for kind in ("test", "scenario")
    }
    assert {"running", "archived", "no_response"} <= {*offered["test"]}
    assert "no_response" in offered["scenario"] and "archived" not in offered["scenario"]


@pytest.mark.parametrize(("path", "kind"), FILES, ids=[path for path, _ in FILES])
def test_every_shipped_file_fits_the_schema_of_its_project(
    path: str, kind: str, schemas: dict[str, Draft7Validator]
) -> None:
    assert [error.message for error in schemas[kind].iter_errors(value((ROOT / path).read_bytes()))] == []


WELCOME = """\
scenario: welcome
program: acquisition
phase: purchase
trigger: {event: account_created, where: segment.buyer}
states:
  first:
    send: {email: welcome/hello}
    after: {1d at 10:00 on weekdays: second}
  second:
    choose:
      segment.buyer: third
      else: {end: done}
  third: {on: {order_completed: {end: bought}}}
"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("program: acquisition", "program: aquisition"),
        ("phase: purchase", "phase: purchases"),
        ("event: account_created", "event: acount_created"),
        ("email: welcome/hello", "email: welcome/helo"),
        ("email: welcome/hello", "mail: welcome/hello"),
        ("email: welcome/hello", "first_of: [{mail: welcome/hello}]"),
        ("1d at 10:00 on weekdays", "1 day"),
        ("1d at 10:00 on weekdays", "1d at ten"),
        ("order_completed", "order_complete"),
        ("      else: {end: done}\n", ""),
        ("trigger: {event: account_created, where: segment.buyer}", "trigger: {segment: buyers}"),
        ("trigger: {event: account_created, where: segment.buyer}", "trigger: {attribute: emial}"),
    ],
)
def test_an_unknown_name_is_marked(right: str, wrong: str, schemas: dict[str, Draft7Validator]) -> None:
    project = load_model(ROOT).project
    hello = next(template.name for template in project.templates if template.channel == "email")
    text = WELCOME.replace("welcome/hello", hello)
    right, wrong = right.replace("welcome/hello", hello), wrong.replace("welcome/hello", hello)
    event = next(iter(project.plan.events))
    text, right = text.replace("account_created", event), right.replace("account_created", event)
    assert right in text
    assert schemas["scenario"].is_valid(value(text))
    assert not schemas["scenario"].is_valid(value(text.replace(right, wrong)))


def offered(schema: Any, names: set[str]) -> bool:
    """Whether a place of a schema offers exactly these names."""
    if isinstance(schema, dict):
        return ("enum" in schema and set(schema["enum"]) == names) or any(
            offered(part, names) for part in schema.values()
        )
    return isinstance(schema, list) and any(offered(part, names) for part in schema)


@pytest.mark.parametrize("name", ["welcome", "cart_abandonment", "reactivation"])
def test_a_scenario_is_offered_its_own_states(name: str) -> None:
    assert offered(states_offered(name), set(load_model(ROOT).project.scenarios[name].states))


def test_a_state_that_is_written_later_than_the_schema_is_taken(schemas: dict[str, Draft7Validator]) -> None:
    source = (ROOT / "cart_abandonment.yaml").read_text(encoding="utf-8")
    renamed = re.sub(r"\blast_call:", "final_call:", source).replace("else: last_call", "else: final_call")
    assert renamed != source
    assert schemas["scenario"].is_valid(value(renamed))


@pytest.mark.parametrize("kind", KINDS)
def test_a_project_without_names_has_schemas_all_the_same(kind: str) -> None:
    empty = read_model(Memory({"project.yaml": b"project: bare\ntimezone: UTC\n"}, Path("/nowhere"))).project
    schema = project_schema(empty, kind)
    Draft7Validator.check_schema(schema)
    assert not offered(schema, set())


def test_no_example_of_another_shop_is_left(schemas: dict[str, Draft7Validator]) -> None:
    bare = read_model(Memory({"project.yaml": b"project: bare\ntimezone: UTC\n"}, Path("/nowhere"))).project
    for kind in ("scenario", "policy", "test", "metrics"):
        text = str(examples_of(project_schema(bare, kind)))
        assert "cart" not in text and "order_completed" not in text, kind


def examples_of(part: Any) -> list[Any]:
    if isinstance(part, list):
        return [example for item in part for example in examples_of(item)]
    if not isinstance(part, dict):
        return []
    return [*part.get("examples", ()), *(example for item in part.values() for example in examples_of(item))]


AMOUNTS = st.integers(1, 40).map(str)
UNITS = st.sampled_from(("s", "min", "h", "d", "w", "mo"))
LENGTHS = st.lists(st.tuples(AMOUNTS, UNITS), min_size=1, max_size=2).map(
    lambda parts: "".join(amount + unit for amount, unit in parts)
) | st.sampled_from(("P1M", "P1DT2H", "PT30M", "1 d", "1d 12h"))
CLOCKS = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda at: f"at {at[0]}:{at[1]:02}")
KINDS_OF_DAY = st.sampled_from(
    (*WEEKDAYS, "first tue", "last weekday", "last day", "day 15", "second mon", "fourth sun")
)
DAYS = st.sampled_from(("weekdays", "weekends")) | st.lists(KINDS_OF_DAY, min_size=1, max_size=3).map(", ".join)
CRON = st.sampled_from(("cron 0 9 * * mon", "cron */5 8-18 1,15 jan-mar *", "cron 0 0 * * *"))


@given(
    st.tuples(LENGTHS, st.none() | CLOCKS, st.none() | DAYS) | st.tuples(CLOCKS, st.none() | DAYS) | st.tuples(CRON),
    st.sampled_from((" ", "  ")),
)
def test_the_pattern_of_waits_takes_every_wait(parts: tuple[str | None, ...], gap: str) -> None:
    *head, days = parts
    words = [*head, f"on {days}" if days and not days.startswith(("cron", "at")) and len(parts) > 1 else days]
    text = gap.join(word for word in words if word)
    try:
        parse_wait(text, whole_file(""))
    except WaitError:
        return
    assert re.search(WAIT, text), text


@given(LENGTHS)
def test_the_pattern_of_durations_takes_every_duration(text: str) -> None:
    parse_duration(text)
    assert re.search(DURATION, text)


@pytest.mark.parametrize("wait", ["1d before date trigger.at at 10:00 before on weekdays", "date contact.renewal"])
def test_a_wait_for_a_date_from_data_is_taken(wait: str) -> None:
    assert re.search(WAIT, wait)


@pytest.mark.parametrize("wait", ["1 dya", "tomorrow", "at noon", "1d at 10:00 on funday", "", "5m", "1d tue"])
def test_an_invalid_wait_does_not_fit_the_pattern(wait: str) -> None:
    assert not re.search(WAIT, wait)
