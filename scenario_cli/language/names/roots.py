"""The shape of the first name of an expression: `event`, `contact`, `metric`, a capture, a constant."""

from __future__ import annotations

from scenario_cli.language.edit.fixes import renamed_in_expression
from scenario_cli.language.names.keys import renamed_key
from scenario_cli.language.names.shapes import (
    ANYTHING,
    JOURNEY,
    Scope,
    of_type,
    shape_of_contact,
    shape_of_event,
    shape_of_value,
)
from scenario_cli.language.names.unknown import with_next_step
from scenario_cli.language.names.walk import Walk
from scenario_cli.language.templates.other_tools import NAMES
from scenario_cli.model import expression as tree
from scenario_cli.model.diagnostic import did_you_mean, nearest
from scenario_cli.model.project import Property

# Spellings of other languages, with the spelling here.
_OTHER_WORDS = {"null": "none", "nil": "none", "undefined": "none", "yes": "true", "on": "true", "no": "false",
                "off": "false", "true": "true", "false": "false", "none": "none"}  # fmt: skip


def shape_of_name(walk: Walk, node: tree.Ref, scope: Scope) -> Property:
    name = node.name
    if name in scope.names:
        return scope.names[name]
    if scope.event_alone and name in ("trigger", "contact", "metric", "segment", "journey", "now"):
        walk.report("EXP012", f"'{name}' is not allowed here: a metric is calculated when its event arrives", node,
                    "use 'event' or lookup(); calculate the rest in a metric with 'value'")  # fmt: skip
        return ANYTHING
    match name:
        case "event" if scope.events is not None:
            # Without a name the event is missing, which has a finding of its own.
            return shape_of_event(scope.plan, scope.events) if any(scope.events) else ANYTHING
        case "event" | "trigger" | "journey" if scope.contact_alone:
            walk.report("EXP006", f"'{name}' is not allowed here: {scope.contact_alone}", node,
                        (
                            "use contact, metric, segment or now; for past events use count(), happened() and "
                            "last()"
                        ),
                        )  # fmt: skip
            return ANYTHING
        case "event":
            walk.report("EXP006", f"'event' is not allowed here: {scope.why_no_event}", node,
                        "use 'trigger', or capture the value with 'set' when the event arrives")  # fmt: skip
            return ANYTHING
        case "trigger":
            # Without events the trigger is missing or unknown, which has a finding of its own.
            return shape_of_event(scope.plan, scope.trigger) if any(scope.trigger) else ANYTHING
        case "journey" if scope.not_entered:
            walk.report("EXP006", f"'journey' is not allowed here: {scope.not_entered}", node,
                        "use contact, metric, segment, now, or the event of the trigger")  # fmt: skip
            return ANYTHING
        case "contact":
            return shape_of_contact(scope.plan)
        case "journey":
            return JOURNEY
        case "now":
            return of_type("datetime")
        case "metric":
            return scope.catalogue.metrics
        case "segment":
            return scope.catalogue.segments
        case "const":
            return shape_of_constant(walk, node, scope)
    names = ["contact", "metric", "segment", "now", *scope.names]
    names += ["const"] if scope.catalogue.constants else []
    names += [] if walk.in_template else sorted(scope.defined)
    if not scope.contact_alone:
        names += ["trigger"] if scope.not_entered else ["trigger", "journey"]
    if scope.events is not None:
        names.append("event")
    if name == "item":
        walk.report("EXP002", (
            "'item' is allowed only inside any(), all(), "
            "filter() and total(), and with 'each' in a trigger"
        ), node)  # fmt: skip
    elif name == "past":
        walk.report("EXP002", "'past' is allowed only in 'where' of count(), happened() and last()", node)
    else:
        walk.report("EXP002", f"unknown name '{name}'", node, _hint(walk, node, scope, names),
                    fix=renamed_in_expression(name, node.span, names))  # fmt: skip
    return ANYTHING


def shape_of_constant(walk: Walk, node: tree.Expr, scope: Scope, name: str | None = None) -> Property:
    """A constant in a template, if its value is read by name, or one that the project does not have."""
    constants = scope.catalogue.constants
    if name is None:
        walk.report("EXP002", "'const' needs a name", node,
                    with_next_step("REF021", did_you_mean("", constants, "write const.NAME; constants"))
                    )  # fmt: skip
    elif name not in constants:
        walk.report("REF021", f"unknown constant '{name}'", node,
                    with_next_step("REF021", did_you_mean(name, constants, "constants")),
                    fix=renamed_key(node, name, constants))  # fmt: skip
    else:
        return shape_of_value(constants[name])
    return ANYTHING


def _hint(walk: Walk, node: tree.Ref, scope: Scope, names: list[str]) -> str:
    """The probable meaning of an unknown name: another name, a word of another language, a property of the event or the
    contact, or a text that lost its quotes.
    """
    name = node.name
    hint = did_you_mean(name, names, "names here")
    if name.lower() in _OTHER_WORDS:
        return f"write '{_OTHER_WORDS[name.lower()]}'"
    if name in NAMES and node not in walk.compared:
        return f"{NAMES[name]}; {hint}"
    if nearest(name, names):
        return hint
    owners = {
        "event": shape_of_event(scope.plan, scope.events).fields if scope.events else None,
        "contact": scope.plan.profile,
        "metric": scope.catalogue.metrics.fields,
        "segment": scope.catalogue.segments.fields,
        "const": scope.catalogue.constants,
    }
    owned = [f"'{owner}.{name}'" for owner, fields in owners.items() if name in (fields or ())]
    owned += [f"the text '{name}', in quotes"] if node in walk.compared else []
    if walk.in_template and name in scope.defined:
        return f"pass it with the message: 'with: {{{name}: ={name}}}'"
    if walk.in_template and not owned:
        hint += f"; or pass it with the message: 'with: {{{name}: ...}}'"
    return f"did you mean {', or '.join(owned)}? {hint}" if owned else hint
