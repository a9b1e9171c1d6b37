"""MSG012: a text message whose characters split it into more parts."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.language.templates.limits import measured
from scenario_cli.model.sms import GSM_7, UCS_2, outside_gsm, segments_of


def check(subject: Subject) -> Findings:
    for measure in measured(subject, "sms"):
        odd = outside_gsm(measure.always)
        if not odd or measure.part != "text":
            continue
        in_unicode, in_gsm = segments_of(measure.least, UCS_2), segments_of(measure.least, GSM_7)
        if in_unicode > in_gsm:
            chars = ", ".join(f"'{char}'" for char in odd[:5])
            chars += f" and {len(odd) - 5} more" if len(odd) > 5 else ""
            yield RULE.finding(
                (
                    f"{chars} {'is' if len(odd) == 1 else 'are'} not in the SMS alphabet: this message is sent "
                    f"in {in_unicode} parts instead of {in_gsm}"
                ),
                measure.span,
                hint=(
                    "with such a character a part has 70 characters instead of 160; use plain quotes, dashes "
                    "and letters"
                ),
                related=[measure.sent_at],
            )


RULE = Rule(
    code="MSG012",
    name="sms-alphabet",
    severity="warning",
    finds=(
        "an SMS that needs more parts because of a character outside the GSM alphabet (a typographic "
        "quote, an emoji, ê)"
    ),
    because="each part costs money, and the text does not show it",
    mend="replace the character",
    example={
        "templates/cart/reminder.sms.j2": """\
Your basket is kept for two more days, and then it goes back on the shelf – come and see: example.com
""",
        "example.yaml": """\
states:
  reminded: {send: {sms: cart/reminder}, end: reminded}
""",
    },
    instead={
        "templates/cart/reminder.sms.j2": """\
Your basket is kept for two more days, and then it goes back on the shelf - come and see: example.com
""",
        "example.yaml": """\
states:
  reminded: {send: {sms: cart/reminder}, end: reminded}
""",
    },
    check=check,
)
