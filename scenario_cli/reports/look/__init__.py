"""The look of all pages: one style, one script, the frame of a page and the parts that pages are made of."""
