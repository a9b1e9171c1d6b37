"""delivery.yaml to the model."""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.utils import parseaddr
from typing import cast

from scenario_cli.language.build.values import Builder
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.delivery import (
    PLACEHOLDER,
    UNSUBSCRIBE_NAMES,
    ChannelDelivery,
    Delivery,
    FileDrop,
    FromEnvironment,
    OnUncertain,
    Smtp,
    Tls,
    Webhook,
    read_spacing,
)
from scenario_cli.model.diagnostic import Diagnostic, did_you_mean
from scenario_cli.model.waits import SECOND


def build_delivery(root: Node) -> tuple[Delivery, list[Diagnostic]]:
    """The delivery that the file states, and its faults."""
    builder = _DeliveryBuilder()
    channels = root.get("channels")
    built = {}
    if channels is not None:
        for name, node in channels.fields.items():
            channel = builder.channel(name, channels.key(name), node)
            if channel is not None:
                built[name] = channel
    return Delivery(root.span, built), builder.findings


_AUTHORIZES = re.compile(r"authori[sz]ation|token|secret|password|cookie|api-?key|signature", re.IGNORECASE)


class _DeliveryBuilder(Builder):
    def channel(self, name: str, key: Node, node: Node) -> ChannelDelivery | None:
        by = self.means(node)
        if by is None:
            return None
        return ChannelDelivery(
            name,
            key.span,
            by,
            sender=self.address(node.get("from")),
            reply_to=self.address(node.get("reply_to")),
            unsubscribe=self.unsubscribe(node.get("unsubscribe"), name),
            spacing=read_spacing(self.text(node.get("rate"))) or 0,
            on_uncertain=cast("OnUncertain", self.text(node.get("on_uncertain"), "skip")),
        )

    def means(self, node: Node) -> Smtp | Webhook | FileDrop | None:
        """The server, address or file; None if the file's shape is wrong."""
        smtp, webhook, file = (node.get(key) for key in ("smtp", "webhook", "file"))
        if smtp is not None and smtp.is_map:
            port = smtp.get("port")
            return Smtp(
                self.text(smtp.get("host")),
                (smtp.get("tls") or smtp.get("host") or smtp).span,
                port=port.value if port is not None and isinstance(port.value, int) else None,
                user=self.secret(smtp.get("user")),
                password=self.secret(smtp.get("password")),
                tls=cast("Tls", self.text(smtp.get("tls"), "starttls")),
            )
        if webhook is not None and webhook.is_map:
            timeout = self.duration(webhook.get("timeout"), elapsed=True)
            url, headers = webhook.get("url"), webhook.get("headers")
            self.refuse_secrets(headers)
            return Webhook(
                self.text(url),
                (url or webhook).span,
                secret=self.secret(webhook.get("secret")),
                timeout=timeout.elapsed if timeout is not None else 10 * SECOND,
                headers={
                    key: value
                    for key, field in (headers.fields.items() if headers is not None else ())
                    if (value := self.secret(field) or self.text(field))
                },
            )
        if file is not None and file.is_map:
            path = file.get("path")
            return FileDrop(self.text(path), (path or file).span)
        return None

    def refuse_secrets(self, headers: Node | None) -> None:
        """Reports headers that authorize and are written out; the finding does not cite them."""
        if headers is None:
            return
        for name, node in headers.fields.items():
            if node.text and _AUTHORIZES.search(name):
                self.findings.append(Diagnostic("SCH009", (
                    f"the header '{name}' is written in clear text, visible to everybody who can read the "
                    "project"
                ), headers.key(name).span,
                                             hint=(
                                                 f"put it into an environment variable, write '{name}: "
                                                 f"{{env: NAME}}', and change the secret, because it is no "
                                                 "longer secret"
                                             )))  # fmt: skip

    def secret(self, node: Node | None) -> FromEnvironment | None:
        variable = node.get("env") if node is not None and node.is_map else None
        return FromEnvironment(variable.text, variable.span) if variable is not None and variable.text else None

    def address(self, node: Node | None) -> str:
        """`Name <local@domain>`, or the address alone."""
        text = self.text(node)
        if node is None or not text:
            return text
        try:
            Address(addr_spec=parseaddr(text)[1])
        except ValueError:
            if text.count("@") == 1:  # the schema reports any other
                self.report("SCH005", f"'{text}' is not an e-mail address", node,
                            'write crm@example.com, or "Shop <crm@example.com>"')  # fmt: skip
        return text

    def unsubscribe(self, node: Node | None, channel: str) -> str:
        text = self.text(node)
        for match in PLACEHOLDER.finditer(text):
            if node is not None and match[1] not in UNSUBSCRIBE_NAMES:
                span = node.at(node.text.find(match[1]), len(match[1])) if match[1] else node.span
                message = f"'unsubscribe' of channel '{channel}' cannot use '{match[1]}'"
                hint = did_you_mean(match[1], UNSUBSCRIBE_NAMES, "it can use")
                self.findings.append(Diagnostic("REF004", message, span, hint=hint))
        return text
