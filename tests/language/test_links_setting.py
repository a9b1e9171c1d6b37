"""The key `links` of project.yaml: its parameters, and the names that do not exist."""

from __future__ import annotations

import pytest

from scenario_cli.language.files import Memory
from scenario_cli.language.project import load_files
from scenario_cli.model.diagnostic import Diagnostic

HEAD = "project: shop\ntimezone: Europe/Paris\nchannels: {email: {}}\n"


def errors_of(written: str) -> list[Diagnostic]:
    files = {"project.yaml": f"{HEAD}{written}".encode(), "events.yaml": b"events: {go: {}}\n"}
    findings = load_files(Memory(files)).findings
    return [finding for finding in findings if finding.severity == "error"]


def test_a_parameter_is_a_text_or_what_is_known_of_the_message() -> None:
    files = Memory({"project.yaml": f"{HEAD}links: {{utm_source: ' Spring ', utm_medium: = channel, n: 7}}\n".encode()})
    links = load_files(files).project.links
    assert links is not None
    parameters = [(parameter.name, parameter.value, parameter.fact) for parameter in links.parameters]
    assert parameters == [("utm_source", "Spring", ""), ("utm_medium", "", "channel"), ("n", "7", "")]


@pytest.mark.parametrize(
    ("written", "code", "column", "expected"),
    [
        ("links: {utm_sorce: a}\n", "SCH001", 9, "unknown parameter 'utm_sorce' in 'links'"),
        ("links: {utm_medium: =chanel}\n", "REF004", 22, "'utm_medium' cannot be '=chanel'"),
        ("links: {utm_medium: = contact.email}\n", "REF004", 23, "'utm_medium' cannot be '=contact.email'"),
        ("links: {utm_medium: =}\n", "REF004", 22, "'utm_medium' names nothing after '='"),
        ("links: {hosts: [example.com]}\n", "SCH002", 8, "'links' names no parameter"),
        ("links: {a: b, hosts: ['https://Example.com/x']}\n", "SCH005", 23,
         "a host has no scheme and no path, unlike 'https://Example.com/x'"),
        ("links: {a: b, channels: [mail]}\n", "REF003", 26, "unknown channel 'mail'"),
        ("links: {'a b': c}\n", "SCH005", 9,
         "the name of 'a b' of 'links' must consist of letters, digits, _, - and ., a letter first"),
        ("links: {a: }\n", "SCH006", 9, "'a' of 'links' is empty"),
        ("links: {}\n", "SCH006", 1, "'links' is empty"),
    ],
)  # fmt: skip
def test_an_unknown_value_is_a_finding_at_its_place(written: str, code: str, column: int, expected: str) -> None:
    (finding,) = errors_of(written)
    assert (finding.code, finding.span.line, finding.span.column, finding.message) == (code, 4, column, expected)
