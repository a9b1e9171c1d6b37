"""The canonical layout of YAML files."""
