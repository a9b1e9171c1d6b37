"""The relationship plan as a document and as a page."""
