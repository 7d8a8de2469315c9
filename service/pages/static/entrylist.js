// The list by keyboard: J and K, or the arrows on a row, go from entry to entry; / goes to the search.

import { isComposing } from "./keys.js";

const STEPS = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };
const TYPING = "input, textarea, select, [contenteditable]";

export function listByKeyboard() {
  document.addEventListener("keydown", (event) => {
    if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey || event.target.matches?.(TYPING)) return;
    const rows = [...document.querySelectorAll("#rows .row")];
    const step = STEPS[event.key];
    const onRow = rows.indexOf(document.activeElement);
    if (event.key === "/") document.getElementById("list-query").focus();
    else if (step && rows.length && (onRow >= 0 || !event.key.startsWith("Arrow"))) {
      const from = onRow >= 0 ? onRow : rows.findIndex((row) => row.matches("[aria-current]"));
      const to = from < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(from + step, 0), rows.length - 1);
      rows[to].focus();
    } else return;
    event.preventDefault();
  });
}
