"""The calendar of a relationship plan, with the volumes to expect from a log."""
