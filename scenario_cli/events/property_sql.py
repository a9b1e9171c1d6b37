"""SQL for conditions on an event's properties, over the columns of a staged log. Runs nothing."""

from __future__ import annotations

from scenario_cli.events.slots import Layout
from scenario_cli.events.sql_text import text_literal
from scenario_cli.model.property_conditions import Comparison, Junction, Negation, PropertyCondition

_OPERATORS = {"==": "IS NOT DISTINCT FROM", "!=": "IS DISTINCT FROM"}


def condition_sql(condition: PropertyCondition, layout: Layout, code: int) -> str:
    """The condition for rows of the event with this number: true or false, never NULL."""
    match condition:
        case Comparison():
            return _comparison_sql(condition, layout, code)
        case Negation(condition=negated):
            return f"NOT {condition_sql(negated, layout, code)}"
        case Junction(operator=operator, left=left, right=right):
            return f"({condition_sql(left, layout, code)} {operator} {condition_sql(right, layout, code)})"


def _comparison_sql(comparison: Comparison, layout: Layout, code: int) -> str:
    columns = [
        column
        for item in layout.items
        if item.property == comparison.property and code in item.events
        for column in item.columns.values()
    ]
    operator = _OPERATORS.get(comparison.operator, comparison.operator)
    value = _value_sql(comparison.value)
    if isinstance(comparison.value, int | float) and not isinstance(comparison.value, bool):
        # A number has a column for whole ones and one for the rest.
        columns = [f"CAST({column} AS DOUBLE)" for column in columns]
    read = f"coalesce({', '.join(columns)})" if columns else "NULL"
    return f"coalesce({read} {operator} {value}, false)"


def _value_sql(value: str | int | float | bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return text_literal(value) if isinstance(value, str) else f"CAST('{value!r}' AS DOUBLE)"
