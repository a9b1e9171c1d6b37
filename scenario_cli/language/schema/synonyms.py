"""The words of other tools for keys and values of the language, in one table. Finds nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# The keys of each mapping (by the title of its schema), with their names in other tools.
_KEYS: Mapping[str, Mapping[str, str]] = {
    "scenario": {
        "scenario": "name id workflow campaign flow automation journey canvas",
        "was": "renamed_from previous_name old_name former_name formerly previously",
        "title": "label display_name",
        "description": "notes note comment summary",
        "status": "state enabled is_active published",
        "trigger": "start entry entry_trigger entry_event enter enrollment enrolment entry_criteria starts_when "
        "start_condition triggers",
        "audience": "filter filters who target target_audience entry_filter condition conditions where eligibility if",
        "goal": "conversion conversions conversion_event objective success success_event kpi",
        "when": "exit exit_criteria exit_conditions exit_condition exit_when stop_when stop_if",
        "states": "steps step nodes activities stages flow_steps path",
        "reentry": "re_entry re-entry reenter re_enter re_enrollment reenrollment reentry_rule allow_reentry",
        "while_running": "concurrency on_reentry if_running",
        "holdout": "control control_group holdout_group test_group",
        "max_running": "max_concurrent max_journeys concurrency_limit max_active",
        "exclusive": "exclusive_group mutually_exclusive exclusion",
        "priority": "importance weight rank",
        "purpose": "category message_type legal_basis",
        "active": "valid validity dates period start_date end_date valid_from valid_until",
        "owner": "author responsible maintainer contact_person",
        "reviewed": "reviewed_at last_reviewed review_date",
        "program": "programme project folder",
        "phase": "stage lifecycle lifecycle_stage",
        "key": "journey_key unique_by group_by",
    },
    "state": {
        "after": "wait waits delay delays timeout sleep pause wait_for wait_until timer timers",
        "on": "transitions events event listen on_event wait_for_event",
        "choose": "if condition conditions branch branches switch decision decide condition_split if_else case",
        "frees_key": "release_key releases_key free_key",
        "next": "then goto go_to to target jump continue",
        "end": "exit stop finish terminate final done quit outcome",
        "split": "ab_test a_b_test abtest ab experiment random random_split variants variant",
        "send": "message messages actions action notify email sms push deliver",
        "set": "capture variables vars assign remember",
        "update": "set_attribute set_attributes update_profile set_property update_contact profile",
        "emit": "fire event_out trigger_event publish raise",
        "when": "until condition_met",
    },
    "trigger": {
        "event": "on name event_name",
        "where": "if when condition conditions filter filters",
        "schedule": "cron every repeat recurrence",
        "date": "anniversary date_field birthday",
        "segment": "list audience cohort",
        "attribute": "property field",
        "absence": "inactivity no_event not_event missing",
        "for": "duration after",
        "timezone": "tz time_zone zone",
        "offset": "delay before shift",
    },
    "goal": {
        "event": "on name event_name conversion_event goal_event",
        "where": "if when condition filter",
        "within": "window conversion_window in deadline",
        "value": "revenue amount",
        "ends": "end exit stop outcome",
    },
    "transition": {
        "where": "if when condition filter",
        "to": "goto go_to next target then state",
        "set": "capture remember",
        "update": "profile update_profile set_attribute",
        "end": "exit stop finish outcome",
    },
    "wait": {
        "wait": "delay duration timeout time after",
        "if": "where condition when filter",
        "to": "goto go_to next target then end state",
        "at": "time_of_day hour",
        "if_missing": "if_none if_empty on_missing",
        "if_past": "on_past if_late",
        "since": "from counted_from starting_from",
    },
    "target": {"end": "exit stop finish terminate outcome"},
    "message": {
        "template": "content body text template_id template_name message",
        "with": "variables vars params parameters data context values merge_fields",
        "if": "where condition when filter",
        "to": "address recipient_address email phone",
        "expires": "ttl expiry expire expire_after valid_for",
        "purpose": "type category",
        "tags": "labels tag label",
        "on_cap": "if_capped frequency_cap",
        "on_quiet": "if_quiet",
    },
    "policy": {
        "quiet_hours": "quiet_time do_not_disturb dnd silence",
        "caps": "cap frequency_caps frequency_cap frequency limits limit",
        "control_group": "control holdout global_holdout",
        "on_cap": "if_capped",
        "on_quiet": "if_quiet",
        "max_hold": "hold max_delay",
    },
    "cap": {
        "max": "limit count times",
        "per": "within window period every in",
        "if": "where condition when filter segment",
        "channels": "channel",
        "programs": "program",
        "scenarios": "scenario",
        "tags": "tag",
    },
    "quiet hours": {"from": "start begin after", "to": "end until before", "on": "days day", "channels": "channel"},
    "channel": {
        "address": "to recipient_address field",
        "consent": "optin opt_in permission subscribed",
        "max_length": "length limit max max_chars",
        "cost": "price",
    },
    "delivery of a channel": {
        "from": "sender from_address",
        "reply_to": "reply-to replyto",
        "unsubscribe": "list_unsubscribe unsubscribe_url opt_out",
        "rate": "rate_limit throttle limit",
        "webhook": "http url",
        "file": "path csv",
    },
    "mail server": {
        "host": "server hostname smtp_host address",
        "user": "username login",
        "password": "pass pwd secret",
        "tls": "ssl security encryption starttls",
    },
    "webhook": {"url": "address endpoint uri", "secret": "signing_secret key token"},
    "event": {
        "properties": "fields attributes params parameters",
        "required": "mandatory",
        "triggered_when": "when trigger fired_when",
    },
    "metric": {
        "where": "if filter condition",
        "of": "event on from",
        "within": "window last in period",
        "value": "formula expression calc",
        "count": "number",
        "avg": "average mean",
        "distinct": "unique count_distinct",
    },
    "project": {
        "project": "name id",
        "timezone": "tz time_zone zone",
        "locale": "language lang default_locale",
        "tables": "lookups lookup data",
        "phases": "stages lifecycle",
        "programs": "programmes",
    },
    "tracking plan": {"events": "event schema", "profile": "attributes contact user traits", "groups": "group"},
    "type": {
        "type": "datatype kind",
        "enum": "values options allowed choices",
        "items": "item elements",
        "properties": "fields keys",
    },
    "expectation": {"messages": "sends message sent", "outcome": "end result", "conversions": "conversion goals"},
    "event of the timeline": {"at": "time when timestamp date after in wait", "event": "name type event_name"},
    "test case": {"name": "title", "timeline": "events steps given", "expect": "then expected assert", "until": "end"},
}

_TYPES = {
    "string": "str text varchar char email url uuid",
    "integer": "int long bigint smallint whole",
    "number": "float double decimal numeric money real currency",
    "boolean": "bool bit flag yesno",
    "datetime": "timestamp time date_time instant date-time",
    "array": "list set",
    "object": "dict map struct record json mapping",
}

# The values of each key, with their names in other tools.
_VALUES: Mapping[str, Mapping[str, str]] = {
    "status": {
        "live": "active on enabled enable running published started start production prod true yes launched",
        "draft": "test testing new wip unpublished development in_progress",
        "paused": "pause on_hold hold suspended halted off inactive disabled disable false no stop stopped",
        "archived": "archive ended finished done deleted completed closed retired removed",
    },
    "while_running": {
        "ignore": "skip block never drop reject no false discard",
        "restart": "replace reset cancel renew start_over reenter",
        "parallel": "allow multiple concurrent always yes true both",
    },
    "purpose": {
        "marketing": "promotional promotion promo commercial newsletter advertising bulk",
        "transactional": "service system operational transaction utility informational",
    },
    "recipient": {
        "contact": "user customer client person member subscriber",
        "staff": "sales employee internal team manager agent",
        "system": "api machine webhook server crm",
    },
    "on_cap": {"drop": "skip discard cancel suppress ignore", "delay": "wait queue hold postpone defer later"},
    "on_quiet": {"drop": "skip discard cancel suppress ignore", "delay": "wait queue hold postpone defer later"},
    "if_past": {"now": "immediately send at_once directly", "never": "skip ignore drop none"},
    "if_missing": {"now": "immediately send at_once directly", "never": "skip ignore drop none"},
    "reentry": {"never": "once no false none off disabled", "always": "yes true unlimited every_time on enabled allow"},
    "per": {"day": "daily", "week": "weekly", "month": "monthly"},
    "change": {
        "entered": "enter enters entering joined join added in",
        "left": "leave leaves exit exits exited removed out",
    },
    "every": {"year": "yearly annually annual anniversary always", "once": "never one-time single"},
    "timezone": {"contact": "user local recipient customer", "project": "company global account"},
    "unit": {"contact": "user customer person", "journey": "entry session visit"},
    "in_flight": {"pinned": "keep old finish", "follow": "new migrate update"},
    "type": _TYPES,
    "identity": {"off": "none no false", "forward": "on yes true"},
    "rules": {
        "off": "ignore ignored disable disabled none no false skip silent",
        "warning": "warn",
        "info": "hint note",
    },
}


def _turned(right: Mapping[str, str]) -> dict[str, str]:
    return {word: name for name, words in right.items() for word in words.split()}


_KEY_WORDS = {title: _turned(right) for title, right in _KEYS.items()}
_VALUE_WORDS = {key: _turned(right) for key, right in _VALUES.items()}


def key_meant(title: str, word: str, keys: Iterable[str]) -> str | None:
    """The known key of a mapping that matches a word of another tool."""
    right = _KEY_WORDS.get(title, {}).get(_folded(word))
    return right if right in set(keys) else None


def value_meant(key: str, value: object, allowed: Iterable[str] = ()) -> str | None:
    """The value of a key that matches a word of another tool; without a key, the type of a property."""
    word = ("true" if value else "false") if isinstance(value, bool) else str(value)
    names = set(allowed)
    right = _VALUE_WORDS.get(key, {}).get(_folded(word))
    if right is None and names and names <= _TYPES.keys() | {"date", "null"}:
        right = _VALUE_WORDS["type"].get(_folded(word))
    if right is None and names == {"off", "info", "warning", "error"}:
        right = _VALUE_WORDS["rules"].get(_folded(word))
    return right if right is not None and (not names or right in names) else None


def _folded(word: str) -> str:
    return word.strip().rstrip(",;.").casefold().replace(" ", "_")
