"""Where the files of a project name things, and what stands at a place that is being written."""
