"""The results of scenarios, as text, Markdown, HTML and JSON."""
