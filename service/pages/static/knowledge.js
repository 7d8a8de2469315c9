// The knowledge page: wires typing, keys and clicks to what the page can do.

import { adopt, changed, isReady, refresh, reset, searchFor, searchNow } from "./asking.js";
import { chooseNone, chooseOption, pick, step } from "./choosing.js";
import { copyChosen, copyHolding, copyNote } from "./copying.js";
import { announce, byId, channel, chosenSuggestion, data, feedback, input, slots, state, words } from "./desk.js";
import { closeDraft, copyDraft, editReply, isOpen as isDrafting, openDraft, tell } from "./drafting.js";
import { listenToConsole } from "./embedding.js";
import { fill } from "./figures.js";
import { actOf } from "./keys.js";
import { NONE, link } from "./results.js";
import { disarm, place, press, rememberAddress, showClear, tick } from "./screen.js";
import { drawShelves, favourites } from "./shelf.js";

const YEAR = 31536000;
// What the console's conversation put into the search box last, so that what an agent typed is never overwritten.
const filledIn = { text: null, seen: "" };

function clear() {
  input.value = "";
  state.told = { id: null, history: [] };
  showClear();
  reset();
  drawShelves();
  input.focus();
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  document.cookie = `huashu_theme=${theme}; path=/; max-age=${YEAR}; samesite=lax`;
}

function favour() {
  const suggestion = isReady() && chosenSuggestion();
  if (!suggestion) return;
  const { entry_id: id, title } = suggestion;
  const kept = favourites.has(id);
  if (kept) favourites.remove(id);
  else favourites.add({ id, title });
  announce(fill(kept ? words.unfavoured : words.favoured, { title }));
  press();
}

/** Only the query is looked for. */
function dropConversation() {
  input.value = state.asked?.query ?? input.value;
  state.told.history = [];
  changed({ atOnce: true });
  input.focus();
}

function escape() {
  if (state.armed) disarm();
  else if (isDrafting() && (byId("draft").contains(document.activeElement) || !input.value)) closeDraft();
  else if (byId("slots").contains(document.activeElement)) input.focus();
  else clear();
}

const acts = {
  "copy": copyChosen,
  "copy-nth": ({ n }) => isReady() && pick(n) && copyChosen(),
  "copy-holding": copyHolding,
  "copy-note": copyNote,
  "copy-draft": copyDraft,
  "option": chooseOption,
  "none": chooseNone,
  "next": () => step(1),
  "previous": () => step(-1),
  "tell-used": () => tell("used"),
  "tell-edited": editReply,
  "tell-rejected": () => tell("rejected"),
  "draft": openDraft,
  "close-draft": closeDraft,
  "favourite": favour,
  "drop-conversation": dropConversation,
  "focus": () => { input.focus(); input.select(); },
  "keys": () => byId("keys").showModal(),
  "clear": clear,
  "clear-slots": () => { slots.clear(); changed({ atOnce: true }); input.focus(); },
  "retry": searchNow,
  "fill": ({ slot }) => slots.focus(slot),
  "search": ({ element }) => searchFor(new URL(element.href).searchParams.get("q")),
  "theme": ({ themeChoice }) => setTheme(themeChoice),
  "language": ({ element }) => location.assign(`${addressNow()}lang=${new URL(element.href).searchParams.get("lang")}`),
  "escape": escape,
};

function addressNow() {
  const query = input.value.trim();
  return query && !state.asked?.body.history ? `${link({ query, channel: channel() }, place())}&` : "/?";
}

function onKey(event) {
  if (byId("keys").open) return;
  if (event.key === "Enter" && event.target.matches(".slot-input input") && !event.isComposing) return nextSlot(event);
  const act = actOf(event);
  if (!act) return;
  event.preventDefault();
  acts[act.name](act);
}

/** Enter in a slot goes to the next one that is missing, and from the last one to the reply, where Enter copies. */
function nextSlot(event) {
  event.preventDefault();
  searchNow();
  const own = event.target.closest(".slot-input");
  const others = [...document.querySelectorAll(".slot-input")].filter((label) => label !== own);
  const open = others.find((label) => !label.querySelector("input").value);
  if (open) open.querySelector("input").focus();
  else byId("panel")?.focus({ preventScroll: true });
}

function onClick(event) {
  const candidate = event.target.closest(".candidate");
  const element = candidate ?? event.target.closest("[data-do]");
  if (!element || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (candidate) pick(Number(candidate.dataset.n), { focus: true });
  else acts[element.dataset.do]({ ...element.dataset, element });
}

/** A console's conversation: who is spoken to, and what is asked for by its last message. */
function hear({ id, customer, agent, turns }) {
  const seen = JSON.stringify([id, turns]);
  if (seen === filledIn.seen) return;
  filledIn.seen = seen;
  if (state.told.id !== id) {
    slots.clear();
    slots.fill({ customer_name: customer, agent_name: agent });
    state.ticked.clear();
  } else if (input.value !== filledIn.text) return; // the agent has typed something else
  const last = turns.findLastIndex((turn) => turn.role === "customer");
  state.told = { id, history: turns.slice(0, Math.max(last, 0)).slice(-50) };
  filledIn.text = input.value = turns[last]?.text ?? "";
  feedback.nextQuery();
  changed({ atOnce: true });
}

/** Pasted where nothing is typed, such as after copying: the next thing to look for. */
function onPaste(event) {
  const text = event.clipboardData?.getData("text/plain").trim();
  if (!text || byId("keys").open || event.target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select")) return;
  event.preventDefault();
  input.value = text;
  input.focus();
  changed({ atOnce: true });
}

function listen() {
  input.addEventListener("compositionstart", () => { state.composing = true; });
  input.addEventListener("compositionend", () => { state.composing = false; changed(); });
  input.addEventListener("input", ({ inputType }) => changed({ atOnce: inputType === "insertFromPaste" }));
  byId("search").addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", onKey);
  document.addEventListener("paste", onPaste);
  document.addEventListener("click", onClick);
  document.addEventListener("change", ({ target: changedInput }) => {
    if (changedInput.name === "channel") changed({ atOnce: true });
    if (changedInput.dataset.field) state.ticked.set(changedInput.dataset.field, changedInput.checked);
  });
  window.addEventListener("online", () => state.problem?.kind === "offline" && searchNow());
  window.addEventListener("popstate", () => {
    input.value = new URLSearchParams(location.search).get("q") ?? "";
    changed({ atOnce: true });
  });
  setInterval(tick, 1000);
}

/** Take over what the server has drawn. */
function start() {
  document.documentElement.dataset.script = "";
  listen();
  showClear();
  drawShelves();
  if (data.first) {
    const n = new URLSearchParams(location.search).get("n");
    adopt(data.first, { wanted: Number(n) || null, none: n === NONE });
    rememberAddress();
  }
  refresh();
  listenToConsole(data.consoles, hear);
}

start();
