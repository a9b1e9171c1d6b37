"""A contact's story without personal data: e-mail addresses and telephone numbers are masked everywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from scenario_cli.model.case_run import Played
from scenario_cli.model.plan_row import PlanRow, row_values
from scenario_cli.model.records import Asked, Converted, Entered, Looked, Record, Refused, Updated, Warned
from scenario_cli.model.story import ContactStory, Input, NeverEntered
from scenario_cli.reports.masking import masked, masked_data, masked_id

T = TypeVar("T", bound=Input | Record)


def masked_story(story: ContactStory) -> ContactStory:
    """Returns the story masked, also the contact's id: the user knows it, but a log must not contain it."""
    return replace(
        story,
        contact_id=masked_id(story.contact_id),
        profile=masked_data(story.profile),
        story=tuple(_masked_record(record) for record in story.story),
        messages=tuple(Played(_masked_record(played.request), _masked_row(played.row)) for played in story.messages),
        waiting=tuple(replace(waiting, key=masked_data(waiting.key)) for waiting in story.waiting),
        never=tuple(_masked_reasons(reasons) for reasons in story.never),
    )


def _masked_reasons(never: NeverEntered) -> NeverEntered:
    triggers = (replace(trigger, looked=tuple(map(_masked_record, trigger.looked))) for trigger in never.triggers)
    return replace(never, triggers=tuple(triggers))


def _masked_record(record: T) -> T:
    match record:
        case Input():
            changes = tuple(
                (name, masked_data(before, name), masked_data(after, name)) for name, before, after in record.changes
            )
            return replace(record, properties=masked_data(record.properties), changes=changes)
        case Looked():
            return replace(record, values=tuple((name, masked_data(value, name)) for name, value in record.values))
        case Asked():
            key, address = masked_data(record.key), masked_data(record.address)
            return replace(record, key=key, address=address, profile=masked_data(record.profile))
        case Updated():
            before, after = (masked_data(value, record.attribute) for value in (record.before, record.after))
            return replace(record, key=masked_data(record.key), before=before, after=after)
        case Entered() | Refused():
            return replace(record, key=masked_data(record.key))
        case Converted():
            return replace(record, value=masked_data(record.value))
        case Warned():
            return replace(record, detail=masked(record.detail))
    return record


def _masked_row(row: PlanRow) -> PlanRow:
    values = {name: masked_data(value, name) for name, value in row_values(row).items()}
    return replace(row, **values | {"contact_id": masked_id(row.contact_id)})
