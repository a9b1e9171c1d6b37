"""The result of a run over a store, as text and as JSON."""
