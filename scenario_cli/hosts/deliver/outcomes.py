"""The result of handing a message over, and the interface of a sender. Hands nothing over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

_LONGEST_ANSWER = 300  # characters


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A row of the outbox. `text` is the plan's row as JSON, `values` the same read; instants are in microseconds."""

    id: int
    message_id: str
    channel: str
    send_at: int
    expires_at: int | None
    needs_consent: bool
    text: str
    values: Mapping[str, Any]

    @property
    def is_marketing(self) -> bool:
        return self.needs_consent and self.values.get("purpose") == "marketing"

    @property
    def address(self) -> str:
        return str(self.values.get("address") or "")


@dataclass(frozen=True, slots=True)
class Handed:
    """The receiver has taken the message."""

    answer: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The receiver has refused the message for good."""

    answer: str


@dataclass(frozen=True, slots=True)
class Later:
    """The receiver does not take the message now. `after` are the seconds that it asks for; `answered` is true if it
    replied.
    """

    answer: str
    after: float | None = None
    answered: bool = True


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Nobody knows whether the message was taken."""

    answer: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The channel is closed until somebody repairs it: a wrong password, a certificate, an address."""

    answer: str


Outcome = Handed | Refused | Later | Uncertain | Closed


class Sender(Protocol):
    """Hands messages over one by one."""

    def ready(self) -> Later | Closed | None:
        """Makes the connection if there is none; gives the obstacle, if any."""
        ...

    def send(self, row: Outgoing, now: int) -> Outcome:
        """Hands a message over."""
        ...

    def close(self) -> None: ...


def answer_text(code: int | str, text: bytes | str) -> str:
    """An answer in one line, for the report and the store."""
    reason = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    line = " ".join("".join(character if character.isprintable() else " " for character in f"{code} {reason}").split())
    return line if len(line) <= _LONGEST_ANSWER else line[: _LONGEST_ANSWER - 1] + "…"


def reason_of(error: BaseException) -> str:
    """An error of the network in a few words."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return answer_text("", reason or type(error).__name__)
