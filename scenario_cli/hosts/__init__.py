"""Drivers of the executor over data: replay, forward plan, tests, one contact. They decide nothing about a message."""
