"""The net promoter score, month by month."""

from __future__ import annotations

from typing import Any

from scenario_cli.events.sql_text import text_literal
from scenario_cli.hosts.insights.log import Log
from scenario_cli.model.insights_results import Answers


def answers(log: Log) -> tuple[Answers, ...]:
    """The answers of the span: all together (under an empty month), then month by month. A number outside of 0 to 10 is
    not an answer.
    """
    survey = log.settings.nps
    assert survey is not None
    conditions = [log.rows(survey.event), log.within("instant"), "score BETWEEN 0 AND 10"]
    conditions += [f"{log.text(survey.event, name)} = {text_literal(_word(value))}" for name, value in survey.only]
    rows = log.ask(
        "SELECT coalesce(month, ''), count(*) FILTER (score >= 9), count(*) FILTER (score >= 7 AND score < 9),"
        f" count(*) FILTER (score < 7) FROM (SELECT month_of(instant) AS month, score FROM (SELECT *,"
        f" {log.amount(survey.event, survey.score)} AS score FROM log.events) WHERE {' AND '.join(conditions)})"
        " GROUP BY ROLLUP (month) ORDER BY 1"
    )
    return tuple(Answers(*row) for row in rows if sum(row[1:]))


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
