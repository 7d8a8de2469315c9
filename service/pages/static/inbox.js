// The inbox's acts: sent to the API, said on the card they are about. Keys do what the card's buttons do.

import { ApiError, send } from "./api.js";
import { isComposing } from "./keys.js";
import { Naming } from "./naming.js";

const { words } = JSON.parse(document.getElementById("page-data").textContent);
const KEYS = { KeyA: ".acts .primary", KeyC: "[data-do=choose]", KeyN: "[data-do=new]", KeyX: ".acts .quiet" };
const choosing = document.getElementById("choose");
const writing = document.getElementById("new");
const form = document.getElementById("new-form");
const naming = form && new Naming(form);
let current = null; // the card a dialog is about
let latest = 0;

document.documentElement.dataset.script = "";
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-do]");
  if (button) ACTS[button.dataset.do]?.(button.closest(".theme"), button);
});
document.addEventListener("keydown", onKey);
document.getElementById("choose-query")?.addEventListener("input", ({ target }) => search(target.value));
choosing?.addEventListener("keydown", onChoosingKey);
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const { id, title, reply } = Object.fromEntries(new FormData(event.target));
  accept(current, { new: { id: id.trim(), title, reply } }, title, event.target.querySelector(".said"));
});

const ACTS = {
  accept: (card, { dataset }) => accept(card, { entry_id: dataset.entry }, dataset.entryTitle),
  choose: openChoosing,
  new: openWriting,
  dismiss,
  repair,
  close: () => writing.close(),
};

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function chosen(card) {
  return [...card.querySelectorAll("[name=query]:checked")].map(({ value }) => value);
}

/** Say something on a card, or in a dialog: words, and links or buttons after them. */
function say(place, text, bad = false, ...more) {
  place.classList.toggle("bad", bad);
  place.replaceChildren(text, ...more.flatMap((one) => [" ", one]));
}

function saidOf(failure) {
  if (!(failure instanceof ApiError)) throw failure;
  return failure.status ? fill(words.failed, { detail: failure.detail || failure.status }) : words.offline;
}

async function act(card, place, request, done) {
  if (card.dataset.busy) return;
  card.dataset.busy = "true";
  try {
    done(await request());
  } catch (failure) {
    say(place, saidOf(failure), true);
  } finally {
    delete card.dataset.busy;
  }
}

/** The card is done with as far as its checked queries go; with some left, it stays open for them. What opens it again
 *  as it was. */
function settle(card) {
  const boxes = [...card.querySelectorAll("[name=query]")];
  const [done, rest] = [boxes.filter((box) => box.checked), boxes.filter((box) => !box.checked)];
  const lines = boxes.map((box) => box.closest("li"));
  const list = lines[0].parentElement;
  for (const box of done) box.closest("li").remove();
  for (const box of rest) box.checked = true;
  card.classList.toggle("settled", rest.length === 0);
  return () => {
    list.replaceChildren(...lines);
    for (const box of boxes) box.checked = done.includes(box);
    card.classList.remove("settled");
  };
}

function accept(card, where, title, place = card.querySelector(".said")) {
  const queries = chosen(card);
  if (!queries.length) return say(place, words.none_checked, true);
  return act(card, place, () => send("POST", "/v1/inbox/accept", { queries, ...where }), (draft) => {
    choosing.close();
    writing.close();
    settle(card);
    const link = Object.assign(document.createElement("a"), { href: `/editor/${draft.entry_id}`, textContent: words.open_draft });
    say(card.querySelector(".said"), fill(words.saved, { entry: title, ...draft }), false, link);
    card.focus();
  });
}

function dismiss(card) {
  const queries = chosen(card);
  const place = card.querySelector(".said");
  if (!queries.length) return say(place, words.none_checked, true);
  return act(card, place, () => send("POST", "/v1/inbox/dismiss", { queries }), () => {
    const reopen = settle(card);
    const undo = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: words.undo });
    undo.addEventListener("click", () =>
      act(card, place, () => send("POST", "/v1/inbox/restore", { queries }), () => {
        reopen();
        say(place, words.restored);
        card.focus();
      }),
    );
    say(place, fill(words.dismissed, { n: queries.length }), false, undo);
    card.focus();
  });
}

function repair(card, { dataset }) {
  const body = { entry_id: card.dataset.entry, variant: card.dataset.variant, act: dataset.act };
  if (dataset.to) body.to = dataset.to;
  const place = card.querySelector(".said");
  return act(card, place, () => send("POST", "/v1/inbox/repairs", body), ({ drafts }) => {
    card.classList.add("settled");
    const entries = drafts.map(({ entry_id: id, version }) => `${id} v${version}`).join(words.comma);
    say(place, drafts.length ? fill(words.moved, { entries }) : words.kept);
    card.focus();
  });
}

function openChoosing(card) {
  current = card;
  const query = document.getElementById("choose-query");
  query.value = card.dataset.title;
  choosing.showModal();
  query.select();
  search(query.value);
}

function openWriting(card) {
  current = card;
  form.reset();
  form.elements.title.value = card.dataset.title.slice(0, 100);
  form.elements.category.value = card.dataset.category;
  form.elements.reply.value = card.dataset.edit;
  form.querySelector(".said").replaceChildren();
  naming.begin();
  writing.showModal();
  form.elements[form.elements.category.value ? "reply" : "category"].focus();
}

/** The live entries nearest to a text; a later search always wins over an earlier one. */
async function search(text) {
  const list = document.getElementById("choose-found");
  const number = (latest += 1);
  const asked = new URLSearchParams({ limit: "8", ...(text.trim() && { query: text.trim() }) });
  let found;
  try {
    found = (await send("GET", `/v1/entries?${asked}`)).entries;
  } catch (failure) {
    if (number === latest) list.textContent = saidOf(failure);
    return;
  }
  if (number !== latest) return;
  list.replaceChildren(...(found.length ? found.map(choice) : [words.no_entry]));
}

/** Arrows go from the search to what it found and back; Enter in the search goes to the first, and presses what has the
 *  focus. */
function onChoosingKey(event) {
  const fields = [document.getElementById("choose-query"), ...choosing.querySelectorAll("#choose-found button")];
  const here = fields.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1, ...(here === 0 && { Enter: 1 }) }[event.key];
  if (isComposing(event) || !step || here < 0) return;
  event.preventDefault();
  fields[Math.min(Math.max(here + step, 0), fields.length - 1)].focus();
}

function choice({ entry_id: id, title }) {
  const item = document.createElement("li");
  const button = Object.assign(document.createElement("button"), { type: "button" });
  const name = Object.assign(document.createElement("span"), { textContent: title });
  const code = Object.assign(document.createElement("span"), { className: "muted small", textContent: id });
  button.append(name, code);
  button.addEventListener("click", () => {
    choosing.close();
    accept(current, { entry_id: id }, title);
  });
  item.append(button);
  return item;
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || isComposing(event)) return;
  if (event.target.closest("dialog[open], input:not([type=checkbox]), textarea, select")) return;
  const cards = [...document.querySelectorAll(".theme")];
  const here = cards.indexOf(document.activeElement.closest(".theme"));
  if (event.code === "KeyJ" || event.code === "KeyK") {
    const step = event.code === "KeyJ" ? 1 : -1;
    cards[Math.min(Math.max(here + step, 0), cards.length - 1)]?.focus();
  } else if (here >= 0 && event.code === "KeyO") {
    const details = cards[here].querySelector("details");
    if (details) details.open = !details.open;
  } else if (here >= 0 && KEYS[event.code]) {
    if (!cards[here].classList.contains("settled")) cards[here].querySelector(KEYS[event.code])?.click();
  } else {
    return;
  }
  event.preventDefault();
}
