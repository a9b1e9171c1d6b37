/* A drawing that is wider than its place begins where journeys begin, not at its left edge. */
"use strict";

for (const place of document.querySelectorAll(".machine")) {
  const start = place.querySelector("ellipse");
  if (start === null || place.scrollWidth <= place.clientWidth) continue;
  const dot = start.getBoundingClientRect();
  const frame = place.getBoundingClientRect();
  place.scrollLeft += dot.left + dot.width / 2 - (frame.left + frame.width / 2);
}
