"""`migrate` leads from removed states to a state or to an end, and needs `in_flight: follow`."""

from __future__ import annotations

from scenario_cli.language.files import Memory
from scenario_cli.language.project import load_files
from tests.rows import rows

FILES = {
    "project.yaml": "project: shop\ntimezone: Europe/Paris\n",
    "events.yaml": "events: {cart_updated: {}, order_completed: {}}\n",
}
REST = "trigger: {event: cart_updated}\ngoal: {event: order_completed}\nstates: {open: {after: {1d: {end: over}}}}\n"


def error_lines(settings: str) -> list[str]:
    files = FILES | {"cart.yaml": f"scenario: cart\n{settings}\n{REST}"}
    loaded = load_files(Memory({name: text.encode() for name, text in files.items()}))
    return [
        f"{finding.span.line}:{finding.span.column}: {finding.code} {finding.message}; {finding.hint}"
        for finding in loaded.findings
        if finding.severity == "error"
    ]


@rows(
    ("settings", "expected"),
    [
        ("in_flight: pinned", []),
        ("in_flight: follow", []),
        ("in_flight: follow\nmigrate: {asked: open, told: {end: closed}}", []),
        (
            "in_flight: follow\nmigrate: {open: {end: closed}}",
            ["3:11: REF024 'open' is still a state, so journeys in it do not move; remove the line, or the state"],
        ),
        (
            "in_flight: follow\nmigrate: {asked: opne}",
            ["3:18: REF002 unknown state 'opne'; did you mean 'open'? states: 'open'; or add it under 'states'"],
        ),
        (
            "in_flight: follow\nmigrate: {asked: {end: error}}",
            ["3:24: REF009 the outcome 'error' is reserved for the engine; use another word"],
        ),
        (
            "migrate: {asked: open}",
            ["2:1: SCH008 'migrate' needs 'in_flight' in the scenario; for example: in_flight: follow"],
        ),
        (
            "in_flight: pinned\nmigrate: {asked: open}",
            [
                "3:1: SCH008 'migrate' needs 'in_flight: follow', because pinned journeys do not move; "
                "write 'in_flight: follow', or remove 'migrate'"
            ],
        ),
    ],
)
def test_migrate_leads_from_states_that_are_gone(settings: str, expected: list[str]) -> None:
    assert error_lines(settings) == expected
