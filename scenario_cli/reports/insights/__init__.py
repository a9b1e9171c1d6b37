"""The figures about customers, as text, Markdown, JSON and a page with charts."""
