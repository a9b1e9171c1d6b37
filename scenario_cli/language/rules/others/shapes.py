"""The documents of findings about the shape of a file."""

from __future__ import annotations

from scenario_cli.language.rules.others.document import WAITING, document

SHAPES = (
    document(
        "SCH001",
        "unknown-key",
        "a key that its place does not know",
        "what stands under it would be ignored, though its author counts on it",
        "write the key that was meant; the hint names the nearest, and what other tools call it",
        "states: {waiting: {atfer: {1d: {end: over}}}}\n",
        WAITING,
        fixes="writes the right key, where the two differ only in case, space, '-' and '_'",
    ),
    document(
        "SCH002",
        "missing-key",
        "a mapping without a key that it needs",
        "without it nobody can say what is to happen",
        "write the key; the hint shows one",
        {"scenario.yaml": "scenario: cart\ntrigger: {event: cart_updated}\n"},
        {"scenario.yaml": "scenario: cart\ntrigger: {event: cart_updated}\ngoal: {event: review_written}\n" + WAITING},
    ),
    document(
        "SCH003",
        "wrong-type",
        "a value of another type than its key takes: a text for a number, a list for a mapping",
        "it would be read as something else than was meant",
        "write a value of that type",
        "priority: high\n" + WAITING,
        "priority: 80\n" + WAITING,
        fixes="takes the quotes from a number, and from true and false",
    ),
    document(
        "SCH004",
        "value-not-allowed",
        "a value that is none of those that its key takes",
        "nothing is defined for it",
        "write one of the values listed; the hint names what other tools call it",
        "status: active\n" + WAITING,
        "status: live\n" + WAITING,
        fixes="writes the value, where the two differ only in case, space, '-' and '_'",
    ),
    document(
        "SCH005",
        "wrong-form",
        "a text that has not the form of its key: a name, a date, a percentage",
        "it could be read in more than one way, or in none",
        "write it in the form that the message names",
        "reviewed: 01/03/2025\n" + WAITING,
        "reviewed: 2025-03-01\n" + WAITING,
    ),
    document(
        "SCH006",
        "empty-value",
        "a key with nothing behind it",
        "nobody can tell whether something was forgotten",
        "write the value, or remove the key",
        "title:\n" + WAITING,
        "title: Abandoned cart\n" + WAITING,
    ),
    document(
        "SCH007",
        "out-of-range",
        "a number, or a count of entries, that is too large or too small",
        "it lies beyond what the key can mean",
        "write a number within the bounds that the message names",
        "priority: 120\n" + WAITING,
        "priority: 100\n" + WAITING,
    ),
    document(
        "SCH008",
        "keys-that-exclude-each-other",
        "keys that do not go together, or one that needs another",
        "the two say different things about the same",
        "keep one of the two, or add the one that is needed",
        "on: {unsubscribed: {where: event.channel == 'email', end: gone}}\n" + WAITING,
        "on: {unsubscribed: {where: event.channel == 'email', to: {end: gone}}}\n" + WAITING,
    ),
    document(
        "SCH009",
        "clear-secret",
        "a user, password, secret or authorizing header of delivery.yaml that is written out",
        "everybody who reads the project, its history or a log of it can send in your name",
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
        "bins whose edges do not rise, or whose labels do not fit them",
        "a value would fall into two of them, or into none",
        "write the edges from the smallest to the largest, and one label more than edges",
        {"metrics.yaml": "metrics:\n  size: {bins: contact.points, at: [10, 20], labels: [small, large]}\n"},
        {"metrics.yaml": "metrics:\n  size: {bins: contact.points, at: [10, 20], labels: [small, mid, large]}\n"},
    ),
    document(
        "SCH021",
        "cut-text",
        "a text without quotes that ends at a ' #', where a character follows the '#' at once",
        "YAML begins a comment there: 'Your order #{{ id }}' leaves as 'Your order'",
        "put the text in quotes; where it is a comment, write a space after the '#'",
        "title: Your order #1\n" + WAITING,
        'title: "Your order #1"\n' + WAITING,
        severity="warning",
        fixes="puts the text in quotes, where a number or '{{' follows, or the key takes a text for people",
    ),
)
