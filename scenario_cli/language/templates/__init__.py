"""Template files: found, parsed, and what their texts read and print. Renders nothing."""
