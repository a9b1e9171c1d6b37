"""Template files: their parsing, the values that they read, the pieces that they print. Renders nothing."""
