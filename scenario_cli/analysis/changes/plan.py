"""The changes of the tracking plan: events with their properties, groups, attributes of the profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from scenario_cli.analysis.changes.comparison import Place
from scenario_cli.analysis.changes.definitions import named_changes
from scenario_cli.analysis.changes.pairing import fields_changed
from scenario_cli.analysis.changes.renames import Renames, by_name, renamed
from scenario_cli.analysis.changes.words import change, code, listed, valued, was, words
from scenario_cli.model.changes import Change, Subject
from scenario_cli.model.project import EventType, Property, TrackingPlan

PropertyNames = Mapping[str, Mapping[str, str]]


def property_renames(old: TrackingPlan, new: TrackingPlan, renames: Renames) -> dict[str, dict[str, str]]:
    """The renamed properties of each event, by the event's new name."""
    named = by_name(old.events, new.events, renames.of("event"))
    names_by_event = {
        after: renamed("property", old.events[before].properties, new.events[after].properties)
        for before, after in named.pairs
    }
    return {event: names for event, names in names_by_event.items() if names}


def plan_changes(
    old: TrackingPlan, new: TrackingPlan, renames: Renames, properties: PropertyNames
) -> Iterator[Subject]:
    yield from named_changes("event", old.events, new.events, renames, _summary, partial(_event, properties))
    yield from named_changes(
        "group", old.groups, new.groups, renames, lambda members: listed(map(code, members)), _group
    )
    yield from named_changes("attribute", old.profile, new.profile, renames, property_words, _attribute)


def property_words(property_: Property) -> str:
    return f"a {property_.type}" if property_.type else "of any type"


def _summary(event: EventType) -> str:
    names = listed(map(code, event.properties))
    return f"an event with {names}" if names else "an event without properties"


def _event(properties: PropertyNames, old: EventType, new: EventType, place: Place) -> Iterator[Change]:
    for field in fields_changed(old, new, place.renames):
        if field == "properties":
            yield from _properties(old, new, properties.get(new.name, {}), place.below("properties"))
        elif field == "required":
            yield from _required(old, new, properties.get(new.name, {}), place.below("required"))
        elif field != "name":
            yield valued((field,), code(field), getattr(old, field, None), getattr(new, field, None))


def _required(old: EventType, new: EventType, names: Mapping[str, str], place: Place) -> Iterator[Change]:
    before = {names.get(name, name) for name in old.required}
    for name in new.required:
        if name not in before and name in before | set(old.properties):
            yield place.says(f"Property {code(name)} is now required", "optional", "required")
    for name in sorted(before - set(new.required)):
        if name in new.properties:
            yield place.says(f"Property {code(name)} is now optional", "required", "optional")


def _properties(old: EventType, new: EventType, names: Mapping[str, str], place: Place) -> Iterator[Change]:
    named = by_name(old.properties, new.properties, names)
    for name in named.removed:
        words_ = property_words(old.properties[name])
        yield change((*place.path, name), f"Property {code(name)} was removed", words_, "", "removed")
    for name in named.added:
        words_ = property_words(new.properties[name])
        yield change((*place.path, name), f"Property {code(name)} is new, {words_}", "", words_, "added")
    for before, after in named.pairs:
        if before != after:
            yield change((*place.path, after), f"Property {code(before)} was renamed to {code(after)}", before, after,
                         "renamed")  # fmt: skip
        within = place.below(after, words=f"Property {code(after)} ")
        yield from property_changes(old.properties[before], new.properties[after], within)


def property_changes(old: Property, new: Property, place: Place) -> Iterator[Change]:
    """The changes of a property or attribute: its type, its values, its inner fields."""
    for field in fields_changed(old, new, place.renames):
        within = place.below(field)
        before, after = getattr(old, field, None), getattr(new, field, None)
        if field == "type":
            texts = property_words(old), property_words(new)
            yield within.says(f"is {was(texts[1], texts[0])}", *texts)
        elif field == "items" and isinstance(before, Property) and isinstance(after, Property):
            yield from property_changes(before, after, within)
        elif field == "fields" and before and after:
            yield from _fields(before, after, within)
        elif field != "name":
            texts = words(before), words(after)
            yield within.says(f"{_WORDS.get(field, code(field))} {was(texts[1], texts[0])}", *texts)


_WORDS = {"enum": "can be", "max_length": "has at most this many characters:", "example": "looks like"}


def _fields(old: Mapping[str, Property], new: Mapping[str, Property], place: Place) -> Iterator[Change]:
    named = by_name(old, new, {})
    for name in named.removed:
        yield change((*place.path, name), f"{place.words}no longer has {code(name)}", name, "", "removed")
    for name in named.added:
        yield change((*place.path, name), f"{place.words}also has {code(name)}", "", name, "added")
    for name, _ in named.pairs:
        yield from property_changes(old[name], new[name], place.below(name, words=f"{place.words}{code(name)} "))


def _group(old: tuple[str, ...], new: tuple[str, ...], place: Place) -> Iterator[Change]:
    if not place.renames.same(old, new):
        before, after = (listed(map(code, members)) for members in (old, new))
        yield place.says(f"Its events are {was(after, before)}", before, after)


def _attribute(old: Property, new: Property, place: Place) -> Iterator[Change]:
    return property_changes(old, new, Place(place.path, "It ", place.renames))
