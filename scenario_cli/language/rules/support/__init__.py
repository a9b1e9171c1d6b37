"""What rules are made of and graded by: no rule stands here."""
