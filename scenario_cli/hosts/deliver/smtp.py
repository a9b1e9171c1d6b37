"""Hands mail to a mail server, one message after another on one connection."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import time
from typing import NamedTuple

from scenario_cli.hosts.deliver.mail import Mail, NoMail, mail_of
from scenario_cli.hosts.deliver.outcomes import (
    Closed,
    Handed,
    Later,
    Outcome,
    Outgoing,
    Refused,
    Uncertain,
    answer_text,
    reason_of,
)
from scenario_cli.model.delivery import ChannelDelivery, Smtp

TIMEOUT = 30.0  # seconds for each answer
_IDLE = 5.0  # seconds after which a connection is tested before its next use
_TOO_LARGE = 552  # replies about one message, though to MAIL FROM
_CLOSING = 421


class Login(NamedTuple):
    user: str
    password: str


class SmtpSender:
    """A mail server; a `rehearsal` sends everything to that address."""

    def __init__(
        self, channel: ChannelDelivery, login: Login | None, rehearsal: str | None = None, timeout: float = TIMEOUT
    ) -> None:
        assert isinstance(channel.by, Smtp)
        self.channel, self.server = channel, channel.by
        self.login = login
        self.rehearsal = rehearsal
        self.timeout = timeout
        self.connection: smtplib.SMTP | None = None
        self.used = 0.0

    def ready(self) -> Later | Closed | None:
        if self.connection is not None and time.monotonic() - self.used > _IDLE:
            try:
                self.connection.noop()
            except (smtplib.SMTPException, OSError):
                self.close()
        if self.connection is not None:
            return None
        place = f"{self.server.host}:{self.server.usual_port}"
        try:
            self.connection = self._connected()
            self.used = time.monotonic()
            return None
        except smtplib.SMTPNotSupportedError as error:
            hint = (
                " (write 'tls: tls', or 'tls: none' for a server on this machine)" if "STARTTLS" in str(error) else ""
            )
            return Closed(f"{place}: {error}{hint}")
        except smtplib.SMTPResponseException as error:
            answer = f"{place}: {answer_text(error.smtp_code, error.smtp_error)}"
            return Later(answer) if 400 <= error.smtp_code < 500 else Closed(answer)
        except ssl.SSLError as error:
            reason = getattr(error, "verify_message", "") or error.reason or str(error)
            return Closed(f"{place}: no encrypted connection: {reason}")
        except (smtplib.SMTPException, OSError) as error:
            return Later(f"{place}: {reason_of(error)}", answered=False)

    def send(self, row: Outgoing, now: int) -> Outcome:
        assert self.connection is not None
        try:
            mail = mail_of(row, self.channel, now, self.rehearsal)
        except NoMail as error:
            return Refused(f"no mail: {error}")
        self.used = time.monotonic()
        try:
            outcome = self._envelope(self.connection, mail)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            return Later(f"the connection was lost: {reason_of(error)}", answered=False)
        return outcome if outcome is not None else self._content(self.connection, mail)

    def close(self) -> None:
        if self.connection is not None:
            try:
                self.connection.quit()
            except (smtplib.SMTPException, OSError):
                self.connection.close()
            self.connection = None

    def _connected(self) -> smtplib.SMTP:
        server, name = self.server, _own_name()
        connection: smtplib.SMTP
        if server.tls == "tls":
            connection = smtplib.SMTP_SSL(
                server.host, server.usual_port, name, timeout=self.timeout, context=ssl.create_default_context()
            )
        else:
            connection = smtplib.SMTP(server.host, server.usual_port, name, timeout=self.timeout)
        try:
            if server.tls == "starttls":
                connection.starttls(context=ssl.create_default_context())
            connection.ehlo_or_helo_if_needed()
            if self.login is not None:
                connection.login(self.login.user, self.login.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _envelope(self, connection: smtplib.SMTP, mail: Mail) -> Outcome | None:
        """Announces a mail; gives the outcome if the server does not want its content."""
        options = ["SMTPUTF8"] if mail.needs_utf8 else []
        if mail.needs_utf8 and not connection.has_extn("smtputf8"):
            return Refused("the mail server accepts no address with non-ASCII letters before the @")
        code, text = connection.mail(mail.sender, options)
        if code != 250:
            if code == _TOO_LARGE or 400 <= code < 500:
                return self._answered(connection, code, text)
            return Closed(f"the sender {mail.sender} is refused: {answer_text(code, text)}")
        code, text = connection.rcpt(mail.recipient)
        if code not in (250, 251):
            return self._answered(connection, code, text)
        code, text = connection.docmd("DATA")
        return None if code == 354 else self._answered(connection, code, text)

    def _content(self, connection: smtplib.SMTP, mail: Mail) -> Outcome:
        """Sends the content. If the connection breaks after its first byte, the outcome is uncertain."""
        try:
            connection.send(re.sub(rb"(?m)^\.", b"..", mail.content).removesuffix(b"\r\n") + b"\r\n.\r\n")
            code, text = connection.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            return Uncertain(f"the connection was lost before the answer: {reason_of(error)}")
        if code == 250:
            return Handed(answer_text(code, text))
        return self._answered(connection, code, text)

    def _answered(self, connection: smtplib.SMTP, code: int, text: bytes) -> Outcome:
        answer = answer_text(code, text)
        try:
            if code == _CLOSING:
                self.close()
            else:
                connection.rset()
        except (smtplib.SMTPException, OSError):
            self.close()
        return Later(answer) if 400 <= code < 500 else Refused(answer)


def _own_name() -> str:
    """This machine's name for a greeting: looking it up in the network can take seconds."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
