"""What is known of customers, as text, Markdown, JSON and a page with charts."""
