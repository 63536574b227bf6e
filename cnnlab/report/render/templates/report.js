"use strict";
// A click on a heading sorts its table by that column, a second click the other way round; empty cells stay last.
const value = (row, column) => {
  const cell = row.cells[column];
  if ("number" in cell.dataset) return Number(cell.dataset.number);
  return cell.textContent.trim();
};
const order = (a, b) => {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
};
const blank = (v) => v === "" || v === "-" || Number.isNaN(v);
for (const table of document.querySelectorAll("table.sortable")) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    heading.querySelector("button").addEventListener("click", () => {
      const up = heading.getAttribute("aria-sort") !== "ascending";
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", up ? "ascending" : "descending");
      const body = table.tBodies[0];
      const rows = [...body.rows].map((row) => [value(row, column), row]);
      rows.sort(([a], [b]) => (blank(a) - blank(b)) || (up ? 1 : -1) * order(a, b));
      body.append(...rows.map(([, row]) => row));
    });
  });
}
// What is folded away is printed too.
const folded = () => [...document.querySelectorAll("details:not([open])")];
let opened = [];
addEventListener("beforeprint", () => { opened = folded(); opened.forEach((one) => { one.open = true; }); });
addEventListener("afterprint", () => { opened.forEach((one) => { one.open = false; }); });
