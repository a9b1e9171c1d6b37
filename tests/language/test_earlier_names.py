"""`was`, the earlier name of a scenario, is free, and belongs to only one scenario."""

from __future__ import annotations

import pytest

from scenario_cli.language.files import Memory
from scenario_cli.language.project import load_files

PROJECT = {
    "project.yaml": "project: shop\ntimezone: Europe/Paris\n",
    "events.yaml": "events: {cart_updated: {}, order_completed: {}}\n",
}
REST = "trigger: {event: cart_updated}\ngoal: {event: order_completed}\nstates: {in: {after: {1d: {end: over}}}}\n"


def error_lines(**heads: str) -> list[str]:
    files = PROJECT | {f"{name}.yaml": f"{head}\n{REST}" for name, head in heads.items()}
    loaded = load_files(Memory({name: text.encode() for name, text in files.items()}))
    return [
        f"{finding.span.file}:{finding.span.line}:{finding.span.column}: {finding.code} {finding.message}"
        f"; {finding.hint}" + "".join(f"; {words}: {span.file}:{span.line}" for words, span in finding.related)
        for finding in loaded.findings
        if finding.severity == "error"
    ]


@pytest.mark.parametrize(
    ("heads", "expected"),
    [
        ({"a": "scenario: cart\nwas: basket"}, []),
        ({"a": "scenario: cart\nwas: basket", "b": "scenario: welcome\nwas: hello"}, []),
        (
            {"a": "scenario: cart\nwas: cart"},
            [
                "a.yaml:2:6: REF023 'was' is 'cart', which is the current name of the scenario; "
                "write the earlier name, or remove 'was'"
            ],
        ),
        (
            {"a": "scenario: cart\nwas: basket", "b": "scenario: basket"},
            [
                "a.yaml:2:6: REF023 'was' is 'basket', but a scenario with that name still exists; "
                "remove 'was', or the scenario 'basket'; 'basket' is here: b.yaml:1"
            ],
        ),
        (
            {"a": "scenario: cart\nwas: basket", "b": "scenario: checkout\nwas: basket"},
            [
                "b.yaml:2:6: REF023 'was' is 'basket' here and in 'cart'; "
                "keep it in the scenario that 'basket' was renamed to; 'was' of 'cart': a.yaml:2"
            ],
        ),
    ],
    ids=["free", "two of them", "its own name", "a scenario that exists", "of two scenarios"],
)
def test_an_earlier_name_is_free_and_belongs_to_one_scenario(heads: dict[str, str], expected: list[str]) -> None:
    assert error_lines(**heads) == expected


def test_a_scenario_with_faults_exists_as_well() -> None:
    faults = error_lines(a="scenario: cart\nwas: basket", b="scenario: basket\nholdout: many")
    assert any("REF023 'was' is 'basket', but a scenario with that name still exists" in fault for fault in faults)
