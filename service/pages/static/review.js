// Review by keys: decide, step through what waits, select several. Every act is one of the page's own forms and links.

import { isComposing } from "./keys.js";

const $ = id => document.getElementById(id);
const form = document.querySelector(".bulk-form");
const picks = [...document.querySelectorAll(".pick input")];
const rows = [...document.querySelectorAll(".row")];
const bulk = $("bulk");
const keys = $("keys");
let last = rows.findIndex(row => row.hasAttribute("data-open")); // where an extended selection goes on from

const chosen = () => picks.filter(pick => pick.checked).length;

function show() {
  if (!bulk) return;
  bulk.hidden = chosen() === 0;
  $("bulk-count").textContent = bulk.dataset.word.replace("{n}", chosen());
}

/** Select or not, from one row to another, whichever is above. */
function select(from, to, on) {
  for (let place = Math.min(from, to); place <= Math.max(from, to); place++) if (picks[place]) picks[place].checked = on;
  last = to;
  show();
  rows[to]?.scrollIntoView({ block: "nearest" });
}

/** A form is sent once, however often a key is pressed. */
function once(target) {
  target?.addEventListener("submit", event => {
    if (target.dataset.sent) event.preventDefault();
    target.dataset.sent = "1";
  });
}

const acts = {
  KeyA: () => (chosen() ? $("bulk-approve") : $("approve"))?.click(),
  KeyR: () => (chosen() ? bulk.querySelector("[name=comment]") : $("return") && $("comment"))?.focus(),
  KeyJ: () => $("next")?.click(),
  KeyK: () => $("previous")?.click(),
  Space: () => picks[last] && select(last, last, !picks[last].checked),
};
const extending = { KeyJ: 1, KeyK: -1 };

function onKey(event) {
  const { target, key, code } = event;
  if (isComposing(event) || keys.open || event.altKey) return;
  if (key === "Enter" && (event.ctrlKey || event.metaKey) && target.id === "comment") return run(event, () => $("return")?.click());
  if (event.ctrlKey || event.metaKey) return;
  if (key === "Escape") return leave(target);
  if (target.matches("textarea, select, input:not([type=checkbox])")) return;
  if (key === "?") return run(event, () => keys.showModal());
  // The space bar presses what has the focus, a tick box or a button; elsewhere it ticks the open row. A button of the
  // dialog keeps the focus for a moment after that was closed.
  if (code === "Space" && target.matches("button, input, summary") && !keys.contains(target)) return;
  if (event.shiftKey && extending[code]) return run(event, () => extend(extending[code]));
  if (!event.shiftKey && acts[code]) run(event, acts[code]);
}

function run(event, act) {
  event.preventDefault();
  act();
}

function extend(step) {
  const next = last + step;
  if (picks[next]) select(last, next, true);
}

function leave(target) {
  if (target.matches("textarea, input, select")) target.blur();
  else for (const pick of picks) pick.checked = false;
  show();
}

picks.forEach((pick, place) => pick.addEventListener("click", event => {
  if (event.shiftKey && last >= 0) select(last, place, pick.checked);
  else last = place;
  show();
}));
document.querySelector(".filters")?.addEventListener("change", event => event.currentTarget.requestSubmit());
document.querySelector("[data-do=keys]")?.addEventListener("click", () => keys.showModal());
document.addEventListener("keydown", onKey);
once(form);
once($("decide"));
// A page that comes back from the browser's memory may be sent again.
window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach(one => delete one.dataset.sent));
document.documentElement.dataset.script = "";
show();
