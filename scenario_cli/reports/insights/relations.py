"""Subscriptions and the net promoter score, in words, tables and charts."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.model.insights_results import Answers, Insights, Subscriptions
from scenario_cli.reports.document.parts import NOTHING, Block, Heading, Paragraph, facts
from scenario_cli.reports.insights.charts.bars import stacked
from scenario_cli.reports.insights.figures import count, days, share
from scenario_cli.reports.insights.tables import number_table


def subscription_blocks(subscriptions: Subscriptions, insights: Insights) -> Iterator[Block]:
    yield Heading(3, "Subscriptions")
    if not subscriptions.started:
        yield Paragraph("No subscription started before this date.")
        return
    least = insights.minimum
    at_risk, left = (
        sum(month.running for month in subscriptions.months),
        sum(month.left for month in subscriptions.months),
    )
    lifetime = (
        days(subscriptions.days / subscriptions.left)
        if subscriptions.left >= least
        else f"{NOTHING} ({_few(subscriptions.left)} have ended)"
    )
    renewed = f"{count(subscriptions.renewed)} of {count(subscriptions.due)} terms that are over"
    churn = f"{share(left, at_risk)} a month" if at_risk >= least else NOTHING
    if left and at_risk >= least:
        life = at_risk / left
        churn += f", so that a subscription lasts {life:.{1 if life < 10 else 0}f} months"
    yield facts(
        ("began", count(subscriptions.started)),
        ("run", count(subscriptions.running)),
        ("ended", f"{count(subscriptions.left)}, by notice or because the term ran out"),
        ("renewed", f"{renewed} ({share(subscriptions.renewed, subscriptions.due)})" if subscriptions.due >= least
         else f"{renewed}: too few for a share"),
        ("churn", churn),
        ("lifetime of those that ended", lifetime),
    )  # fmt: skip
    rows = [
        (f"{length} days", count(seen), count(running), share(running, seen, least))
        for length, seen, running in subscriptions.kept
    ]
    yield number_table(("after", "observed", "still running", "retention"), rows)
    months = [
        (month.month, count(month.running), count(month.started), count(month.left),
         share(month.left, month.running, least))
        for month in subscriptions.months
    ]  # fmt: skip
    yield number_table(("month", "run at its start", "began", "ended", "churn"), months)


def _few(number: int) -> str:
    return f"only {count(number)}" if number else "none"


def nps_blocks(answers: tuple[Answers, ...], insights: Insights) -> Iterator[Block]:
    yield Heading(3, "Net promoter score")
    if not answers:
        yield Paragraph("No answers in this period.")
        return
    everything, *months = answers
    if everything.count < insights.minimum:
        yield Paragraph(f"{count(everything.count)} answers are too few for a score.")
    else:
        yield Paragraph(
            f"{everything.score:+.0f} from {count(everything.count)} answers: "
            f"{share(everything.promoters, everything.count)} promoters (9 or 10) less "
            f"{share(everything.detractors, everything.count)} detractors (0 to 6)."
        )
    words = ("promoters", "detractors", "passives")
    lines = [(answer.month, (answer.promoters, answer.detractors, answer.passives)) for answer in months]
    yield stacked("nps", "Answers by month", words, lines)
    rows = [
        (answer.month or "all", count(answer.count), count(answer.promoters), count(answer.passives),
         count(answer.detractors), f"{answer.score:+.0f}" if answer.count >= insights.minimum else NOTHING)
        for answer in (*months, everything)
    ]  # fmt: skip
    yield number_table(("month", "answers", "promoters", "passives", "detractors", "score"), rows)
