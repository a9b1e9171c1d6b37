"""Event exports in: files of several formats become one sorted log that streams contact by contact."""
