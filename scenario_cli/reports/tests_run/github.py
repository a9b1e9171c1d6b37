"""Results of scenario tests as GitHub workflow commands: an annotation at each failing case, the total last.

GitHub shows ten of them for a step, so cases that fail for one cause share theirs.
"""

from __future__ import annotations

from collections.abc import Sequence

from scenario_cli.model.case_run import Verdict
from scenario_cli.model.plain_text import printable
from scenario_cli.reports.in_repository import in_repository
from scenario_cli.reports.tests_run import words
from scenario_cli.reports.tests_run.shared_causes import failing_alike
from scenario_cli.reports.tests_run.text import place_of, totals
from scenario_cli.reports.text import plural
from scenario_cli.reports.workflow_commands import command


def test_github(verdicts: Sequence[Verdict]) -> str:
    total = command("notice", totals(verdicts), title="scenario test")
    return "".join(map(_command, failing_alike(verdicts))) + total


def _command(verdicts: list[Verdict]) -> str:
    first, *rest = verdicts
    run = first.run
    lines = [run.case.name, *(f"- {sentence}" for sentence in words.differences(first))]
    if rest:
        lines += ["", f"{plural(len(rest), 'more case')} {'fails' if len(rest) == 1 else 'fail'} alike:"]
        lines += [f"{place_of(verdict)} {verdict.run.case.name}" for verdict in rest]
    text = "\n".join(map(printable, lines))
    file = printable(in_repository(run.file, "GITHUB_WORKSPACE"))
    return command("error", text, title="scenario test", file=file, line=run.case.span.line)
