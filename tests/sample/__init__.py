"""The sample log of the shipped project `scenarios/`: invented contacts, always the same."""
