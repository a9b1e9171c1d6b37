"""Who the contacts of a log are: every segment counted, and one as a list."""
