"""When a journey comes where, and how long it stays: no clock, no contact."""
