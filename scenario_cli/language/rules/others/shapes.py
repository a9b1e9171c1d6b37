"""The documents of findings about the shape of a file."""

from __future__ import annotations

from scenario_cli.language.rules.others.document import WAITING, document

SHAPES = (
    document(
        "SCH001",
        "unknown-key",
        "a key that is not allowed at this place",
        "its value would be ignored",
        "write the intended key; the hint has the nearest one, also for words of other tools",
        "states: {waiting: {atfer: {1d: {end: over}}}}\n",
        WAITING,
        fixes="writes the right key if the two differ only in case, space, '-' and '_'",
    ),
    document(
        "SCH002",
        "missing-key",
        "a mapping without a required key",
        "without it the behaviour is not defined",
        "write the key; the hint shows one",
        {"scenario.yaml": "scenario: cart\ntrigger: {event: cart_updated}\n"},
        {"scenario.yaml": "scenario: cart\ntrigger: {event: cart_updated}\ngoal: {event: review_written}\n" + WAITING},
    ),
    document(
        "SCH003",
        "wrong-type",
        "a value with the wrong type: a text instead of a number, a list instead of a mapping",
        "it would be read as something else",
        "write a value of that type",
        "priority: high\n" + WAITING,
        "priority: 80\n" + WAITING,
        fixes="removes the quotes around a number, true or false",
    ),
    document(
        "SCH004",
        "value-not-allowed",
        "a value that its key does not allow",
        "it has no meaning",
        "write one of the listed values; the hint also knows words of other tools",
        "status: active\n" + WAITING,
        "status: live\n" + WAITING,
        fixes="writes the value if the two differ only in case, space, '-' and '_'",
    ),
    document(
        "SCH005",
        "wrong-form",
        "a text in the wrong form: a name, a date, a percentage",
        "its meaning is not clear",
        "write it in the form of the message",
        "reviewed: 01/03/2025\n" + WAITING,
        "reviewed: 2025-03-01\n" + WAITING,
    ),
    document(
        "SCH006",
        "empty-value",
        "a key without a value",
        "it is not clear whether something was forgotten",
        "write the value, or remove the key",
        "title:\n" + WAITING,
        "title: Abandoned cart\n" + WAITING,
    ),
    document(
        "SCH007",
        "out-of-range",
        "a number, or a number of entries, that is too large or too small",
        "it is outside the range of the key",
        "write a number within the range in the message",
        "priority: 120\n" + WAITING,
        "priority: 100\n" + WAITING,
    ),
    document(
        "SCH008",
        "keys-that-exclude-each-other",
        "keys that cannot be combined, or a key that needs another",
        "the keys contradict each other",
        "keep one of them, or add the required key",
        "on: {unsubscribed: {where: event.channel == 'email', end: gone}}\n" + WAITING,
        "on: {unsubscribed: {where: event.channel == 'email', to: {end: gone}}}\n" + WAITING,
    ),
    document(
        "SCH009",
        "clear-secret",
        "a user, password, secret or authorization header written in delivery.yaml",
        "everybody who can read the project or its history can send in your name",
        "write the name of an environment variable, set it where messages are delivered, and change the secret",
        {
            "delivery.yaml": "channels:\n"
            "  push: {webhook: {url: 'https://push.example.com/send', secret: whsec_c2VjcmV0}}\n"
        },
        {
            "delivery.yaml": "channels:\n"
            "  push: {webhook: {url: 'https://push.example.com/send', secret: {env: PUSH_SECRET}}}\n"
        },
    ),
    document(
        "SCH020",
        "bins",
        "bins with edges that do not increase, or with the wrong number of labels",
        "a value would be in two bins or in none",
        "write the edges from small to large, and one label more than edges",
        {"metrics.yaml": "metrics:\n  size: {bins: contact.points, at: [10, 20], labels: [small, large]}\n"},
        {"metrics.yaml": "metrics:\n  size: {bins: contact.points, at: [10, 20], labels: [small, mid, large]}\n"},
    ),
    document(
        "SCH021",
        "cut-text",
        "a text without quotes that is cut at ' #', with a character directly after the '#'",
        "YAML starts a comment there: 'Your order #{{ id }}' is sent as 'Your order'",
        "put the text in quotes; for a comment write a space after the '#'",
        "title: Your order #1\n" + WAITING,
        'title: "Your order #1"\n' + WAITING,
        severity="warning",
        fixes="puts the text in quotes, where a number or '{{' follows, or the key takes a text for people",
    ),
)
