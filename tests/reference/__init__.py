"""A second, very plain implementation of the language, to compare the engine with."""
