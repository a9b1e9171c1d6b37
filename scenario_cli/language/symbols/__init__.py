"""Where the files of a project name things, and what is at a place that is being written."""
