"""The time that journeys take: no clock, no contact."""
