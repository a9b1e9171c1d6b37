"""A project as one linked site: an overview, a page for each scenario and message, and shared definitions."""
