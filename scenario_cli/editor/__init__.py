"""The language server: what an editor asks about a project while its files are being written."""
