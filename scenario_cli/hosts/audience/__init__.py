"""The contacts of a log: every segment counted, and one segment as a list."""
