"""The language carried out a second time, as plainly as can be, to hold the executor against."""
