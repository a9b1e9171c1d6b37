"""The choice of colour, case by case."""

from __future__ import annotations

from scenario_cli.cli.console import use_color
from tests.rows import rows


@rows(
    ("setting", "terminal", "environment", "colored"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", False, {"GITHUB_ACTIONS": "true"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {}, False),
    ],
)
def test_colour_follows_the_option_then_the_environment_then_the_terminal(
    setting: str, terminal: bool, environment: dict[str, str], colored: bool
) -> None:
    assert use_color(setting, terminal, environment) is colored
