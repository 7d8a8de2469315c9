// The knowledge page: wires typing, keys and clicks to the search, and draws what comes back.

import { copyText } from "./clipboard.js";
import { drawProblem, drawResults } from "./drawing.js";
import { Feedback } from "./feedback.js";
import { fill, left, marked } from "./figures.js";
import { actOf } from "./keys.js";
import { escalationNote } from "./note.js";
import { problemOf } from "./problems.js";
import { NONE, choose, link, results, spoken } from "./results.js";
import { Searches } from "./search.js";
import { Slots } from "./slots.js";

const SKELETON_AFTER = 150;
const ANNOUNCE_AFTER = 400;
const SLOT_PAUSE = 200;
const RETRY_EVERY = 3000;
const COPIED_FOR = 1500;
const YEAR = 31536000;

const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("page-data").textContent);
const { words } = data;
const input = byId("query");
const target = { results: byId("results"), problem: byId("problem"), skeleton: byId("skeleton"), empty: byId("empty") };

// What is on the screen: the answer, what was asked for it, the candidate wished for, whether no option of a
// clarification was meant, what a second press would copy.
const state = { response: null, asked: null, wanted: null, none: false, armed: null, ticked: new Map(), problem: null, composing: false };
const timers = {};

const slots = new Slots(byId("slots"), byId("slot-inputs"), data.slots, () => {
  disarm();
  searches.soon(request(), SLOT_PAUSE);
});
const feedback = new Feedback();
const searches = new Searches({ onStart: started, onAnswer: answered, onFailure: failed });

// --- asking ---------------------------------------------------------------------------------------------------------

function channel() {
  return document.querySelector("input[name=channel]:checked").value;
}

function request() {
  const query = input.value.trim();
  const body = { query, channel: channel(), limit: data.limit, min_confidence: 0, slots: slots.filled };
  return { query, channel: body.channel, body };
}

/** Whether what is shown answers what stands in the inputs now. */
function isFresh() {
  return state.asked !== null && JSON.stringify(state.asked.body) === JSON.stringify(request().body);
}

function changed({ at_once: atOnce = false } = {}) {
  if (state.composing) return;
  disarm();
  showClear();
  const wish = request();
  if (!wish.query) return reset();
  if (isFresh() && !state.problem) return searches.cancel();
  if (atOnce) searches.now(wish);
  else searches.soon(wish);
}

function started() {
  clearTimeout(timers.slow);
  clearTimeout(timers.retry);
  timers.slow = setTimeout(() => {
    if (state.response) target.results.setAttribute("aria-busy", "true");
    else show("skeleton");
  }, SKELETON_AFTER);
}

function answered(response, asked) {
  clearTimeout(timers.slow);
  const before = chosenEntry();
  const same = state.asked?.query === asked.query;
  if (!same) feedback.nextQuery();
  Object.assign(state, { response, asked, problem: null, armed: null });
  state.wanted = same && before ? response.suggestions.findIndex((item) => item.entry_id === before) + 1 || null : null;
  state.none = same && state.none && response.decision === "clarify";
  draw();
  byId("version").textContent = fill(words.index_version, { version: response.index_version });
  rememberAddress();
  announceResult();
}

function failed(failure, asked) {
  clearTimeout(timers.slow);
  const problem = problemOf(failure, asked, data);
  if (problem.kind === "offline") timers.retry = setTimeout(() => searches.now(request()), RETRY_EVERY);
  const again = state.problem?.kind === problem.kind && state.problem.text === problem.text;
  Object.assign(state, { response: null, asked: null, wanted: null, none: false, armed: null, problem });
  if (!again) target.problem.replaceChildren(drawProblem(problem));
  show("problem");
}

function reset() {
  searches.cancel();
  clearTimeout(timers.slow);
  clearTimeout(timers.retry);
  Object.assign(state, { response: null, asked: null, wanted: null, none: false, armed: null, problem: null });
  state.ticked.clear();
  slots.show([]);
  show("empty");
  rememberAddress();
}

// --- drawing --------------------------------------------------------------------------------------------------------

/** Show one of results, problem, skeleton, empty. */
function show(name) {
  for (const [key, element] of Object.entries(target)) element.hidden = key !== name;
  target.results.removeAttribute("aria-busy");
}

function draw() {
  const { response, asked, wanted, none } = state;
  const parts = results(response, { query: asked.query, channel: asked.channel, chosen: wanted, none }, data, Date.now());
  const focused = focusedPlace();
  target.results.replaceChildren(drawResults(parts));
  fillChecklist();
  slots.show(missingOnScreen());
  show("results");
  if (focused) target.results.querySelector(focused)?.focus({ preventScroll: true });
}

/** Slots that a reply on the screen still wants: the one to say, and the holding reply beside it. */
function missingOnScreen() {
  const replies = [spoken(state.response, chosen(), state.none), state.response.escalation.holding_reply];
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

function tick() {
  const clock = target.results.querySelector('[data-at="left"]');
  const due = clock && new Date(clock.getAttribute("datetime"));
  if (!due || Number.isNaN(due.getTime())) return;
  clock.textContent = left(due, Date.now(), words);
  clock.toggleAttribute("data-late", due < Date.now());
}

function showClear() {
  document.querySelector('[data-do="clear"]').hidden = !input.value;
  document.querySelector(".focus-hint").hidden = Boolean(input.value);
}

function rememberAddress() {
  const query = state.asked?.query ?? input.value.trim();
  const address = query ? link({ query, channel: channel() }, place()) : "/";
  history.replaceState(null, "", address);
  document.title = query ? `${query.slice(0, 40)} · ${words.brand}` : words.brand;
}

/** What is shown of the answer, as the address has it. */
function place() {
  return state.none ? NONE : state.wanted;
}

function announce(text) {
  clearTimeout(timers.announce);
  byId("live").textContent = text;
}

function announceResult() {
  const { response } = state;
  const { decision, suggestions, escalation } = response;
  const whom = escalation.target_label ?? "";
  const told = [
    fill(words.announce, { decision: words[decision], n: suggestions.length }),
    suggestions.length && fill(words.announce_first, { title: suggestions[0].title }),
    escalation.level !== "none" && fill(words.announce_escalation, { level: words[escalation.level], target: whom }),
  ];
  clearTimeout(timers.announce);
  timers.announce = setTimeout(() => announce(told.filter(Boolean).join(" · ")), ANNOUNCE_AFTER);
}

// --- choosing and copying -------------------------------------------------------------------------------------------

function chosen() {
  return state.response ? choose(state.response, state.wanted) : 0;
}

function chosenEntry() {
  const n = state.wanted ? chosen() : 0;
  return n ? state.response.suggestions[n - 1].entry_id : null;
}

/** Choose the nth candidate; 0 is the decision's own line. */
function pick(n, { focus = false } = {}) {
  if (!state.response || n > state.response.suggestions.length) return false;
  if (n !== chosen() || state.none) {
    disarm();
    Object.assign(state, { wanted: n || null, none: false });
    draw();
    rememberAddress();
  }
  const candidate = target.results.querySelector(`.candidate[data-n="${n}"]`);
  if (focus) (candidate ?? input).focus();
  return true;
}

/** Tell which option of a clarification was meant, if the candidate is one. */
function tellChosen(n) {
  const { clarification, suggestions } = state.response;
  const entryId = suggestions[n - 1]?.entry_id;
  if (clarification?.options.some((option) => option.entry_id === entryId)) feedback.tell(state.response, "chosen", entryId);
}

/** The agent says which option was meant: its reply is what there is to say. */
function chooseOption({ entry, n, element }) {
  if (!isReady()) return;
  feedback.tell(state.response, "chosen", entry);
  announce(fill(words.chosen_option, { title: element.querySelector('[data-at="title"]').textContent }));
  if (n) pick(Number(n));
  else searchFor(new URL(element.href).searchParams.get("q"));
}

/** The agent says that no option was meant: the customer is steadied. */
function chooseNone() {
  if (!isReady() || !state.response.clarification) return;
  feedback.tell(state.response, "none_fits");
  disarm();
  Object.assign(state, { wanted: null, none: true });
  draw();
  rememberAddress();
  announce(words.none_chosen);
}

function step(by) {
  if (!state.response) return;
  const n = chosen() + by;
  const first = choose(state.response, null);
  if (n < first || n < 1) {
    pick(first);
    input.focus();
  } else pick(n, { focus: true });
}

/** Never copy what answers something else than what stands in the inputs: look it up first. */
function isReady() {
  if (!input.value.trim()) return false;
  if (isFresh()) return Boolean(state.response);
  searches.now(request());
  announce(words.loading);
  return false;
}

/** Copy a reply; one with unfilled slots only on the second wish. */
async function copyWithCare({ text, missing_slots: missing }, button, done) {
  if (missing.length && state.armed !== text) return warn(missing, text, button);
  disarm();
  await copy(marked(text, missing, data.slots), button, done);
}

async function copy(text, button, done) {
  const copied = await copyText(text);
  announce(copied ? done : words.copy_failed);
  const label = button?.querySelector('[data-at="copy"]');
  if (!label) return;
  const before = label.dataset.word ??= label.textContent;
  label.textContent = copied ? words.copied : words.copy_failed;
  button.classList.toggle("done", copied);
  setTimeout(() => {
    label.textContent = before;
    button.classList.remove("done");
  }, COPIED_FOR);
}

function warn(missing, text, button) {
  disarm();
  state.armed = text;
  const names = missing.map((name) => slots.label(name)).join(words.comma);
  const caution = button.closest(".card").querySelector('[data-at="caution"]');
  const told = document.createElement("span");
  told.textContent = `${fill(words.still_missing, { n: missing.length, names })} · ${words.copy_anyway}`;
  const go = document.createElement("button");
  Object.assign(go, { type: "button", className: "button", textContent: words.fill_in });
  Object.assign(go.dataset, { do: "fill", slot: missing[0] });
  caution.replaceChildren(told, go);
  caution.hidden = false;
}

function disarm() {
  state.armed = null;
  for (const caution of target.results.querySelectorAll('[data-at="caution"]')) caution.hidden = true;
}

function copyChosen() {
  if (!isReady()) return;
  const reply = spoken(state.response, chosen(), state.none);
  const title = target.results.querySelector('.say [data-at="title"]').textContent;
  if (chosen()) tellChosen(chosen());
  if (reply) copyWithCare(reply, target.results.querySelector('[data-do="copy"]'), fill(words.copied_reply, { title }));
}

function copyHolding() {
  if (!isReady()) return;
  const reply = state.response.escalation.holding_reply;
  const button = target.results.querySelector(".holding:not([hidden]) [data-do=copy-holding]");
  if (!reply) return state.none ? copyChosen() : undefined;
  if (button) copyWithCare(reply, button, words.copied_holding);
  else if (!chosen()) copyChosen();
}

function copyNote() {
  if (!isReady() || state.response.escalation.level === "none") return;
  const boxes = [...target.results.querySelectorAll("[data-field]:checked")];
  const known = Object.fromEntries(boxes.map(({ dataset: { field } }) => [field, slots.filled[field] ?? true]));
  const note = escalationNote(state.response, { query: state.asked.query, chosen: chosen(), known }, words);
  copy(note, target.results.querySelector('[data-do="copy-note"]'), words.copied_note);
}

// --- acts -----------------------------------------------------------------------------------------------------------

function searchFor(query) {
  history.pushState(null, "", link({ query, channel: channel() }));
  input.value = query;
  changed({ at_once: true });
  input.focus();
}

function clear() {
  input.value = "";
  showClear();
  reset();
  input.focus();
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  document.cookie = `huashu_theme=${theme}; path=/; max-age=${YEAR}; samesite=lax`;
}

const acts = {
  "copy": copyChosen,
  "copy-nth": ({ n }) => isReady() && pick(n) && copyChosen(),
  "copy-holding": copyHolding,
  "option": chooseOption,
  "none": chooseNone,
  "copy-note": copyNote,
  "next": () => step(1),
  "previous": () => step(-1),
  "focus": () => { input.focus(); input.select(); },
  "keys": () => byId("keys").showModal(),
  "clear": clear,
  "clear-slots": () => { slots.clear(); changed({ at_once: true }); input.focus(); },
  "retry": () => searches.now(request()),
  "fill": ({ slot }) => slots.focus(slot),
  "search": ({ element }) => searchFor(new URL(element.href).searchParams.get("q")),
  "theme": ({ themeChoice }) => setTheme(themeChoice),
  "language": ({ element }) => location.assign(`${addressNow()}lang=${new URL(element.href).searchParams.get("lang")}`),
  "escape": () => {
    if (state.armed) disarm();
    else if (byId("slots").contains(document.activeElement)) input.focus();
    else clear();
  },
};

function addressNow() {
  const query = input.value.trim();
  return query ? `${link({ query, channel: channel() }, place())}&` : "/?";
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
  searches.now(request());
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

function listen() {
  input.addEventListener("compositionstart", () => { state.composing = true; });
  input.addEventListener("compositionend", () => { state.composing = false; changed(); });
  input.addEventListener("input", () => changed());
  byId("search").addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
  document.addEventListener("change", ({ target: changedInput }) => {
    if (changedInput.name === "channel") changed({ at_once: true });
    if (changedInput.dataset.field) state.ticked.set(changedInput.dataset.field, changedInput.checked);
  });
  window.addEventListener("online", () => state.problem?.kind === "offline" && searches.now(request()));
  window.addEventListener("popstate", () => {
    input.value = new URLSearchParams(location.search).get("q") ?? "";
    changed({ at_once: true });
  });
  setInterval(tick, 1000);
}

/** Take over what the server has drawn. */
function start() {
  document.documentElement.dataset.script = "";
  listen();
  showClear();
  if (data.first) {
    const asked = request();
    asked.body.slots = {};
    const n = new URLSearchParams(location.search).get("n");
    Object.assign(state, { response: data.first, asked, wanted: Number(n) || null, none: n === NONE });
    draw();
  }
  if (input.value.trim() && !isFresh() && target.problem.childElementCount === 0) searches.now(request());
}

start();
