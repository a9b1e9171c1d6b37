"""The calendar of a relationship plan, with what a log lets expect of it."""
