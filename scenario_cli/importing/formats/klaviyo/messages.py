"""The messages of Klaviyo's flows: their channels, their recipients, and their texts."""

from __future__ import annotations

import re

from scenario_cli.importing.conditions import both
from scenario_cli.importing.fields import Fields
from scenario_cli.importing.formats.klaviyo.filters import Filters
from scenario_cli.importing.journey import Journey, Message, State
from scenario_cli.importing.ledger import Item
from scenario_cli.importing.texts import plain, translated, with_default
from scenario_cli.importing.vocabulary import Text

CHANNELS = {"send-email": "email", "send-sms": "sms", "send-push-notification": "push", "send-mobile-push": "push",
             "send-whatsapp": "whatsapp", "send-internal-alert": "alert", "send-webhook": "webhook"}  # fmt: skip
_SMART = {"email": "16h", "sms": "24h", "push": "24h", "whatsapp": "24h"}  # Klaviyo's own smart sending, if unchanged
_QUIET = {"channels": ["sms"], "from": "20:00", "to": "11:00"}
_VARIABLE = re.compile(r"(?:person\.|profile\.)?(?P<name>\w+)(?:\s*\|\s*default:\s*['\"](?P<default>[^'\"]*)['\"])?")
_EVENT = re.compile(r"event\.(?P<name>\w+)(?:\s*\|\s*default:\s*['\"](?P<default>[^'\"]*)['\"])?")
_OF_PROFILE = {"first_name", "last_name", "email", "organization", "title", "phone_number"}


# Without effect on behaviour, or only about this account.
_OF_MESSAGE = ("id", "template_id", "name", "add_tracking_params", "custom_tracking_params", "created", "updated",
               "editor_type", "shorten_links", "add_org_prefix", "add_info_link", "add_opt_out_language")  # fmt: skip


class Messages:
    """Reads the messages of one flow."""

    def __init__(self, journey: Journey, filters: Filters, is_live: bool) -> None:
        self.journey, self.filters, self.is_live = journey, filters, is_live
        self.vocabulary = filters.vocabulary

    def send(self, kind: str, data: Fields, message: Fields | None, state: State, item: Item) -> None:
        channel = CHANNELS[kind]
        status = data.text("status")
        if self.is_live and status in ("draft", "disabled", "manual"):
            item.decide(f"the message is '{status}', so Klaviyo does not send it: add 'send', or remove the state",
                        state.remarks)  # fmt: skip
            for fields in (data, message):
                if fields is not None:
                    fields.read |= set(fields.node.fields)
            return
        if status == "manual":
            item.approximate("in Klaviyo a person releases each message; a live scenario sends it", state.remarks)
        fields = message if message is not None else data
        self.vocabulary.channel(channel)
        keys = set(fields.node.fields) if channel in ("webhook", "alert") else set()
        short = self.vocabulary.named(f"template {self.journey.name}", f"{state.id}", channel, state.title)
        template = f"{self.journey.name}/{short}"
        state.message = Message(channel, template)
        if fields.flag("transactional"):
            state.message.purpose = "transactional"
        text = self.vocabulary.texts.setdefault((template, channel), Text())
        self.text(channel, fields, text, state.title, item)
        if channel in _SMART and fields.flag("smart_sending_enabled") and state.message.purpose != "transactional":
            self.vocabulary.cap(max=1, per=_SMART[channel], channels=[channel])
            item.approximate(f"smart sending became a cap: one message in {_SMART[channel]} on this channel",
                             self.vocabulary.policy_remarks)  # fmt: skip
        if channel == "sms" and fields.flag("sms_quiet_hours_enabled"):
            if _QUIET not in self.vocabulary.quiet_hours:
                self.vocabulary.quiet_hours.append(dict(_QUIET))
            item.approximate("SMS quiet hours are 20:00 to 11:00: write your own",
                             self.vocabulary.policy_remarks)  # fmt: skip
        filters = fields.mapping("additional_filters")
        conditions = [condition for condition, _ in self.filters.groups(filters, "trigger", state.remarks)]
        if conditions:
            state.message.only_if = both(conditions)
        fields.read |= keys
        fields.read |= set(_OF_MESSAGE)
        item.rest(fields, state.remarks)
        if keys:
            item.decide("address, headers and body were not copied: write them", text.remarks)

    def text(self, channel: str, fields: Fields, text: Text, title: str, item: Item) -> None:
        def line(key: str) -> str:
            return translated(fields.text(key), self.variable, item, text.remarks)

        if channel == "email":
            text.head = {"subject": line("subject_line")  or plain(title), "preheader": line("preview_text"),
                         "from_name": line("from_label")}  # fmt: skip
        elif channel == "push":
            text.head = {"title": line("title") or plain(title)}
        text.head = {key: value for key, value in text.head.items() if value}
        body = line("body") if channel in ("sms", "push", "whatsapp") else ""
        text.body = body or f"[{plain(title)}]"
        if not body and channel != "webhook":
            item.decide("the export does not hold the text: write it", text.remarks)

    def variable(self, inner: str) -> str | None:
        """A variable of Klaviyo's templates as an expression of ours."""
        of_event = _EVENT.fullmatch(inner)
        if of_event is not None and self.filters.trigger_event:
            self.vocabulary.event(self.filters.trigger_event, **{of_event["name"]: ""})
            return with_default(f"trigger.{of_event['name']}", of_event["default"])
        match = _VARIABLE.fullmatch(inner)
        if match is None or (not inner.startswith(("person.", "profile.")) and match["name"] not in _OF_PROFILE):
            return None
        name = "phone" if match["name"] == "phone_number" else self.vocabulary.own(match["name"])
        return with_default(self.vocabulary.attribute(name), match["default"])
