"""The sample log of the shipped project `scenarios/`, made of invented people, always the same."""
