"""A message that was requested as a row of a sending plan."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

from scenario_cli.engine import values
from scenario_cli.engine.calendar import UTC, local, read_datetime, to_instant, zone
from scenario_cli.engine.context import whole
from scenario_cli.engine.filters import DataEnvironment, shown_in_text, template_filters, tests, use_clock
from scenario_cli.engine.identity import written
from scenario_cli.engine.tables import Tables
from scenario_cli.messages.find import find_template
from scenario_cli.messages.limits import excesses
from scenario_cli.messages.render import Renderer, RenderError
from scenario_cli.model.json_value import json_value
from scenario_cli.model.plan_row import PlanRow
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked, Step, Updated, chain
from scenario_cli.model.results import Summary


class RowWriter:
    """Makes rows, renders the texts of those that leave, and counts those that could not be rendered."""

    def __init__(self, project: Project, tables: Tables | None = None) -> None:
        self.tables = tables or {}
        self.renderer = Renderer(project, DataEnvironment, template_filters(), tests(), shown_in_text)
        self.project = project
        self.complaints: Counter[str] = Counter()
        self.unrendered: Counter[tuple[str, str]] = Counter()  # scenario, channel

    def row(self, contact_id: str, record: Asked | Updated, status: str, unless: list[str] | None = None) -> PlanRow:
        """The row of a message or of a changed attribute.

        A message that cannot be rendered becomes a dropped row; the record stays as it is.
        """
        if isinstance(record, Updated):
            return _update(contact_id, record, status, unless)
        return self._message(contact_id, record, status, unless)

    def report(self, summary: Summary) -> None:
        """Adds to the counts of a run how its texts came out."""
        summary.complaints.update(self.complaints)
        for result in summary.scenarios.values():
            result.unrendered = Counter()
        for (scenario, channel), count in self.unrendered.items():
            failed = summary.scenarios[scenario].unrendered
            assert failed is not None
            failed[channel] += count

    def _message(self, contact_id: str, message: Asked, status: str, unless: list[str] | None) -> PlanRow:
        tz = zone(message.timezone) or UTC
        locale = message.profile.get("locale")
        template = find_template(
            self.renderer.variants, message.template, message.channel, locale, self.renderer.locale
        )
        row = PlanRow(
            kind="message",
            message_id=message.message_id,
            contact_id=contact_id,
            scenario=message.scenario,
            version=str(message.version),
            journey_id=message.journey_id,
            key=key_text(message.key),
            state=message.state,
            channel=message.channel,
            template=message.template,
            locale=template.locale if template is not None else None,
            variant=message.variant or None,
            purpose=message.purpose,
            send_at=written(message.at),
            send_at_local=local(message.at, tz).isoformat(),
            status="dropped" if message.reason else status,
            reason=message.reason or None,
            detail=message.detail or None,
            address=None if message.address is None else str(message.address),
            because=_links(message.because),
            unless=unless,
        )
        return row if message.reason else self._rendered(row, contact_id, message, locale)

    def _rendered(self, row: PlanRow, contact_id: str, message: Asked, locale: object) -> PlanRow:
        try:
            text = self.renderer.render(
                message.template,
                message.channel,
                locale,
                template_values(contact_id, message, self.tables),
                link_facts(self.project, message) if is_tagged(message) else None,
            )
        except RenderError as error:
            self.unrendered[(message.scenario, message.channel)] += 1
            self.complaints[f"not rendered: {error}"] += 1
            return replace(row, status="dropped", reason="render_error", detail=str(error))
        for part, limit in excesses(text.fields, text.body, self.project.channels[message.channel]):
            self.complaints[f"{message.template} ({message.channel}): {part} longer than {limit} characters"] += 1
        return replace(
            row,
            subject=text.fields.get("subject"),
            title=text.fields.get("title"),
            body=text.body,
            fields=dict(text.fields),
        )


def _update(contact_id: str, update: Updated, status: str, unless: list[str] | None) -> PlanRow:
    return PlanRow(
        kind="update",
        contact_id=contact_id,
        scenario=update.scenario,
        version=str(update.version),
        journey_id=update.journey_id,
        key=key_text(update.key),
        state=update.state,
        send_at=written(update.at),
        send_at_local=local(update.at, zone(update.timezone) or UTC).isoformat(),
        status=status,
        because=_links(update.because),
        unless=unless,
        attribute=update.attribute,
        before=json_value(update.before),
        after=json_value(update.after),
    )


_FIRST_LINKS, _LAST_LINKS = 5, 20


def _links(because: Step | None) -> list[dict[str, Any]]:
    """The chain that led to a message; for a very long chain, its beginning and its end."""
    links = [
        {"at": written(step.at), "what": step.cause, "state": step.state}
        | ({"times": step.times} if step.times > 1 else {})
        for step in chain(because)
    ]
    left_out = len(links) - _FIRST_LINKS - _LAST_LINKS
    if left_out <= 1:
        return links
    gap = {**links[_FIRST_LINKS], "what": f"({left_out} steps left out)", "state": ""}
    return [*links[:_FIRST_LINKS], gap, *links[-_LAST_LINKS:]]


def key_text(key: Any) -> str | None:
    """A journey's key as a text; a key of several parts is a JSON list."""
    if isinstance(key, tuple):
        return json.dumps(key, ensure_ascii=False)
    return None if key is None else str(key)


def is_tagged(message: Asked) -> bool:
    """Whether the links of a message get the project's parameters: not for a service message, and not for messages to
    staff or to a system.
    """
    return message.purpose == "marketing" and message.recipient == "contact"


def link_facts(project: Project, message: Asked) -> dict[str, str]:
    """The facts about a message that its links can use."""
    scenario = project.scenarios.get(message.scenario)
    program, phase = (scenario.program, scenario.phase) if scenario is not None else (None, None)
    return {
        "scenario": message.scenario,
        "program": program.text if program is not None else "",
        "phase": phase.text if phase is not None else "",
        "state": message.state,
        "variant": message.variant,
        "message_id": message.message_id,
    }


def template_values(contact_id: str, message: Asked, tables: Tables) -> dict[str, Any]:
    """The values that a template can read, as they were at the instant of leaving, on its clock."""
    tz = zone(message.timezone) or UTC
    use_clock(tz)
    now = local(message.at, tz)
    return {
        **message.captures,
        **message.values,
        "contact": {**message.profile, "id": contact_id},
        "trigger": whole(message.trigger, tz),
        "journey": {
            "entered_at": local(message.entered_at, tz),
            "key": values.readable_key(message.key),
            "state": message.state,
            "variant": dict(arm.split(":", 1) for arm in message.variant.split()),
        },
        "now": now,
        "item": message.item,
        "metric": {name: value for kind, name, value in message.snapshot if kind == "metric"},
        "segment": {name: value for kind, name, value in message.snapshot if kind == "segment"},
        "days_since": lambda value: values.days_since(value, message.at, tz),
        "date": lambda value: values.to_datetime(value, tz),
        "duration": values.duration,
        "distance_km": values.distance_km,
        "lookup": lambda table, key, *other_keys: tables[table].look_up(
            (key, *other_keys) if other_keys else key, message.at
        ),
    }


def read_instant(text: str, timezone: str) -> int | None:
    """A typed date or date-time, on the project's clock, as an instant; None if it is neither."""
    moment = read_datetime(text, zone(timezone) or UTC)
    return None if moment is None else to_instant(moment)
