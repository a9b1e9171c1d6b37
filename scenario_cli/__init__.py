"""CRM scenarios as code: read, validate, replay and plan scenarios written as YAML state machines."""
