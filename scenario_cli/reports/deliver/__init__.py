"""What came of a delivery."""
