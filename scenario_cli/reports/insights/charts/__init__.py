"""Charts as SVG: plain functions from labels and numbers to a text. They are readable without colour: every mark has
its number beside it, and what lies side by side differs by pattern."""
