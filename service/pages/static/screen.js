// Drawing the answer, and what stands around it: the checklist, the clock, the address, and what is pressed.

import { byId, channel, chosen, chosenSuggestion, data, feedback, input, slots, state, target, words } from "./desk.js";
import { drawResults, drawTurn } from "./drawing.js";
import { hintOf } from "./escalation.js";
import { fill, left } from "./figures.js";
import { NONE, link, results, spoken } from "./results.js";
import { favourites } from "./shelf.js";

let drawn = "";

/** Show one of results, problem, skeleton, empty. */
export function show(name) {
  for (const [key, element] of Object.entries(target)) element.hidden = key !== name;
  target.results.removeAttribute("aria-busy");
}

/** Draw the answer; what has not changed is left alone, so that nothing flickers. */
export function draw() {
  const { response, asked, wanted, none } = state;
  const search = { query: asked.text, said: asked.query, channel: asked.channel, chosen: wanted, none };
  const parts = results(response, search, data, Date.now());
  const looks = JSON.stringify(parts, (key, value) => (key === "left" ? undefined : value));
  const focused = looks === drawn ? null : focusedPlace();
  if (looks !== drawn) target.results.replaceChildren(drawResults(parts));
  drawn = looks;
  fillChecklist();
  press();
  slots.show(missingOnScreen());
  show("results");
  if (focused) target.results.querySelector(focused)?.focus({ preventScroll: true });
}

/** What was read beside the query. */
export function drawConversation(history) {
  const box = byId("conversation");
  box.hidden = !history.length;
  box.querySelector('[data-at="told"]').textContent = fill(words.conversation, { n: history.length });
  box.querySelector('[data-at="turns"]').replaceChildren(...history.map((turn) => drawTurn(turn, words)));
}

/** Slots that a reply on the screen still wants: the one to say, and the holding reply beside it. */
function missingOnScreen() {
  const replies = [spoken(state.response, chosen(), state.none), hintOf(state.response, chosen()).holding_reply];
  return [...new Set(replies.flatMap((reply) => reply?.missing_slots ?? []))];
}

/** Where the focus is inside the results, as a selector that finds it again after drawing. */
function focusedPlace() {
  const element = document.activeElement;
  if (!target.results.contains(element)) return null;
  if (element.matches(".candidate")) return `.candidate[data-n="${chosen() || element.dataset.n}"]`;
  if (element.matches(".option")) return "#panel";
  if (element.dataset.field) return `[data-field="${element.dataset.field}"]`;
  return element.dataset.do ? `[data-do="${element.dataset.do}"]` : "#panel";
}

function fillChecklist() {
  const known = slots.filled;
  for (const box of target.results.querySelectorAll("[data-field]")) {
    const value = known[box.dataset.field] ?? "";
    box.checked = state.ticked.get(box.dataset.field) ?? Boolean(value);
    box.closest("label").querySelector('[data-at="value"]').textContent = value;
  }
}

/** What was told of this reply, and whether it is a favourite. */
export function press() {
  const entryId = chosenSuggestion()?.entry_id ?? null;
  const set = (name, on) => target.results.querySelector(`[data-do="${name}"]`)?.setAttribute("aria-pressed", on);
  for (const act of ["used", "edited", "rejected"]) set(`tell-${act}`, feedback.has(act, entryId));
  set("favourite", favourites.has(entryId));
}

export function tick() {
  const clock = target.results.querySelector('[data-at="left"]');
  const due = clock && new Date(clock.getAttribute("datetime"));
  if (!due || Number.isNaN(due.getTime())) return;
  clock.textContent = left(due, Date.now(), words);
  clock.toggleAttribute("data-late", due < Date.now());
}

export function showClear() {
  document.querySelector('.search [data-do="clear"]').hidden = !input.value;
  document.querySelector(".focus-hint").hidden = Boolean(input.value);
  input.rows = Math.min(4, input.value.split("\n").length);
  // What is looked for is said last.
  if (input.selectionEnd === input.value.length) input.scrollTop = input.scrollHeight;
}

/** What is shown of the answer, as the address has it. */
export function place() {
  return state.none ? NONE : state.wanted;
}

/** A conversation stays out of the address, which others may read; one message is what makes a link. */
export function rememberAddress() {
  const query = state.asked?.query ?? input.value.trim();
  const shared = query && !state.asked?.body.history;
  history.replaceState(null, "", shared ? link({ query, channel: channel() }, place()) : "/");
  document.title = query ? `${query.slice(0, 40)} · ${words.brand}` : words.brand;
}

export function disarm() {
  state.armed = null;
  for (const caution of target.results.querySelectorAll('[data-at="caution"]')) caution.hidden = true;
}
