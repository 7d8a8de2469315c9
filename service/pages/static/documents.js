// The documents' pages: upload without leaving the page, and deciding about proposals by key.

import { ApiError, headers, send } from "./api.js";
import { fill } from "./figures.js";
import { isComposing } from "./keys.js";

const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("page-data").textContent);
const { words } = data;
document.documentElement.dataset.script = "";

/** What went wrong, as a person needs to hear it. */
function problemOf(error) {
  if (error instanceof ApiError && error.status === 0) return words.offline;
  return error instanceof ApiError && error.detail ? error.detail : words.failed;
}

function showFailure(place, text) {
  place.textContent = text;
  place.hidden = !text;
}

// --- upload ---------------------------------------------------------------------------------------------------------

async function upload(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const [file] = byId("file").files;
  const button = form.querySelector("button.primary");
  showFailure(byId("failure"), "");
  if (!file) return showFailure(byId("failure"), words.no_file);
  byId("said").textContent = words.reading_now;
  button.disabled = true;
  try {
    const kept = await send("POST", `/v1/documents?name=${encodeURIComponent(file.name)}`, undefined, {
      body: file,
      headers: { ...headers(), "content-type": "application/octet-stream" },
    });
    location.assign(`/documents/${kept.summary.id}`);
  } catch (error) {
    showFailure(byId("failure"), problemOf(error));
    byId("said").textContent = "";
    button.disabled = false;
  }
}

function chosen() {
  const [file] = byId("file").files;
  if (file) byId("chosen").textContent = file.name;
}

/** A file that is dropped on the card is the chosen one. */
function drop(event) {
  event.preventDefault();
  byId("upload").classList.toggle("over", event.type === "dragover");
  if (event.type !== "drop" || !event.dataTransfer.files.length) return;
  byId("file").files = event.dataTransfer.files;
  chosen();
}

if (byId("upload")) {
  byId("upload").addEventListener("submit", upload);
  byId("file").addEventListener("change", chosen);
  for (const type of ["dragover", "dragleave", "drop"]) byId("upload").addEventListener(type, drop);
}

// --- proposals ------------------------------------------------------------------------------------------------------

const list = byId("proposals");
const cards = () => [...list.querySelectorAll(".proposal")];
const visible = () => cards().filter((card) => !card.hidden);

function current() {
  return list.querySelector(".proposal.current");
}

/** Make a card the one that keys act on, and show where it stands in the text. */
function choose(card, { focus = true } = {}) {
  if (!card) return;
  current()?.classList.remove("current");
  card.classList.add("current");
  if (focus) card.focus({ preventScroll: true });
  if (focus) card.scrollIntoView({ block: "nearest" });
  document.querySelector(".text .here")?.classList.remove("here");
  const line = byId(`l${card.dataset.line}`);
  if (!line) return;
  line.classList.add("here");
  const text = byId("text");
  text.scrollTop = line.offsetTop - text.offsetTop - text.clientHeight / 3;
}

function step(by) {
  const all = visible();
  const at = all.indexOf(current());
  choose(all[Math.min(Math.max(at + by, 0), all.length - 1)]);
}

/** The next card that is still to be decided, after this one, else from the top. */
function nextOpen(card) {
  const all = visible();
  const after = [...all.slice(all.indexOf(card) + 1), ...all];
  return after.find((one) => one.dataset.state === "open");
}

/** What the form says: only what an editor could have changed. */
function choiceOf(card) {
  const fields = new FormData(card.querySelector("form"));
  const lines = fields.get("variants").split("\n").map((line) => line.trim()).filter(Boolean);
  const names = ["title", "entry_id", "kind", "channel", "reply"];
  const choice = Object.fromEntries(names.map((name) => [name, fields.get(name)]));
  const category = fields.get("category");
  if (category && isUnsorted(choice.entry_id)) choice.entry_id = `${category}.${choice.entry_id.slice(data.unsorted.length)}`;
  return { number: Number(card.dataset.n), variants: lines, ...choice };
}

const isUnsorted = (id) => id.startsWith(data.unsorted);

/** An id of no category is nobody's choice: ask for one. */
function lacksCategory(form) {
  const { category, entry_id: id } = form.elements;
  if (!isUnsorted(id.value) || category?.value) return false;
  if (!category) form.querySelector("details").open = true;
  (category ?? id).focus();
  showFailure(form.querySelector(".failure"), words.choose_category);
  return true;
}

/** What became of it; a draft leads to where it is edited. */
function told(draft) {
  if (!draft) return words.skipped;
  const link = document.createElement("a");
  link.href = `/editor/${encodeURIComponent(draft.entry_id)}`;
  link.textContent = fill(words.accepted, { entry: draft.entry_id, version: draft.version });
  return link;
}

async function decide(card, act) {
  const form = card.querySelector("form");
  if (!form || form.dataset.busy || (act === "accept" && (lacksCategory(form) || !form.reportValidity()))) return;
  form.dataset.busy = "1";
  showFailure(form.querySelector(".failure"), "");
  const next = nextOpen(card);
  const body = { proposals: [act === "accept" ? choiceOf(card) : Number(card.dataset.n)] };
  try {
    const answer = await send("POST", `/v1/documents/${data.id}/${act}`, body);
    const [draft] = answer.drafts ?? [];
    card.dataset.state = act === "accept" ? "accepted" : "skipped";
    card.querySelector(".state").replaceChildren(told(draft));
    form.remove();
    filter();
    tell();
    choose(next === card ? card : (next ?? card));
  } catch (error) {
    delete form.dataset.busy;
    const field = error.errors?.[0]?.field?.replace(/^proposals\.\d+\./, "");
    if (field && form.elements[field]) {
      form.querySelector("details").open = true;
      form.elements[field].focus();
    }
    showFailure(form.querySelector(".failure"), problemOf(error));
  }
}

function tell() {
  const all = cards();
  const done = all.filter((card) => card.dataset.state !== "open").length;
  byId("progress").textContent = done === all.length ? words.all_done : fill(words.progress, { done, all: all.length });
}

function filter() {
  for (const card of cards()) {
    const decided = byId("hide-decided").checked && card.dataset.state !== "open";
    const covered = byId("hide-covered").checked && ["exact", "likely"].includes(card.dataset.covered);
    card.hidden = decided || covered;
  }
}

function edit(card) {
  const details = card?.querySelector("details");
  if (!details) return;
  details.open = !details.open;
  if (details.open) details.querySelector("input").focus();
  else choose(card);
}

const ACTS = {
  KeyJ: () => step(1),
  ArrowDown: () => step(1),
  KeyK: () => step(-1),
  ArrowUp: () => step(-1),
  KeyA: () => current() && decide(current(), "accept"),
  KeyS: () => current() && decide(current(), "skip"),
  KeyE: () => edit(current()),
};

function pressed(event) {
  if (isComposing(event) || event.altKey) return;
  const card = event.target.closest(".proposal");
  const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
  if (event.key === "Escape" && card?.querySelector("details[open]")) return edit(card);
  if (typing && event.key === "Enter" && (event.ctrlKey || event.metaKey)) return decide(card, "accept");
  if (typing || event.ctrlKey || event.metaKey) return;
  // Arrows scroll where something scrolls.
  if (event.key.startsWith("Arrow") && !event.target.matches(".proposal, body")) return;
  const act = ACTS[event.code];
  if (!act) return;
  event.preventDefault();
  act();
}

function clicked(event) {
  const button = event.target.closest("[data-do]");
  const card = event.target.closest(".proposal");
  if (button?.dataset.do === "use") {
    const reply = card.querySelector("[name=reply]");
    const other = button.previousElementSibling;
    [reply.value, other.textContent] = [other.textContent, reply.value];
    return;
  }
  if (card && !event.target.closest("a, button, input, textarea, select, summary")) choose(card);
}

if (list) {
  list.addEventListener("submit", (event) => {
    event.preventDefault();
    decide(event.target.closest(".proposal"), event.submitter?.value === "skip" ? "skip" : "accept");
  });
  list.addEventListener("click", clicked);
  list.addEventListener("focusin", (event) => {
    const card = event.target.closest(".proposal");
    if (card && card !== current()) choose(card, { focus: false });
  });
  document.addEventListener("keydown", pressed);
  byId("text").addEventListener("click", (event) => {
    const jump = event.target.closest(".jump");
    if (!jump) return;
    event.preventDefault();
    choose(byId(jump.hash.slice(1)));
  });
  for (const id of ["hide-decided", "hide-covered"]) byId(id).addEventListener("change", filter);
  choose(location.hash.startsWith("#p") ? byId(location.hash.slice(1)) : nextOpen(null) ?? cards()[0], { focus: false });
}
