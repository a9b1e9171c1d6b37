"""What drives the executor over data: a replay, a forward plan. Decides nothing about a message."""
