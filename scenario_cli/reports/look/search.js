/* The search of a site. Its pages say everything without it. */
"use strict";

const search = document.querySelector(".search");
if (search) {
  const root = search.dataset.root;
  const input = search.querySelector("input");
  const list = search.querySelector("ol");
  const said = search.querySelector("[role=status]");
  search.hidden = false;
  let index = null;
  const load = () => {
    if (index) return;
    index = [];
    const script = document.createElement("script"); // not fetched: a page in a folder may not fetch
    script.src = root + "assets/index.js";
    script.onload = () => { index = window.scenarioIndex; show(); };
    document.head.append(script);
  };
  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  const rank = (entry, words) => {
    const title = plain(entry[0]);
    const all = title + " " + plain(entry[1]) + " " + plain(entry[3]);
    if (!words.every((word) => all.includes(word))) return -1;
    return title === words.join(" ") ? 3 : title.startsWith(words[0]) ? 2 : words.every((word) => title.includes(word)) ? 1 : 0;
  };
  const show = () => {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    const found = !words.length ? [] : index
      .map((entry, place) => [rank(entry, words), place, entry])
      .filter(([score]) => score >= 0)
      .sort((one, other) => other[0] - one[0] || one[1] - other[1]);
    list.replaceChildren(...found.slice(0, 30).map(([, , [title, kind, address]]) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const note = document.createElement("span");
      link.href = root + address;
      link.textContent = title;
      note.textContent = kind;
      link.append(note);
      item.append(link);
      return item;
    }));
    if (words.length && index.length && !found.length) {
      const item = document.createElement("li");
      item.className = "none";
      item.textContent = "Nothing found";
      list.append(item);
    }
    list.hidden = !words.length;
    said.textContent = words.length ? (found.length === 1 ? "1 result" : found.length + " results") : "";
  };
  const step = (event, way) => {
    const links = [...list.querySelectorAll("a")];
    const place = links.indexOf(document.activeElement) + way;
    if (!links.length) return;
    event.preventDefault();
    if (place < 0) input.focus(); else links[Math.min(place, links.length - 1)].focus();
  };
  input.addEventListener("focus", load);
  input.addEventListener("input", () => { load(); show(); });
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") step(event, 1);
    else if (event.key === "ArrowUp") step(event, -1);
    else if (event.key === "Escape") { input.value = ""; show(); input.focus(); }
    else if (event.key === "Enter" && event.target === input) { const first = list.querySelector("a"); if (first) first.click(); }
  });
  search.addEventListener("focusout", (event) => { if (!search.contains(event.relatedTarget)) list.hidden = true; });
  input.addEventListener("focus", () => { if (input.value) list.hidden = false; });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) { event.preventDefault(); input.focus(); }
  });
}
