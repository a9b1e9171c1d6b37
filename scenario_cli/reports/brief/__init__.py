"""What data people must provide and writers must write."""
