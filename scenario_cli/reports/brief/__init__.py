"""The brief: data to provide, texts to write."""
