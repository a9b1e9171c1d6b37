"""The grammar of waits and durations as regular expressions that JSON Schema can carry: for editors, which offer and
mark by them. `scenario validate` reads waits by `model/wait_grammar.py`; nothing that it accepts is refused here.
"""

from __future__ import annotations

from scenario_cli.model.days import WEEKDAYS

_ISO = r"P([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+S)?)?"
_LENGTH = rf"(([0-9]+ *(s|min|h|d|w|mo|y) *)+|{_ISO})"
_CLOCK = r"[0-9]{1,2}:[0-9]{2}"
_WEEKDAY = f"({'|'.join(WEEKDAYS)})"
_DAY = rf"({_WEEKDAY}|day +[0-9]{{1,2}}|[0-9]{{1,2}}|(first|second|third|fourth|last) +(day|weekday|{_WEEKDAY}))"
_DAYS = rf"(weekdays|weekends|{_DAY}( *, *{_DAY})*)"
_PLAIN = rf"({_LENGTH}|at +{_CLOCK}|{_LENGTH} *at +{_CLOCK})( *on +{_DAYS})?"
_CRON = r"cron( +[^ ]+){5}"
_DATE = rf"({_LENGTH} +(before|after) +)?date +[^ ].*"

DURATION = rf"^\s*{_LENGTH}\s*$"
WAIT = rf"^\s*({_PLAIN}|{_CRON}|{_DATE})\s*$"
