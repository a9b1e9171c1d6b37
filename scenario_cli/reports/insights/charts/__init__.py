"""Charts as SVG: plain functions from labels and numbers to a text. They are readable without colour: every mark has
its number next to it, and adjacent areas differ by pattern.
"""
