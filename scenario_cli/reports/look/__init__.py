"""What all pages look like: one style, one script, the frame of a page and the parts that pages are made of."""
