"""Five plain fields of cron can be read; extensions of single cron dialects cannot."""

from __future__ import annotations

import pytest

from scenario_cli.model.wait_grammar import WaitError, parse_cron
from tests.rows import rows


@rows(
    "fields",
    [
        "0 9 * * mon", "0 9 * jan-mar mon-fri", "*/15 8-18 * * *", "0 9 1,15 * *", "0 22-2 * * *", "0 9 * * fri-mon",
        "0 9 * * 7", "1-30/5 * * * *", "0 9 29 2 *", "5 4 * * sun", "0 0 * * 0-7",
    ],
)  # fmt: skip
def test_plain_fields_are_read_as_they_stand(fields: str) -> None:
    assert parse_cron(fields) == fields


def test_names_may_be_in_capitals() -> None:
    assert parse_cron("0 9 * JAN Mon") == "0 9 * jan mon"


@rows(
    ("fields", "part", "field"),
    [
        ("r r * * *", "r", "minute"),
        ("r(0-30) 9 * * *", "r(0-30)", "minute"),
        ("h 9 * * *", "h", "minute"),
        ("0 9 L * *", "l", "day of the month"),
        ("0 9 15W * *", "15w", "day of the month"),
        ("0 9 ? * *", "?", "day of the month"),
        ("0 9 * * l1", "l1", "day of the week"),
        ("0 9 * * mon#2", "mon#2", "day of the week"),
        ("0 9 * * sunday", "sunday", "day of the week"),
        ("mon 9 * * *", "mon", "minute"),
        ("0 9 * mon *", "mon", "month"),
        ("0 9 * * jan", "jan", "day of the week"),
        ("60 9 * * *", "60", "minute"),
        ("0 24 * * *", "24", "hour"),
        ("0 9 0 * *", "0", "day of the month"),
        ("0 9 * 13 *", "13", "month"),
        ("0 9 * * 8", "8", "day of the week"),
        ("0 9 1, * *", "", "day of the month"),
        ("*-5 * * * *", "*-5", "minute"),
        ("-1 * * * *", "-1", "minute"),
    ],
)
def test_an_invalid_field_is_refused_with_its_place(fields: str, part: str, field: str) -> None:
    with pytest.raises(WaitError, match=rf"is not a valid {field}") as refused:
        parse_cron(fields)
    assert str(refused.value).startswith(f"'{part}' in ")


@pytest.mark.parametrize("fields", ["*/90 * * * *", "*/0 * * * *", "0 */24 * * *"])
def test_a_step_must_fit_into_its_field(fields: str) -> None:
    with pytest.raises(WaitError, match="does not fit into a field"):
        parse_cron(fields)


@pytest.mark.parametrize("fields", ["@daily", "0 9 * *", "0 9 * * * *", ""])
def test_other_than_five_fields_are_refused(fields: str) -> None:
    with pytest.raises(WaitError, match="five fields"):
        parse_cron(fields)
