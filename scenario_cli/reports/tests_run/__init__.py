"""Results of scenario tests as text, JSON and JUnit XML."""
