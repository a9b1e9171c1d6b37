"""The documentation is tested: its examples are run and what they show is compared."""
