"""Parts of projects and logs made at random, with Hypothesis."""
