"""Actions, conditions and decisions of Mautic as parts of a state."""

from __future__ import annotations

from scenario_cli.importing.conditions import Condition, compared, either, literal
from scenario_cli.importing.fields import as_number
from scenario_cli.importing.formats.mautic.export import Event
from scenario_cli.importing.formats.mautic.parts import Parts
from scenario_cli.importing.journey import End, Message, On, State
from scenario_cli.importing.ledger import Item
from scenario_cli.importing.naming import identifier
from scenario_cli.importing.texts import plain as plain_text
from scenario_cli.importing.vocabulary import FILL_IN, Text, Vocabulary
from scenario_cli.language.yaml_node import plain

_SENDS = {"email.send": ("email", "email"), "email.send.to.user": ("alert", "email"),
          "sms.send_text_sms": ("sms", "sms"), "notification.send_notification": ("push", "notification"),
          "notification.send_mobile_notification": ("push", "notification"),
          "campaign.sendwebhook": ("webhook", "")}  # fmt: skip
# The event that reacts, and the property that names its object.
_DECISIONS = {"email.open": ("email_opened", "", ()), "email.click": ("email_clicked", "link", ("urls",)),
              "email.reply": ("email_replied", "", ()), "page.pagehit": ("page_viewed", "url", ("url",)),
              "lead.pageHit": ("page_viewed", "url", ("page_url", "url")),
              "asset.download": ("asset_downloaded", "asset_id", ("assets",)),
              "form.submit": ("form_submitted", "form_id", ("forms",)), "sms.reply": ("sms_replied", "", ()),
              "dwc.decision": ("dynamic_content_requested", "slot", ("dwc_slot_name",))}  # fmt: skip


class Steps:
    """Reads single events into states of one scenario."""

    def __init__(self, scenario: str, parts: Parts, vocabulary: Vocabulary) -> None:
        self.scenario, self.parts, self.vocabulary = scenario, parts, vocabulary

    def action(self, event: Event, state: State, item: Item) -> str | None:
        """Puts the action into the state; returns the id of the event that it jumps to."""
        if event.type in _SENDS:
            self.send(event, state, item)
            return None
        match event.type:
            case "campaign.jump_to_event":
                return event.text("jumpToEvent")
            case "lead.updatelead":
                self.update(event, state)
            case "lead.changepoints":
                points = as_number(event.text("points")) or 0
                self.vocabulary.attribute("points", "number")
                state.update["points"] = f"=(contact.points | default(0)) + {points}"
            case "lead.adddnc":
                for channel in event.listed("channels") or ["email"]:
                    name = f"{'push' if channel == 'notification' else channel}_optin"
                    self.vocabulary.attribute(name, "boolean")
                    state.update[name] = False
                event.text("reason")
            case "lead.changetags":
                self.tags(event, state)
            case "lead.changelist":
                self.lists(event, state, item)
            case "campaign.addremovelead" if event.listed("removeFrom"):
                event.listed("addTo")
                state.next = End("removed")
            case _:
                for fields in event.options:
                    fields.read |= set(fields.node.fields)
                item.lose(f"the language has no action '{event.type}': the journey skips it", state.remarks)
        return None

    def send(self, event: Event, state: State, item: Item) -> None:
        channel, key = _SENDS[event.type]
        self.vocabulary.channel(channel)
        id_ = (event.text(key) if key else "") or event.fields.text("channel_id", "channelId")
        event.fields.text("channel"), event.fields.text("channel_id", "channelId")
        short = self.vocabulary.named(f"template {self.scenario}", event.id, channel, event.name)
        template = f"{self.scenario}/{short}"
        state.message = Message(channel, template)
        if channel == "webhook":
            for fields in event.options:
                fields.read |= set(fields.node.fields)
            text = self.vocabulary.texts.setdefault((template, channel), Text(body=f"[{plain_text(event.name)}]"))
            item.decide("address, headers and body were not copied: write them", text.remarks)
            return
        kind = event.text("email_type")
        if channel == "email" and kind == "transactional":
            often = "'transactional' lets Mautic send the e-mail again; the scenario still asks for consent"
            item.approximate(often, state.remarks)
        if channel == "alert":
            for fields in event.options:
                fields.read |= {"useremail", "user_id", "to_owner", "to", "cc", "bcc"}
            item.decide("the recipients were not copied: choose the staff address", state.remarks)
        self.parts.mail(id_, template, channel, event.name, item)

    def update(self, event: Event, state: State) -> None:
        for fields in event.options:
            for key, node in fields.node.fields.items():
                if key in fields.unread() and key != "properties" and not node.is_map and not node.is_list:
                    name = self.vocabulary.own(key)
                    value = plain(node)
                    self.vocabulary.attribute(name, "number" if isinstance(value, int | float) else "string")
                    state.update[name] = value
                    fields.read.add(key)

    def tags(self, event: Event, state: State) -> None:
        """Tags are a list on the contact."""
        self.vocabulary.attribute("tags", "array")
        added, removed = event.listed("add_tags"), event.listed("remove_tags")
        value = "contact.tags | default([])"
        for tag in removed:
            value = f"{value} | reject('equalto', {literal(tag)}) | list"
        state.update["tags"] = f"=(({value}) + {literal(added)}) | unique | list" if added else f"={value}"

    def lists(self, event: Event, state: State, item: Item) -> None:
        """A segment that is fed by hand is an attribute; one with filters fills itself."""
        for key, member in (("addToLists", True), ("removeFromLists", False)):
            for id_ in event.listed(key):
                name = self.parts.segment(id_)
                attribute = f"in_{name}"
                if self.vocabulary.segments[name].condition.text == f"contact.{attribute}":
                    state.update[attribute] = member
                else:
                    item.lose(f"the segment '{name}' has a condition, so a scenario cannot change who is in it",
                              state.remarks)  # fmt: skip

    def condition(self, event: Event, item: Item) -> Condition:
        translated: Condition | None = None
        match event.type:
            case "lead.field_value":
                translated = self.parts.comparison(
                    event.text("field"), event.text("operator") or "=", event.option("value")
                )
            case "lead.points":
                event.text("group")
                score, operator = event.option("score"), event.text("operator")
                translated = self.parts.comparison("points", operator, score, "number")
            case "lead.segments":
                translated = either(self.vocabulary.member(self.parts.segment(id_)) for id_ in event.listed("segments"))
            case "lead.tags" if event.listed("tags"):
                self.vocabulary.attribute("tags", "array")
                translated = either(Condition(f"{literal(tag)} in contact.tags", {"tags": [tag]})
                                    for tag in event.listed("tags"))  # fmt: skip
            case "lead.owner":
                owners = event.listed("owner")
                self.vocabulary.attribute("owner_id")
                translated = either(compared("contact.owner_id", "==", owner) for owner in owners) if owners else None
        if translated is not None and translated.text:
            return translated
        for fields in event.options:
            fields.read |= set(fields.node.fields)
        name = self.vocabulary.named("segment", f"condition {self.scenario} {event.id}", "condition", event.name)
        condition = self.vocabulary.stand_in(name)
        item.decide(f"the language has no condition '{event.type}': {FILL_IN}",
                    self.vocabulary.segments[name].remarks)  # fmt: skip
        return condition

    def is_about_mail(self, event: Event) -> bool:
        return event.type in ("email.open", "email.click", "email.reply")

    def decision(self, event: Event, item: Item, state: State) -> On:
        """The event of a decision. The caller decides where it leads."""
        event.fields.text("channel"), event.fields.text("channel_id", "channelId")
        if event.type not in _DECISIONS:
            for fields in event.options:
                fields.read |= set(fields.node.fields)
            name = self.vocabulary.event(identifier(event.type.replace(".", "_"), "decision"))
            item.decide(f"the language has no decision '{event.type}': feed this event", self.vocabulary.about(name))
            return On(name, End())
        name, property_, keys = _DECISIONS[event.type]
        self.vocabulary.event(name, **({"message_id": "string"} if self.is_about_mail(event) else {}))
        values = event.listed(*keys) if keys else []
        if event.type == "page.pagehit" and event.listed("pages"):
            item.decide("the condition names pages by id: write their addresses", state.remarks)
        if not property_ or not values:
            return On(name, End())
        self.vocabulary.event(name, **{property_: "string"})
        patterns = [value for value in values if "*" in value]
        if patterns:
            item.approximate(
                "an address with '*' matches every address that contains the part before it", state.remarks
            )
        conditions = [
            Condition(f"{literal(value.partition('*')[0])} in event.{property_}", {f"event:{property_}": value})
            if "*" in value
            else compared(f"event.{property_}", "==", value)
            for value in values
        ]
        return On(name, End(), either(conditions))
