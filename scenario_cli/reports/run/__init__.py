"""What a run over a store did, as text and as JSON."""
