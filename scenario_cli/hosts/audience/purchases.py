"""A contact's purchases as metrics of the project, so that the executor adds them up like any other."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from scenario_cli.hosts.audience.tally import NOTHING, Bought
from scenario_cli.model.audience import PURCHASES, REVENUE
from scenario_cli.model.expression import Binary, Compare, Const, Expr, Expression, Filter, Item, ListOf, Ref, Test
from scenario_cli.model.insights import Purchase
from scenario_cli.model.metrics import Aggregate, Metric
from scenario_cli.model.project import Project
from scenario_cli.model.source import Name

METRICS = (PURCHASES, REVENUE)


def with_purchases(project: Project) -> Project:
    """The project with two more metrics, the number and the amount of a contact's purchases, if `insights` names the
    purchase event. A purchase in another currency does not count.
    """
    if project.insights is None:
        return project
    purchase = project.insights.purchase
    span = purchase.event.span
    where = _in_our_currency(purchase, project.currency)
    paid = Expression(purchase.amount.text, _property(purchase.amount), span)
    added = {
        PURCHASES: Metric(PURCHASES, span, Aggregate("count", purchase.event, None, where)),
        REVENUE: Metric(REVENUE, span, Aggregate("sum", purchase.event, paid, where)),
    }
    return replace(project, metrics={**project.metrics, **added})


def _in_our_currency(purchase: Purchase, currency: str) -> Expression | None:
    """The condition that a purchase names no currency, or ours."""
    if purchase.currency is None or not currency:
        return None
    span = purchase.currency.span
    named = _property(purchase.currency)
    code = Filter(Filter(named, "trim", (), (), span), "upper", (), (), span)
    ours = Compare(code, (("in", ListOf((Const(currency, span), Const("", span)), span)),), span)
    return Expression(purchase.currency.text, Binary("or", Test(named, "none", (), span), ours, span), span)


def _property(name: Name) -> Expr:
    return Item(Ref("event", name.span), Const(name.text, name.span), name.span)


def bought(purchases: Any, revenue: Any) -> Bought:
    """The values of the two metrics as exact numbers."""
    return Bought(purchases, Decimal(repr(revenue))) if purchases else NOTHING
