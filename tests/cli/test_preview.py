"""`scenario preview`: every message of a scenario as its readers see it, for somebody made up or of a log."""

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

    def call(what: str, *arguments: str, code: int = 0) -> str:
        capsys.readouterr()
        assert run(["preview", what, "--project", str(project), *arguments]) == code
        said = capsys.readouterr()
        return said.err if code else said.out

    return call


# As the project names them, without reading it whole: a file for each.
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
    wanted = Counter(
        (state.name, said.channel.text, said.template.text, template.locale or "")
        for state in model.scenarios[name].states.values()
        for said in state.messages
        for template in model.templates
        if (template.name, template.channel) == (said.template.text, said.channel.text)
    )
    assert {locale for *_, locale in wanted} == {"", "fr"}
    assert Counter(re.findall(r"^── (\S+)  (\S+) (\S+)(?:  (\S+))? ─", out, re.MULTILINE)) == wanted


def test_a_language_in_which_nothing_is_written_is_said_to_be_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["preview", "welcome:code", "--locale", "xx", *SHIPPED]) == 0
    assert "no template is in 'xx' (there is: en" in capsys.readouterr().err
    assert run(["preview", "welcome:code", "--locale", "en-GB", *SHIPPED]) == 0
    assert capsys.readouterr().err == ""


def test_somebody_made_up_passes_every_state_whatever_leads_there(say: Callable[..., str]) -> None:
    out = say("reminders")
    shown = re.findall(r"^── (.*?) ─", out, re.MULTILINE)
    assert shown == [
        "ask  email hello", "ask  email hello  fr", "left  push hello", "last  sms hello", "last  letter hello",
        "sorry  email sorry", "by_phone  sms missing_value",
    ]  # fmt: skip
    assert "subject: For Lou\n" in out
    assert 'an appointment, it\'s "you"' in out  # the values that the scenario gives the template
    assert "en fr\n" in out  # in another language for somebody who reads that language
    assert "if contact.country == 'ZZ'" in out  # under which condition it would be sent
    assert "too dear" in out  # captured from an event on the way, with the value that the plan allows first
    assert "choice 1 of 2" in out


def test_lengths_are_held_against_the_channel(say: Callable[..., str]) -> None:
    assert "title 9 of 5 characters, 4 too many\n" in say("reminders:left")
    said = " ".join(say("reminders:last").split())
    assert "text 10 of 20 characters · 1 segment (UCS-2, 10 of 70 units), because ç is not in GSM-7 ──" in said


def test_one_locale_is_what_a_contact_of_it_gets(say: Callable[..., str]) -> None:
    assert "Pour Lou" in say("reminders:ask", "--locale", "fr-BE")
    assert "For Lou" not in say("reminders:ask", "--locale", "fr-BE")
    assert "Pour Lou" not in say("reminders:ask", "--locale", "de")


@pytest.mark.parametrize(
    ("what", "arguments", "said"),
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
def test_what_cannot_be_shown_is_said(
    what: str, arguments: tuple[str, ...], said: str, say: Callable[..., str]
) -> None:
    assert said in say(what, *arguments, code=2)


def test_a_page_runs_nothing_and_leads_nowhere(project: Path, say: Callable[..., str]) -> None:
    evil = "</iframe>\"'><script>alert(1)</script>"
    (project / "templates" / "hello.email.j2").write_text(f"---\nsubject: A & B\n---\n<head></head>{evil}")
    (project / "templates" / "hello.push.j2").write_text(
        f"---\ntitle: \"{{{{ '<b>x</b>' if trigger else 'x' }}}}\"\n---\n{evil}"
    )
    page = say("reminders", "--format", "html")
    assert "<script" not in page
    assert page.count("<iframe ") == page.count("<iframe sandbox title=") == page.count("</iframe>") == 6
    assert "default-src 'none'" in page
    assert "&lt;head&gt;&lt;base target=&#34;_blank&#34;&gt;" in page
    assert "<b>&lt;b&gt;x&lt;/b&gt;</b>" in page
    assert "The Shop" in page
    assert "Cannot be rendered: " in page  # one message that fails hides no other


SHIPPED = ("--project", str(shipped("scenarios")))


@pytest.fixture(scope="module")
def of_one_contact(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Some of the shipped scenarios with the log of one contact."""
    folder = small_shop(tmp_path_factory.mktemp("one") / "scenarios", belongs={"c0104"}.__contains__)
    return "--project", str(folder)


def test_a_contact_of_a_log_is_shown_what_was_asked_for_then(
    of_one_contact: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["preview", "cart_abandonment", *of_one_contact, "--contact", "c0104", "--until", "2024-09-01"]) == 0
    out = capsys.readouterr().out
    assert "for contact c0104" in out
    assert "Ava, your basket is still here" in out
    assert "would be dropped: no_consent" in out
    assert "Round mirror" in out


@pytest.mark.parametrize(
    ("contact", "until", "said"),
    [("c9999", "2025-01-01", "contact 'c9999' is not in the log"), ("c0104", "2024-02-01", "sent nothing for")],
)
def test_a_contact_without_messages_is_said(
    contact: str, until: str, said: str, of_one_contact: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["preview", "cart_abandonment", *of_one_contact, "--contact", contact, "--until", until]) == 2
    assert said in capsys.readouterr().err


KINDS = {
    "project.yaml": "project: kinds\ntimezone: Europe/Paris\nchannels: {email: {address: contact.email}}\n"
    "tables: {products: {file: products.csv, key: sku}}\n",
    "products.csv": "sku,name\nA1,Lamp\n",
    "metrics.yaml": "metrics: {orders: {count: bought}}\nsegments: {vip: metric.orders > 3}\n",
    "events.yaml": """\
profile: {email: string, renewal: date, tier: string}
events:
  bought:
    properties: {lines: {type: array, items: {type: object, properties: {sku: {type: string, examples: [A1]}}}}}
  imported: {}
  price_changed: {broadcast: true, properties: {price: number}}
""",
    "other.yaml": "scenario: other\ntrigger: {event: imported}\nstates: {a: {end: over}}\n",
}


@pytest.mark.parametrize(
    ("trigger", "event", "orders"),
    [
        ("{event: bought, where: event.lines | length > 9}", "bought", 1),
        ("{absence: imported, for: 3d, since: bought}", "bought", 1),
        ("{schedule: at 09:00 on mon}", "schedule", 0),
        ("{at: 2025-11-28 08:00}", "moment", 0),
        ("{date: contact.renewal, offset: -3d, every: year}", "date", 0),
        ("{segment: vip}", "segment", 0),
        ("{attribute: tier}", "attribute", 0),
        ("{scenario: other}", "journey.ended", 0),
        ("{event: bought, each: event.lines}", "bought", 1),
        ("{event: price_changed}", "price_changed", 0),
    ],
)
def test_messages_of_every_kind_of_trigger_can_be_looked_at(
    trigger: str, event: str, orders: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    item = "{{ item.sku }}" if "each" in trigger else ""
    files = KINDS | {
        "one.yaml": f"scenario: one\ntrigger: {trigger}\nstates:\n"
        "  a: {send: {email: first}, on: {bought: {collect: basket}, imported: b}}\n"
        "  b: {update: {tier: gold}, send: {email: second}, end: done}\n",
        "templates/first.email.j2": f"{{{{ trigger.event }}}} {{{{ metric.orders }}}} {item}",
        "templates/second.email.j2": "{{ basket | length }} {{ contact.tier }} {{ lookup('products', 'A1').name }}",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert run(["preview", "one", "--project", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert f"\n{event} {orders}{' A1' if item else ''}\n" in out
    assert "\n1 gold Lamp\n" in out


@pytest.mark.parametrize(
    ("trigger", "instant"),
    [
        ("{schedule: at 09:15 on fri}", "2025-03-07 09:15+01:00"),
        ("{schedule: cron 30 8 5 * *}", "2025-03-05 08:30+01:00"),
        ("{at: 2025-11-28 08:00}", "2025-11-28 08:00+01:00"),
        ("{date: contact.renewal, offset: -3d, at: '07:30'}", "2025-03-11 07:30+01:00"),
        ("{date: contact.renewal}", "2025-03-14 00:00+01:00"),
        ("{date: contact.renewal, offset: -1mo, at: '09:00', every: year}", "2026-02-14 09:00+01:00"),
        ("{absence: imported, for: 3d at 18:00, since: bought}", "2025-03-06 18:00+01:00"),
        ("{event: bought}", "2025-03-03 10:00+01:00"),
    ],
)
def test_a_message_is_shown_at_an_instant_that_the_trigger_allows(
    trigger: str, instant: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = KINDS | {
        "one.yaml": f"scenario: one\ntrigger: {trigger}\nstates:\n"
        "  a: {send: {email: first}, after: [{wait: 2d before date contact.renewal at 11:45 on sat,\n"
        "    if_past: now, if_missing: now, to: b}]}\n"
        "  b: {send: {email: second}, end: done}\n",
        "templates/first.email.j2": "{{ now }}" if "bought" in trigger else "{{ trigger.at }}",
        "templates/second.email.j2": "{{ now.weekday }} {{ now.hour }}:{{ now.minute }}",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert run(["preview", "one", "--project", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert f", {instant}, marketing\n" in out
    assert f"\n{instant[:-6]}\n" in out  # what the template reads of the trigger agrees
    assert "\nsat 11:45\n" in out


@pytest.mark.parametrize(
    ("wait", "instant"),
    [
        ("wait: date contact.renewal", "2025-03-14 00:00"),
        ("wait: 2d before date contact.renewal at 08:15", "2025-03-12 08:15"),
        ("wait: 1mo after date contact.renewal", "2025-04-14 00:00"),
        ("wait: date contact.renewal, at: contact.hour", "2025-03-14 09:30"),
        ("wait: 3d, at: contact.hour", "2025-03-06 09:30"),
        ("wait: 3d, since: journey.entered_at", "2025-03-06 10:00"),
        ("for: contact.tier", "2025-03-05 10:00"),
        # No such date lies ahead: a day later, at that time of day.
        ("wait: date contact.past, at: contact.hour", "2025-03-04 09:30"),
        ("wait: date contact.ever at 11:00", "2025-03-04 11:00"),
        ("wait: 3d, at: contact.past", "2025-03-04 10:00"),
    ],
)
def test_a_wait_for_a_value_from_data_is_over_when_the_sample_says(
    wait: str, instant: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fallback = "" if "since" in wait else ", if_past: b, if_missing: b"
    plan = """profile:
  email: string
  renewal: date
  past: {type: date, examples: [2024-01-01]}
  ever: {type: date, examples: [9999-12-31]}
  hour: {type: string, examples: ["09:30"]}
  tier: {type: string, examples: ["2d"]}
events: {bought: {}}
"""
    files = {
        "project.yaml": "project: waits\ntimezone: Europe/Paris\nchannels: {email: {address: contact.email}}\n",
        "events.yaml": plan,
        "one.yaml": "scenario: one\ntrigger: {event: bought}\nstates:\n"
        f"  a: {{after: [{{{wait}{fallback}, to: b}}]}}\n  b: {{send: {{email: second}}, end: done}}\n",
        "templates/second.email.j2": "{{ now }}",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert run(["preview", "one", "--project", str(tmp_path)]) == 0
    assert f"\n{instant}\n" in capsys.readouterr().out


def test_what_an_event_leads_to_is_shown_where_it_may_stay_too_and_behind_a_wait_by_cron(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = KINDS | {
        "one.yaml": """\
scenario: one
trigger: {event: imported}
on:
  bought: {where: metric.orders > 3, set: {latest: =event}, to: b}
states:
  a:
    on: {bought: {update: {tier: gold}, collect: basket}}
    after: {9d: {end: over}}
  b:
    send: {email: first}
    after: {cron 0 10 5 * *: c}
  c: {send: {email: second}, end: done}
""",
        "templates/first.email.j2": "{{ basket | length }} {{ contact.tier }} {{ latest.lines | length }}",
        "templates/second.email.j2": "A month later",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert run(["preview", "one", "--project", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "\n1 gold 1\n" in out
    assert re.search(r", 2025-03-05 10:00\+01:00, marketing\n+A month later\n", out)


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
    assert out.index("Pour Kim") < out.index("For Kim")  # the contact's own language first
    assert "not sent: sorry, by_phone" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--case", "who cancels"), "2 test cases have 'who cancels' in their name"),
        (("--case", "who buys"), "no test case has 'who buys' in its name"),
        (("--case", "late", "--contact", "lee"), "--contact and --case cannot be combined"),
        (("--case", "late", "--until", "2025-04-01"), "--until needs an event log"),
    ],
)
def test_one_test_case_is_wanted(arguments: tuple[str, ...], said: str, tested: Path, say: Callable[..., str]) -> None:
    assert said in say("reminders", *arguments, code=2)


@pytest.fixture
def logged(tested: Path) -> tuple[str, ...]:
    """A log with one contact, whose data stand in the texts of her messages too."""
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
    told = ("for contact k***@example.com", "to k***@example.com", "For k***@example.com", "ring +336******78")
    masked = say("reminders", *logged, "--format", format_)
    assert [one for one in told if one not in masked] == []
    assert "kim@example.com" not in masked
    assert "33612345678" not in masked
    shown = say("reminders", *logged, "--format", format_, "--show-data")
    assert "to kim@example.com" in shown
    assert "ring +33612345678" in shown
    length = f"subject {len('For kim@example.com')} characters"
    assert length in masked  # of the message as it leaves
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
    asked = ("reminders", "--contact", "lee", "--events", str(log), "--source", "segment")
    assert "contact 'lee' is not in the log" in say(*asked, code=2)
    assert "by_phone  sms missing_value" in say(*asked, "--identity", "backward")
