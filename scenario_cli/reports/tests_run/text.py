"""Results of scenario tests in a terminal: failing cases in full, the rest in a line a file, and coverage."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

from scenario_cli.analysis.coverage import KINDS, Coverage, share
from scenario_cli.model.case import SOMEBODY
from scenario_cli.model.case_run import Verdict
from scenario_cli.reports import record_words
from scenario_cli.reports.masking import masked_id
from scenario_cli.reports.tests_run import words
from scenario_cli.reports.tests_run.shared_causes import failing_alike
from scenario_cli.reports.tests_run.timeline import side_by_side
from scenario_cli.reports.text import Style, fit, lines_text, plural, table, wrap


def test_text(verdicts: Sequence[Verdict], coverages: Sequence[Coverage] | None, color: bool, width: int) -> str:
    """`coverages` is None if nobody requested them."""
    style = Style(color)
    lines: list[str] = []
    for first, *rest in failing_alike(verdicts):
        lines += [*failure(first, style, width), *_same_cause(rest, style, width), ""]
    for file, group in groupby(verdicts, lambda verdict: verdict.run.file):
        cases = list(group)
        failed = sum(not verdict.passed for verdict in cases)
        counts = f"{len(cases) - failed} passed" + (f", {failed} failed" if failed else "")
        lines.append(f"{style('✗', 'red') if failed else style('✓', 'green')} {file}: {counts}")
    if coverages is not None:
        lines += ["", *coverage_lines(coverages, style, width)]
    return lines_text(lines)


def failure(verdict: Verdict, style: Style, width: int) -> list[str]:
    """A failing case: its place, each difference as a sentence, both timelines."""
    run = verdict.run
    lines = [f"{style('✗', 'red')} {style(place_of(verdict), 'bold')}", *wrap(run.case.name, width - 2)]
    lines[1:] = [f"  {style(line, 'bold')}" for line in lines[1:]]
    for sentence in words.differences(verdict):
        listed = wrap(sentence, width - 4)
        lines += [style(f"  {'-' if not number else ' '} {line}", "red") for number, line in enumerate(listed)]
    profile = ", ".join(f"{name}: {record_words.value(value)}" for name, value in run.case.profile.items())
    name = f"contact {masked_id(run.case.contact_id)}" if run.case.contact_id != SOMEBODY else SOMEBODY
    contact = name + (f" ({profile})" if profile else "")
    lines += [""] + [style(line, "dim") for line in wrap(contact, width, "  ", "    ")]
    return [*lines, *side_by_side(verdict, style, width)]


def _same_cause(rest: Sequence[Verdict], style: Style, width: int) -> list[str]:
    """The cases that fail for the same cause as the one before them."""
    if not rest:
        return []
    heading = f"{plural(len(rest), 'more case')} {'fails' if len(rest) == 1 else 'fail'} alike"
    listed = [
        line for verdict in rest for line in wrap(f"{place_of(verdict)}  {verdict.run.case.name}", width, "  ", "    ")
    ]
    return ["", f"{style('✗', 'red')} {heading}", *listed]


def place_of(verdict: Verdict) -> str:
    return f"{verdict.run.file}:{verdict.run.case.span.line}"


def totals(verdicts: Sequence[Verdict]) -> str:
    """The last line: how many cases passed and failed."""
    failed = sum(not verdict.passed for verdict in verdicts)
    passed = len(verdicts) - failed
    return f"{plural(passed, 'case')} passed" + (f", {failed} failed" if failed else "")


def percent_down(value: float) -> str:
    """A percentage rounded down: an incomplete result never reads as 100%."""
    return f"{math.floor(value * 10) / 10:g}%"


def coverage_lines(coverages: Sequence[Coverage], style: Style, width: int) -> list[str]:
    head = ["coverage", *KINDS, "all"]
    rows = [
        [coverage.scenario, *("{}/{}".format(*coverage.count(kind)) for kind in KINDS), percent_down(share([coverage]))]
        for coverage in coverages
    ]
    if len(coverages) > 1:
        sums = [[coverage.count(kind) for coverage in coverages] for kind in KINDS]
        rows.append(["all", *(f"{sum(a for a, _ in kind)}/{sum(b for _, b in kind)}" for kind in sums)])
        rows[-1].append(percent_down(share(coverages)))
    lines = table(head, rows, width, style)
    elements = [line for coverage in coverages for line in _missed_elements(coverage, style, width)]
    return [*lines, "", style("Not covered by any case", "bold"), *elements] if elements else lines


def _missed_elements(coverage: Coverage, style: Style, width: int) -> list[str]:
    """The elements that no case reached, by line; of a state that no case entered, the state alone."""
    if not coverage.missed:
        return []
    file = coverage.missed[0].span.file
    if len(coverage.missed) == len(coverage.elements):
        return [f"  {file}: all of {coverage.scenario}"]
    unentered = {element.state for element in coverage.missed if element.kind == "states"}
    listed = [element for element in coverage.missed if element.kind == "states" or element.state not in unentered]
    lines = [f"  {style(file, 'bold')}"]
    for element in sorted(listed, key=lambda element: element.span.line):
        where = f"{element.state}: " if element.state else ""
        lines.append(fit(f"  {element.span.line:>5}  {where}{element.text}", width))
    return lines
