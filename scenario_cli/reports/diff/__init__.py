"""The differences between two versions of a project as text, JSON, Markdown and HTML, a file a format."""
