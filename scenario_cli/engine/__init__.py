"""The executor: a pure function from program, contact's state and input to records. No clock, no random, no I/O."""
