"""The result of a delivery."""
