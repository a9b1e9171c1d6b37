"""delivery.yaml: its model, and the mistakes that are not of its shape."""

from __future__ import annotations

import pytest

from scenario_cli.language.files import Memory
from scenario_cli.language.project import Loaded, load_files
from scenario_cli.model.delivery import ChannelDelivery, FileDrop, Smtp, Webhook
from scenario_cli.model.waits import SECOND

PROJECT = "project: shop\ntimezone: Europe/Paris\nchannels: {email: {}, push: {}, sms: {}}\n"
MAIL = "channels:\n  email:\n    smtp: {host: smtp.example.com}\n    from: crm@example.com\n"


def loaded(delivery: str) -> Loaded:
    return load_files(Memory({"project.yaml": PROJECT.encode(), "delivery.yaml": delivery.encode()}))


def channel(delivery: str) -> ChannelDelivery:
    read = loaded(delivery).project.delivery
    assert read is not None
    (built,) = read.channels.values()
    return built


def test_a_project_without_the_file_has_no_delivery() -> None:
    assert load_files(Memory({"project.yaml": PROJECT.encode()})).project.delivery is None


def test_mail_is_encrypted_by_default() -> None:
    mail = channel(MAIL)
    assert isinstance(mail.by, Smtp)
    assert (mail.by.tls, mail.by.usual_port, mail.spacing, mail.on_uncertain) == ("starttls", 587, 0, "skip")


@pytest.mark.parametrize(("tls", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_each_kind_of_encryption_has_its_usual_port(tls: str, port: int) -> None:
    mail = channel(MAIL.replace("example.com}", f"example.com, tls: {tls}}}")).by
    assert isinstance(mail, Smtp)
    assert mail.usual_port == port


def test_a_webhook_keeps_the_names_of_its_secrets() -> None:
    text = "channels: {push: {webhook: {url: 'https://a.example/', secret: {env: KEY}, timeout: 3s, headers: {X-A: b, Authorization: {env: AUTH}}}, rate: 20/s}}\n"  # noqa: E501
    push = channel(text)
    assert isinstance(push.by, Webhook)
    assert push.by.secret is not None
    assert (push.by.secret.name, push.by.timeout, push.spacing) == ("KEY", 3 * SECOND, 50_000)
    assert push.by.headers["X-A"] == "b"


def test_a_file_keeps_its_path_as_it_is_written() -> None:
    by = channel("channels: {sms: {file: {path: 'out/sms-{date}.csv'}}}\n").by
    assert isinstance(by, FileDrop)
    assert by.path == "out/sms-{date}.csv"


@pytest.mark.parametrize(
    ("written", "code", "message", "line", "hint"),
    [
        ("channels: {mail: {file: {path: a.csv}}}\n", "REF003", "unknown channel 'mail'", 1, "did you mean 'email'?"),
        (MAIL + "    unsubscribe: https://a.example/{{ contact.emial }}\n", "REF004",
         "'unsubscribe' of channel 'email' cannot use 'contact.emial'", 5, "it can use"),
        (MAIL.replace("crm@", "a b@"), "SCH005", (
            "'a b@example.com' is not an "
            "e-mail address"
        ), 4, "write crm@example.com"),
        ("channels:\n  push:\n    webhook: {url: 'https://a.example/', timeout: 1mo}\n", "TIME001",
         "'1mo' counts months or years", 3, "write it in days"),
        ("channels:\n  push:\n    webhook:\n      url: https://a.example/\n      headers: {Authorization: Bearer 7}\n",
         "SCH009", "the header 'Authorization' is written in clear text", 5, "put it into an environment variable"),
    ],
)  # fmt: skip
def test_a_fault_is_reported_at_its_place(written: str, code: str, message: str, line: int, hint: str) -> None:
    (finding,) = [finding for finding in loaded(written).findings if finding.severity == "error"]
    assert finding.code == code
    assert message in finding.message
    assert finding.span.line == line
    assert hint in (finding.hint or "")


def test_a_secret_in_clear_text_is_not_cited() -> None:
    written = "channels: {push: {webhook: {url: 'https://a.example/', secret: whsec_hunter2}}}\n"
    (finding,) = [finding for finding in loaded(written).findings if finding.severity == "error"]
    assert finding.code == "SCH009"
    assert "hunter2" not in f"{finding.message} {finding.hint}"
