/* Sorting of tables, and scrolling of wide ones by the keyboard. Pages say everything without it. */
"use strict";

for (const table of document.querySelectorAll("table[data-sorts]")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const valueOf = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.sort === undefined ? cell.textContent.trim() : Number(cell.dataset.sort);
  };
  heads.forEach((head, column) => {
    if (!head.textContent.trim() || head.dataset.still !== undefined) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const numbers = head.classList.contains("number");
      const before = head.getAttribute("aria-sort");
      const down = before === null ? numbers : before === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const compare = (one, other) =>
        typeof one === "number" && typeof other === "number" ? one - other : String(one).localeCompare(String(other));
      const rows = [...body.rows].sort((one, other) => compare(valueOf(one, column), valueOf(other, column)));
      body.append(...(down ? rows.reverse() : rows));
    });
  });
}

// What is wider than its place can be scrolled by the keyboard, too.
for (const place of document.querySelectorAll(".scroll")) {
  const caption = place.querySelector("caption");
  if (caption === null || place.scrollWidth <= place.clientWidth) continue;
  place.tabIndex = 0;
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", caption.textContent);
}
