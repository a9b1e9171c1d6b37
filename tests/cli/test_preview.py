"""`scenario preview`: every message of a scenario as its recipients see it, for an invented contact or one of a log."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from scenario_cli.cli.main import run
from scenario_cli.language.project import Loaded, load_project
from scenario_cli.shipped import shipped
from tests.sample.shop import small_shop

SCENARIO = """\
scenario: reminders
trigger: {schedule: at 09:00 on mon}
audience: contact.country == 'ZZ'
on:
  cancelled: {to: sorry}
when: {contact.email is none: by_phone}
states:
  ask:
    send: {email: {template: hello, if: contact.country == 'ZZ', with: {what: an appointment}}}
    after:
      - {wait: 1d before date contact.renewal, if: contact.country == 'ZZ', if_past: never, if_missing: now, to: halves}
  halves: {split: {left: 1, right: 1}}
  left: {send: {push: hello}, choose: {contact.country == 'ZZ': last, else: {end: no}}}
  right: {end: over}
  last:
    set: {note: =contact.first_name}
    send: {first_of: [{sms: hello}, {letter: hello}]}
    end: over
  sorry: {set: {why: =event.reason}, send: {email: sorry}, end: cancelled}
  by_phone: {send: {sms: missing_value}, end: called}
"""

PLAN = """\
profile:
  {email: string, first_name: {type: string, examples: [Lou]}, country: string, renewal: date, timezone: string,
   locale: string}
events:
  cancelled: {properties: {reason: {type: string, enum: [too dear, other]}}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "templates").mkdir(parents=True)
    (folder / "project.yaml").write_text(
        "project: shop\ntitle: The Shop\ntimezone: Europe/Paris\nchannels:\n  email: {address: contact.email}\n"
        "  push: {title_max: 5}\n  sms: {max_length: 20}\n  letter: {}\n"
    )
    (folder / "events.yaml").write_text(PLAN)
    (folder / "reminders.yaml").write_text(SCENARIO)
    for name, text in {
        "hello.email": '---\nsubject: "For {{ contact.first_name }}"\n---\n<p>{{ what }}, it\'s <b>"you"</b></p>',
        "hello.email.fr": '---\nsubject: "Pour {{ contact.first_name }}"\n---\n<p>en {{ contact.locale }}</p>',
        "hello.push": "---\ntitle: \"{{ 'Hello you' if trigger else 'Hi' }}\"\n---\nHi",
        "hello.sms": "{{ note }}, ça va",
        "hello.letter": "A letter",
        "sorry.email": "---\nsubject: Sorry\n---\n{{ why }}",
        "missing_value.sms": "{{ '%d' | format(contact.email) }}",
    }.items():
        (folder / "templates" / f"{name}.j2").write_text(text)
    return folder


@pytest.fixture
def say(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.setenv("COLUMNS", "80")

    def call(target: str, *arguments: str, code: int = 0) -> str:
        capsys.readouterr()
        assert run(["preview", target, "--project", str(project), *arguments]) == code
        output = capsys.readouterr()
        return output.err if code else output.out

    return call


# The scenarios of the project by the names of their files, without reading the project.
LIBRARY = [
    file.stem for file in sorted(shipped("scenarios").glob("*.yaml")) if "\nscenario: " in file.read_text("utf-8")
]


def test_the_list_of_the_shipped_scenarios_is_that_of_the_project(library: Loaded) -> None:
    assert sorted(library.project.scenarios) == LIBRARY


@pytest.fixture(scope="module")
def library() -> Loaded:
    return load_project(shipped("scenarios"))


@pytest.mark.parametrize("name", LIBRARY)
def test_every_message_of_the_shipped_scenarios_can_be_looked_at(
    name: str, library: Loaded, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = library.project
    monkeypatch.setattr("scenario_cli.language.project.load_project", lambda *_, **__: library)  # read once for all
    assert run(["preview", name, *SHIPPED]) == 0
    out = capsys.readouterr().out
    assert not re.findall(r"^(?:not asked for|would not leave|cannot be rendered): .*", out, re.MULTILINE)
    expected = Counter(
        (state.name, message.channel.text, message.template.text, template.locale or "")
        for state in model.scenarios[name].states.values()
        for message in state.messages
        for template in model.templates
        if (template.name, template.channel) == (message.template.text, message.channel.text)
    )
    assert {locale for *_, locale in expected} == {"", "fr"}
    assert Counter(re.findall(r"^── (\S+)  (\S+) (\S+)(?:  (\S+))? ─", out, re.MULTILINE)) == expected


def test_a_language_without_templates_gets_a_note(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["preview", "welcome:code", "--locale", "xx", *SHIPPED]) == 0
    assert "no template is in 'xx' (there is: en" in capsys.readouterr().err
    assert run(["preview", "welcome:code", "--locale", "en-GB", *SHIPPED]) == 0
    assert capsys.readouterr().err == ""


def test_a_sample_contact_passes_every_state(say: Callable[..., str]) -> None:
    out = say("reminders")
    shown = re.findall(r"^── (.*?) ─", out, re.MULTILINE)
    assert shown == [
        "ask  email hello", "ask  email hello  fr", "left  push hello", "last  sms hello", "last  letter hello",
        "sorry  email sorry", "by_phone  sms missing_value",
    ]  # fmt: skip
    assert "subject: For Lou\n" in out
    assert 'an appointment, it\'s "you"' in out  # values of the scenario in the template
    assert "en fr\n" in out  # the version in another language
    assert "if contact.country == 'ZZ'" in out  # the condition of the message
    assert "too dear" in out  # captured from an event on the path, with the first value that the plan allows
    assert "choice 1 of 2" in out


def test_lengths_are_held_against_the_channel(say: Callable[..., str]) -> None:
    assert "title 9 of 5 characters, 4 too many\n" in say("reminders:left")
    text = " ".join(say("reminders:last").split())
    assert "text 10 of 20 characters · 1 segment (UCS-2, 10 of 70 units), because ç is not in GSM-7 ──" in text


def test_one_locale_is_what_a_contact_of_it_gets(say: Callable[..., str]) -> None:
    assert "Pour Lou" in say("reminders:ask", "--locale", "fr-BE")
    assert "For Lou" not in say("reminders:ask", "--locale", "fr-BE")
    assert "Pour Lou" not in say("reminders:ask", "--locale", "de")


@pytest.mark.parametrize(
    ("target", "arguments", "expected"),
    [
        ("reminder", (), "did you mean 'reminders'?"),
        ("reminders:asks", (), "has no state 'asks'\n  did you mean 'ask'?"),
        ("reminders:halves", (), "state 'halves' sends nothing"),
        ("reminders", ("--format", "pdf"), "--format cannot be 'pdf'"),
        ("reminders", ("--events", "log.csv"), "--events needs an event log\n  name the contact"),
        ("reminders", ("--contacts-map", "a=b"), "--contacts-map needs an event log"),
        ("reminders", ("--show-data",), "--show-data needs an event log"),
        ("reminders", ("--source", "segment"), "--source needs an event log"),
        ("reminders", ("--contact", "bo"), "no event export is given"),
    ],
)
def test_a_preview_that_cannot_be_shown_is_an_error(
    target: str, arguments: tuple[str, ...], expected: str, say: Callable[..., str]
) -> None:
    assert expected in say(target, *arguments, code=2)


def test_a_page_has_no_scripts_and_no_links(project: Path, say: Callable[..., str]) -> None:
    evil = "</iframe>\"'><script>alert(1)</script>"
    (project / "templates" / "hello.email.j2").write_text(f"---\nsubject: A & B\n---\n<head></head>{evil}")
    (project / "templates" / "hello.push.j2").write_text(
        f"---\ntitle: \"{{{{ '<b>x</b>' if trigger else 'x' }}}}\"\n---\n{evil}"
    )
    page = say("reminders", "--format", "html")
    assert "<script" not in page
    assert page.count("<iframe ") == page.count("<iframe sandbox title=") == page.count("</iframe>") == 6
    assert page.count("<template ") == page.count("</template>") == 3
    assert "default-src 'none'" in page
    assert "&lt;head&gt;&lt;base target=&#34;_blank&#34;&gt;" in page
    assert "<b>&lt;b&gt;x&lt;/b&gt;</b>" in page
    assert "The Shop" in page
    assert "Cannot be rendered: " in page  # a message that fails does not hide the others


SHIPPED = ("--project", str(shipped("scenarios")))


@pytest.fixture(scope="module")
def of_one_contact(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Some of the shipped scenarios with the log of one contact."""
    folder = small_shop(tmp_path_factory.mktemp("one") / "scenarios", belongs={"c0104"}.__contains__)
    return "--project", str(folder)


def test_a_preview_of_a_contact_shows_its_messages_in_the_log(
    of_one_contact: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["preview", "cart_abandonment", *of_one_contact, "--contact", "c0104", "--until", "2024-09-01"]) == 0
    out = capsys.readouterr().out
    assert "for contact c0104" in out
    assert "Ava, your basket is still here" in out
    assert "would be dropped: no_consent" in out
    assert "Round mirror" in out


@pytest.mark.parametrize(
    ("contact", "until", "expected"),
    [("c9999", "2025-01-01", "contact 'c9999' is not in the log"), ("c0104", "2024-02-01", "sent nothing for")],
)
def test_a_contact_without_messages_gets_a_note(
    contact: str, until: str, expected: str, of_one_contact: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["preview", "cart_abandonment", *of_one_contact, "--contact", contact, "--until", until]) == 2
    assert expected in capsys.readouterr().err


@pytest.fixture
def tested(project: Path) -> Path:
    (project / "tests").mkdir()
    (project / "tests" / "reminders.test.yaml").write_text("""\
scenario: reminders
cases:
  - name: who cancels hears why
    contact: {id: kim, email: kim@example.com, first_name: Kim, country: ZZ, locale: fr, timezone: Europe/Paris}
    timeline: [{at: 2025-03-10 10:00, event: cancelled, reason: other}]
    expect: {outcome: cancelled}
  - name: who cancels late
    contact: {id: lee, email: lee@example.com, country: ZZ}
    timeline: [{at: 2025-03-11 10:00, event: cancelled, reason: other}]
    expect: {outcome: cancelled}
""")
    text = SCENARIO.replace("{schedule: at 09:00 on mon}", "{event: cancelled}")
    (project / "reminders.yaml").write_text(text)
    return project


def test_the_contact_of_a_test_case_is_shown_what_it_got(tested: Path, say: Callable[..., str]) -> None:
    out = say("reminders", "--case", "hears why")
    assert "for test case 'who cancels hears why'\n" in out
    assert "to kim@example.com, 2025-03-10 10:00+01:00" in out
    assert out.index("Pour Kim") < out.index("For Kim")  # the contact's own language is first
    assert "not sent: sorry, by_phone" in out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--case", "who cancels"), "2 test cases have 'who cancels' in their name"),
        (("--case", "who buys"), "no test case has 'who buys' in its name"),
        (("--case", "late", "--contact", "lee"), "--contact and --case cannot be combined"),
        (("--case", "late", "--until", "2025-04-01"), "--until needs an event log"),
    ],
)
def test_one_test_case_is_wanted(
    arguments: tuple[str, ...], expected: str, tested: Path, say: Callable[..., str]
) -> None:
    assert expected in say("reminders", *arguments, code=2)


@pytest.fixture
def logged(tested: Path) -> tuple[str, ...]:
    """A log with one contact, whose data are also in the texts of her messages."""
    templates = tested / "templates"
    (templates / "sorry.email.j2").write_text("---\nsubject: For {{ contact.email }}\n---\n<p>{{ why }}</p>")
    (templates / "missing_value.sms.j2").write_text("Call us")
    plan = PLAN.replace("email: string", "email: string, phone: string")
    (tested / "events.yaml").write_text(plan)
    project = (tested / "project.yaml").read_text()
    (tested / "project.yaml").write_text(project.replace("sms: {", "sms: {address: contact.phone, "))
    log, contacts = tested / "log.csv", tested / "contacts.csv"
    rows = [f"kim@example.com,cancelled,2025-03-10 {hour}:00,ring +33612345678\n" for hour in (10, 11)]
    log.write_text("".join(["contact_id,event,timestamp,reason\n", *rows]))
    contacts.write_text(
        "contact_id,email,phone,country,renewal\nkim@example.com,kim@example.com,33612345678,ZZ,2025-06-01\n"
    )
    return "--contact", "kim@example.com", "--events", str(log), "--contacts", str(contacts)


@pytest.mark.parametrize("format_", ["text", "html"])
def test_a_contact_of_a_log_stays_unreadable_unless_asked_for(
    format_: str, logged: tuple[str, ...], say: Callable[..., str]
) -> None:
    masked_texts = ("for contact k***@example.com", "to k***@example.com", "For k***@example.com", "ring +336******78")
    masked = say("reminders", *logged, "--format", format_)
    assert [text for text in masked_texts if text not in masked] == []
    assert "kim@example.com" not in masked
    assert "33612345678" not in masked
    shown = say("reminders", *logged, "--format", format_, "--show-data")
    assert "to kim@example.com" in shown
    assert "ring +33612345678" in shown
    length = f"subject {len('For kim@example.com')} characters"
    assert length in masked  # the length of the message as it is sent
    assert length in shown


def test_the_number_of_a_telephone_is_masked_without_its_plus_too(
    tested: Path, logged: tuple[str, ...], say: Callable[..., str]
) -> None:
    text = (tested / "reminders.yaml").read_text()
    (tested / "reminders.yaml").write_text(text.replace("contact.email is none", "contact.email is not none"))
    assert "to 336******78, " in say("reminders:by_phone", *logged)


def test_a_log_is_read_as_by_other_commands(tested: Path, say: Callable[..., str]) -> None:
    log = tested / "log.jsonl"
    text = (tested / "reminders.yaml").read_text()
    (tested / "reminders.yaml").write_text(text.replace("audience: contact.country == 'ZZ'\n", ""))
    log.write_text(
        '{"anonymousId": "a1", "event": "cancelled", "timestamp": "2025-03-10T10:00:00Z", "type": "track"}\n'
        '{"anonymousId": "a1", "userId": "lee", "timestamp": "2025-03-10T11:00:00Z", "type": "identify",'
        ' "traits": {"email": "lee@example.com"}}\n'
    )
    arguments = ("reminders", "--contact", "lee", "--events", str(log), "--source", "segment")
    assert "contact 'lee' is not in the log" in say(*arguments, code=2)
    assert "by_phone  sms missing_value" in say(*arguments, "--identity", "backward")
