"""Parts that rules share, and the grading of their findings. Holds no rule."""
