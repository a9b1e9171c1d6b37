"""The parts of the insights that are requested, over one staged log."""

from __future__ import annotations

from collections.abc import Callable, Collection

from scenario_cli.events.staged import StagedLog
from scenario_cli.hosts.insights.acquisition import acquisition
from scenario_cli.hosts.insights.affinity import affinity
from scenario_cli.hosts.insights.base import base, make_seen, silent_contacts
from scenario_cli.hosts.insights.cohorts import cohorts
from scenario_cli.hosts.insights.log import Log, opened
from scenario_cli.hosts.insights.orders import make_orders
from scenario_cli.hosts.insights.people import People, meet_people
from scenario_cli.hosts.insights.products import products
from scenario_cli.hosts.insights.rfm import buyers_of, rfm
from scenario_cli.hosts.insights.subscriptions import subscriptions
from scenario_cli.hosts.insights.surveys import answers
from scenario_cli.model.insights_results import Cohorts, Insights
from scenario_cli.model.project import Project

PARTS = ("base", "rfm", "cohorts", "products", "affinity")

Progress = Callable[[str, int, int | None], None]


def insights(
    project: Project,
    staged: StagedLog,
    parts: Collection[str],
    as_of: int,
    start: int | None = None,
    until: int | None = None,
    progress: Progress | None = None,
) -> Insights:
    """The known facts at an instant; see `Insights`. Raises `ExportError`."""
    settings = project.insights
    assert settings is not None
    with opened(staged, project, as_of, start, until) as log:
        if progress is not None:
            progress("putting orders together", 0, None)
        foreign, unpriced = make_orders(log)
        buyers = buyers_of(log) if "rfm" in parts else {}
        people = People()
        if "base" in parts or "rfm" in parts:
            make_seen(log)
            people = meet_people(log, buyers, silent_contacts(log), progress)
        return Insights(
            project=project.name,
            project_digest=project.digest,
            currency=project.currency,
            timezone=project.timezone,
            as_of=as_of,
            start=start,
            until=until,
            minimum=settings.minimum,
            support=settings.support,
            read=staged.report,
            foreign=foreign,
            unpriced=unpriced,
            product=settings.purchase.product.text if settings.purchase.product is not None else "product",
            base=base(log, people) if "base" in parts else None,
            rfm=rfm(log, people, buyers) if "rfm" in parts else None,
            cohorts=_cohorts(log) if "cohorts" in parts else None,
            products=products(log) if "products" in parts else None,
            affinity=affinity(log) if "affinity" in parts else None,
        )


def _cohorts(log: Log) -> Cohorts:
    settings = log.settings
    return Cohorts(
        cohorts(log),
        acquisition=acquisition(log) if settings.spend is not None else (),
        subscriptions=subscriptions(log) if settings.subscriptions is not None else None,
        nps=answers(log) if settings.nps is not None else None,
    )
