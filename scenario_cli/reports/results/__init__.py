"""What scenarios achieve, as text, Markdown, HTML and JSON."""
