"""Runs the executor on Apache Spark. Spark reads, shuffles, sorts and retries; no rule of the language is here."""
