"""The documents of findings about templates, states, data of tests, and comments that ignore."""

from __future__ import annotations

from scenario_cli.language.rules.others.document import PROJECT, SENDING, WAITING, document, tested

_NOTE = "templates/note.push.j2"
_NUMBER = "at: 2025-03-03 10:00, event: cart_updated, total: "

MESSAGES = (
    document(
        "MSG002",
        "no-template",
        "a text that is not a valid template",
        "the message cannot be rendered, so nobody receives it",
        "go to the line and column, and follow the hint",
        {"example.yaml": SENDING, _NOTE: "{% if %}\n"},
        {"example.yaml": SENDING, _NOTE: "{% if contact.first_name %}Hello{% endif %}\n"},
    ),
    document(
        "MSG003",
        "template-not-utf-8",
        "a template that is not UTF-8 or cannot be read",
        "contacts would see wrong characters instead of accents",
        "save the file as UTF-8",
        "",
        "",
    ),
    document(
        "MSG004",
        "front-matter",
        "front matter of a template that is not closed, begins below the first line, or is not 'field: text' lines",
        "the message has no subject or title",
        "write one 'field: text' per line between two lines '---'",
        {"example.yaml": SENDING, _NOTE: "---\ntitle: Hello\n"},
        {"example.yaml": SENDING, _NOTE: "---\ntitle: Hello\n---\nHello\n"},
    ),
    document(
        "MSG005",
        "missing-include",
        "an included or extended file that does not exist",
        "the message cannot be rendered, so nobody receives it",
        "write the path from templates/",
        {"example.yaml": SENDING, _NOTE: "{% include 'footer.html' %}\n"},
        {"example.yaml": SENDING, _NOTE: "{% include 'footer.html' %}\n", "templates/footer.html": "Bye\n"},
    ),
    document(
        "MSG006",
        "other-markup",
        (
            "markup of another tool in a template, such as '*|FNAME|*' or '%%FirstName%%', except links that "
            "the sending tool fills in"
        ),
        "the contact sees the markup as it is",
        "write the value between '{{' and '}}'; ignore the finding if the sending tool fills it in",
        {"example.yaml": SENDING, _NOTE: "Hello *|FNAME|*\n"},
        {"example.yaml": SENDING, _NOTE: "Hello {{ contact.first_name | default('you') }}\n"},
        severity="warning",
    ),
    document(
        "MSG007",
        "template-file-name",
        "a file below templates/ whose name is not of the form 'name.channel.j2' or 'name.channel.language.j2': the "
        "language before the channel, another ending, two channels, a language in full",
        "it would be used as something else, or not at all",
        "rename it as the hint says; an included file can have any name",
        {"example.yaml": SENDING, "templates/note.fr.push.j2": "Bonjour\n", "templates/note.push.j2": "Hello\n"},
        {"example.yaml": SENDING, "templates/note.push.fr.j2": "Bonjour\n", "templates/note.push.j2": "Hello\n"},
    ),
    document(
        "MSG008",
        "template-without-channel",
        "a template below templates/ whose name has no channel of the project, and that no other file includes",
        "no scenario can send it",
        "write the channel in its name: 'name.channel.j2'; remove a file that nothing uses",
        {"example.yaml": SENDING, "templates/bye.j2": "---\ntitle: Bye\n---\nBye\n"},
        {"example.yaml": SENDING, _NOTE: "{% include 'bye.j2' %}\n", "templates/bye.j2": "Bye\n"},
        severity="warning",
    ),
    document(
        "MSG009",
        "endless-template",
        "a macro or file that always calls or includes itself, or a loop over numbers without end",
        "the message exceeds the limit of work for one rendering, so nobody receives it",
        "call or include it under a condition, or loop over the data",
        {
            "example.yaml": SENDING,
            _NOTE: "{% for a in range(5000) %}{% for b in range(5000) %}*{% endfor %}{% endfor %}\n",
        },
        {"example.yaml": SENDING, _NOTE: "{% for a in range(5) %}*{% endfor %}\n"},
    ),
)

READERS = (
    document(
        "MSG020",
        "reader-filter",
        "a filter that writes for readers (date, time, datetime, number, money, percent, plural, list) behind a value "
        "that it cannot write, or with a pattern, a currency or another value that it does not take",
        "the message cannot be rendered, so nobody receives it",
        "follow the hint",
        {"example.yaml": SENDING, _NOTE: "Until {{ now | date('DD/MM/YYYY') }}\n"},
        {"example.yaml": SENDING, _NOTE: "Until {{ now | date('dd/MM/yyyy') }}\n"},
    ),
    document(
        "MSG021",
        "plural-forms",
        "forms of 'plural' that the language of the text does not have, or lacks",
        "an unused form is never shown; if one is missing, readers see the wrong ending",
        "write exactly the forms of the language",
        {"example.yaml": SENDING, _NOTE: "{{ trigger.total | plural(few='some things', other='things') }}\n"},
        {"example.yaml": SENDING, _NOTE: "{{ trigger.total | plural(one='thing', other='things') }}\n"},
        severity="warning",
    ),
    document(
        "MSG022",
        "unknown-locale",
        "a locale that the locale data do not have, in project.yaml or in the name of a template",
        "dates and numbers are written as in another language",
        "write a language such as 'fr', or a language and a country such as 'fr-BE'",
        {"example.yaml": SENDING, _NOTE: "Hello\n", "templates/note.push.xx.j2": "Hullo\n"},
        {"example.yaml": SENDING, _NOTE: "Hello\n", "templates/note.push.nl.j2": "Hallo\n"},
        severity="warning",
    ),
)

DATA = (
    document(
        "DATA050",
        "test-value-misfit",
        "a value in a test case with another type than in the tracking plan",
        "the case tests data that the log cannot contain",
        "write a value of that type",
        tested("messages: []", _NUMBER + "a lot"),
        tested("messages: []", _NUMBER + "95"),
    ),
)

FLOW = (
    document(
        "FLOW004",
        "choose-without-else",
        "'choose' without 'else' at its end",
        "a journey for which no condition is true would stay there",
        "add 'else: TARGET' as the last branch",
        "states: {asks: {choose: {contact.points > 10: {end: enough}}}}\n",
        "states: {asks: {choose: {contact.points > 10: {end: enough}, else: {end: few}}}}\n",
    ),
    document(
        "FLOW006",
        "split-of-nothing",
        "a 'split' whose weights are all 0",
        "no contact can continue",
        "give at least one branch a weight",
        "states: {toss: {split: {a: 0, b: 0}}, a: {end: a}, b: {end: b}}\n",
        "states: {toss: {split: {a: 1, b: 1}}, a: {end: a}, b: {end: b}}\n",
    ),
    document(
        "FLOW028",
        "percentages-of-split",
        "a 'split' of percentages that do not add up to 100%",
        "each counts as a share of their sum, so the branches get other shares than written",
        "write percentages that add up to 100%, or numbers without '%'; 'rest' takes what is left",
        "states: {toss: {split: {a: 50%, b: 40%}}, a: {end: a}, b: {end: b}}\n",
        "states: {toss: {split: {a: 50%, b: 50%}}, a: {end: a}, b: {end: b}}\n",
        severity="warning",
    ),
    document(
        "FLOW024",
        "send-beside-to",
        "'send' of a transition that leads to another state, or to the same anew",
        "leaving a state cancels its held messages, and the new state sends its own",
        "move it to the target state; without 'to' the journey stays and the message is sent",
        "states: {a: {on: {order_completed: {send: {email: thanks}, to: b}}}, b: {end: b}}\n",
        "states: {a: {on: {order_completed: b}}, b: {send: {email: thanks}, end: b}}\n",
    ),
    document(
        "FLOW023",
        "split-without-rest",
        "a 'split' with dates or 'rest' whose shares are not percentages, add up to more than 100%, or leave nothing, "
        "or everything, to one rest",
        "the shares of contacts are not defined",
        "write the shares in percent, and 'rest' for one state",
        "states: {toss: {split: {a: {from 2025-03-01: 5%}, b: 95%}}, a: {end: a}, b: {end: b}}\n",
        "states: {toss: {split: {a: {from 2025-03-01: 5%}, b: rest}}, a: {end: a}, b: {end: b}}\n",
    ),
    document(
        "FLOW025",
        "already-in-and-left",
        "'already_in' beside 'change: left'",
        "contacts already in a segment have entered it, not left it",
        "remove one of them",
        {
            "example.yaml": "trigger: {segment: french, change: left, already_in: true}\nstates: {in: {end: done}}\n",
            "metrics.yaml": "segments: {french: contact.country == 'FR'}\n",
        },
        {
            "example.yaml": "trigger: {segment: french, already_in: true}\nstates: {in: {end: done}}\n",
            "metrics.yaml": "segments: {french: contact.country == 'FR'}\n",
        },
    ),
)

IGNORING = (
    document(
        "IGN001",
        "nothing-to-ignore",
        "a comment that ignores a finding which is not there",
        "it would hide the next finding with this code",
        "remove it, or move it to the line with the finding",
        "# scenario: ignore[FLOW003] kept for the autumn\n" + WAITING,
        WAITING,
        severity="warning",
        fixes="removes it",
    ),
    document(
        "IGN002",
        "no-reason",
        "a comment that ignores a finding and gives no reason",
        "the next reader cannot know whether the reason is still valid",
        "write the reason after the bracket",
        "states:\n  in: {end: done}\n  kept: {end: done}   # scenario: ignore[FLOW003]\n",
        "states:\n  in: {end: done}\n  kept: {end: done}   # scenario: ignore[FLOW003] for the autumn\n",
        severity="warning",
    ),
    document(
        "IGN003",
        "cannot-be-ignored",
        "a comment without a code, or one that ignores an error which stops every run",
        "the error remains",
        "fix the error and remove the comment",
        "trigger: {event: cart_udpated}   # scenario: ignore[REF001] it will come\n",
        "trigger: {event: cart_updated}\n",
    ),
    document(
        "IGN004",
        "unknown-rule",
        "a severity in project.yaml for an unknown rule",
        "it has no effect",
        "write a code or a category that 'scenario rules' lists",
        {"project.yaml": "project: shop\ntimezone: UTC\nrules: {CRM999: off}\n", "example.yaml": WAITING},
        {"project.yaml": PROJECT, "example.yaml": WAITING},
    ),
)
