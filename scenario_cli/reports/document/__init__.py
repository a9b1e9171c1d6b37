"""Reports of headings, facts and tables, as text and Markdown."""
