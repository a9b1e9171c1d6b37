"""The calendar of a relationship plan as a document, a page and JSON."""
