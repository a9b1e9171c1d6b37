"""The channels of delivery.yaml made ready: senders with their secrets from the environment. Sends nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from scenario_cli.hosts.deliver.lanes import Lane
from scenario_cli.hosts.deliver.outcomes import Sender
from scenario_cli.hosts.deliver.smtp import Login, SmtpSender
from scenario_cli.hosts.deliver.webhook import WebhookSender, key_of
from scenario_cli.hosts.store.errors import StoreError
from scenario_cli.model.delivery import ChannelDelivery, Delivery, FileDrop, FromEnvironment, Smtp, Webhook
from scenario_cli.model.inside import ALLOW_OUTSIDE, leads_out


class _Unusable(Exception):
    """A channel that cannot be used; the text is the reason."""


def lanes_of(
    delivery: Delivery,
    root: Path,
    environment: Mapping[str, str],
    only: Collection[str] = (),
    rehearsal: str | None = None,
    allow_outside: bool = False,
) -> list[Lane]:
    """A lane for each channel, or for the named ones. A channel that cannot be used is closed, with the reason."""
    lanes: list[Lane] = []
    for channel in delivery.channels.values():
        if only and channel.name not in only:
            continue
        try:
            _check_path(channel, root, allow_outside)
            lanes.append(Lane(channel, _sender(channel, environment, rehearsal)))
        except _Unusable as error:
            lanes.append(Lane(channel, None, unusable=str(error)))
        except StoreError as error:
            lanes.append(Lane(channel, None, unusable=f"{error.message}; {error.hint}"))
    return lanes


def _sender(channel: ChannelDelivery, environment: Mapping[str, str], rehearsal: str | None) -> Sender | None:
    by = channel.by
    if isinstance(by, Smtp):
        login = None
        if by.user is not None and by.password is not None:
            login = Login(_value(by.user, environment), _value(by.password, environment))
        return SmtpSender(channel, login, rehearsal)
    if isinstance(by, Webhook):
        key = key_of(_value(by.secret, environment), by.secret.name) if by.secret is not None else None
        headers = {
            name: _header(name, _value(value, environment) if isinstance(value, FromEnvironment) else value)
            for name, value in by.headers.items()
        }
        return WebhookSender(channel, key, headers)
    return None


def _value(secret: FromEnvironment, environment: Mapping[str, str]) -> str:
    value = environment.get(secret.name, "")
    if not value:
        raise _Unusable(f"the environment variable {secret.name} is not set")
    return value


def _header(name: str, value: str) -> str:
    if not value.isprintable() or not value.isascii():
        raise _Unusable(f"the header {name} must be printable ASCII on one line")
    return value


def _check_path(channel: ChannelDelivery, root: Path, allow_outside: bool) -> None:
    by = channel.by
    if not isinstance(by, FileDrop):
        return
    path = root / by.path
    if leads_out(path, root) and not allow_outside:
        raise _Unusable(
            f"'{by.path}' is outside the project's folder, or hidden; if you trust the project, allow it "
            f"with {ALLOW_OUTSIDE}=1"
        )
    if not path.parent.is_dir():
        raise _Unusable(f"folder {path.parent} does not exist: create it first")
