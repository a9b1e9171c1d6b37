"""A contact's story with nothing personal in it: e-mail addresses and telephone numbers masked wherever they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from scenario_cli.model.case_run import Played
from scenario_cli.model.plan_row import PlanRow, row_values
from scenario_cli.model.records import Asked, Converted, Entered, Looked, Record, Refused, Updated, Warned
from scenario_cli.model.story import ContactStory, Given, NeverEntered
from scenario_cli.reports.masking import masked, masked_id, masked_value

T = TypeVar("T", bound=Given | Record)


def masked_story(story: ContactStory) -> ContactStory:
    """Returns the story masked, also the contact's id: who asked for it knows it, and a log of it may not."""
    return replace(
        story,
        contact_id=masked_id(story.contact_id),
        profile=_masked(story.profile),
        story=tuple(_masked_record(record) for record in story.story),
        messages=tuple(Played(_masked_record(played.request), _masked_row(played.row)) for played in story.messages),
        waiting=tuple(replace(waiting, key=_masked(waiting.key)) for waiting in story.waiting),
        never=tuple(_masked_reasons(reasons) for reasons in story.never),
    )


def _masked_reasons(never: NeverEntered) -> NeverEntered:
    triggers = (replace(trigger, looked=tuple(map(_masked_record, trigger.looked))) for trigger in never.triggers)
    return replace(never, triggers=tuple(triggers))


def _masked_record(record: T) -> T:
    match record:
        case Given():
            changes = tuple(
                (name, _masked(before, name), _masked(after, name)) for name, before, after in record.changes
            )
            return replace(record, properties=_masked(record.properties), changes=changes)
        case Looked():
            return replace(record, values=tuple((name, _masked(value, name)) for name, value in record.values))
        case Asked():
            key, address = _masked(record.key), _masked(record.address)
            return replace(record, key=key, address=address, profile=_masked(record.profile))
        case Updated():
            before, after = (_masked(value, record.attribute) for value in (record.before, record.after))
            return replace(record, key=_masked(record.key), before=before, after=after)
        case Entered() | Refused():
            return replace(record, key=_masked(record.key))
        case Converted():
            return replace(record, value=_masked(record.value))
        case Warned():
            return replace(record, detail=masked(record.detail))
    return record


def _masked_row(row: PlanRow) -> PlanRow:
    values = {name: _masked(value, name) for name, value in row_values(row).items()}
    return replace(row, **values | {"contact_id": masked_id(row.contact_id)})


def _masked(value: Any, name: str = "") -> Any:
    """Returns the masked value of a property of that name, with every part of a list or mapping."""
    if isinstance(value, str):
        return masked_value(name, value)
    if isinstance(value, Mapping):
        return {masked(str(key)): _masked(part, str(key)) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(part, name) for part in value]
    if isinstance(value, int) and not isinstance(value, bool):
        text = masked_value(name, str(value))
        return value if text == str(value) else text
    return value
