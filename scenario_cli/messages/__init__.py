"""Messages as contacts read them: the template for a contact's locale, and its text."""
