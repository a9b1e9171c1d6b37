"""Runs test cases of a test's own text in the small shop beside this file. Expects nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from scenario_cli.analysis.verdict import verdict
from scenario_cli.hosts.case_times import faulty_times
from scenario_cli.hosts.scenario_tests import Stage, play
from scenario_cli.language.cases.build import build_test
from scenario_cli.language.project import Loaded, load_project
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.schema import check as schema
from scenario_cli.model.case import CaseFile
from scenario_cli.model.case_run import CaseRun, Fed, Verdict
from scenario_cli.reports import record_words
from scenario_cli.reports.tests_run import words

SHOP = Path(__file__).parent / "shop"


@cache
def shop() -> Loaded:
    loaded = load_project(SHOP)
    assert not loaded.broken, loaded.findings
    return loaded


@cache
def stage() -> Stage:
    return Stage(shop().project)


def findings(text: str) -> list[str]:
    """The findings about a test file, its times included, each with its line and column."""
    node, faults = read_yaml(text.encode(), "x.test.yaml")
    file: CaseFile | None = None
    if node is not None:
        faults = [*faults, *schema.check(node, "test")]
        file, more = build_test(node, "x.test.yaml", shop().project)
        faults += more
    if file is not None and not faults:
        faults = faulty_times([file])
    return [
        f"{result.span.line}:{result.span.column}: {result.code} {result.message} | {result.hint}" for result in faults
    ]


def cases(text: str) -> CaseFile:
    node, _ = read_yaml(text.encode(), "x.test.yaml")
    assert node is not None
    assert findings(text) == []
    file, _ = build_test(node, "x.test.yaml", shop().project)
    assert file is not None
    return file


ANA = "{id: ana, email: ana@example.com, email_optin: true, push_token: t, country: FR}"


def cart(at: str = "2025-03-03 10:00", total: float = 95, more: str = "", cart_id: str = "c1") -> str:
    """A line of a timeline: a cart with one product."""
    return f"{{at: {at}, event: cart, cart_id: {cart_id}, total: {total}, items: [{{sku: A1, qty: 1}}]{more}}}"


def judged(
    expect: str, *lines: str, until: str = "", head: str = "scenario: cart", contact: str = ANA, case: str = ""
) -> Verdict:
    """Runs one case and compares it with `expect`; without lines its timeline is one cart.

    `case`: further keys of the case.
    """
    timeline = "".join(f"      - {line}\n" for line in lines or (cart(),))
    stops = f"    until: {until}\n" if until else ""
    more = f"    {case}\n" if case else ""
    written = f"  - name: case\n    contact: {contact}\n{more}    timeline:\n{timeline}{stops}    expect: {expect}\n"
    (verdict,) = all_judged(f"{head}\ncases:\n{written}")
    return verdict


def all_judged(text: str) -> list[Verdict]:
    file = cases(text)
    return [verdict(play(stage(), file, case)) for case in file.cases]


def difference_texts(verdict: Verdict) -> Sequence[str]:
    """Each difference as a sentence."""
    return list(words.differences(verdict))


def message_lines(run: CaseRun) -> list[str]:
    """The contact's messages, with the reason of each drop."""
    return [
        f"{record_words.moment(message.request.at, run.timezone)} {words.message(message, run)}"
        for message in run.messages
    ]


def fed(run: CaseRun) -> list[str]:
    """The instant of each line of the timeline, in UTC."""
    return [
        f"{record_words.moment(record.at, 'UTC')} {record.happening.event}"
        for record in run.story
        if isinstance(record, Fed)
    ]


def last(run: CaseRun) -> str:
    """The instant of the last record, in UTC."""
    return record_words.moment(max(record.at for record in run.story), "UTC")
