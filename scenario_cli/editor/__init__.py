"""The language server: answers an editor's requests about a project while its files are edited."""
