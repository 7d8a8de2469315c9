// Training: the agent's reply beside the approved one, and what the rules say of it. Only the count stays, in this tab.

import { check, drawFinding } from "./checking.js";
import { fill, marked } from "./figures.js";

const KEY = "huashu.training";
const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("page-data")?.textContent ?? "null");
const place = (root, name) => root.querySelector(`[data-at="${name}"]`);

function counts() {
  try {
    return { done: 0, right: 0, clean: 0, ...JSON.parse(sessionStorage.getItem(KEY) ?? "{}") };
  } catch {
    return { done: 0, right: 0, clean: 0 };
  }
}

function keep(now) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(now));
  } catch {
    // Storage is closed to this page: nothing is counted.
  }
  drawProgress(now);
}

function drawProgress(now) {
  byId("progress").hidden = !now.done;
  place(byId("progress"), "told").textContent = fill(data.words.progress, now);
}

/** Approved words with their slots marked. */
const speak = (alternative) => marked(alternative, Object.keys(data.slots), data.slots);

/** What the customer was not asked for: labels of which no part is in the text. */
function notAsked(labels, text) {
  const parts = (label) => label.split(/[、，,/()（）\s或与和及]+/).filter(Boolean);
  const said = text.toLowerCase();
  const isSaid = (part) => said.includes(part.toLowerCase()) || (part.length > 2 && said.includes(part.slice(-2).toLowerCase()));
  return labels.filter((label) => !parts(label).some(isSaid));
}

/** The approved part of the page that also shows it. */
async function approvedPart(href) {
  const response = await fetch(href);
  if (!response.ok) throw new Error(`${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return page.querySelector("#approved .answer");
}

/** [{good, text}], and whether the escalation was judged rightly. */
function points(answer, text, choice) {
  const { words } = data;
  const isRequired = answer.dataset.level === "required";
  const right = choice !== null && (choice === "yes") === isRequired;
  const wrong = isRequired ? words.wrong_required : words.wrong_free;
  const told = [{ good: right, text: right ? words.right_level : choice === null ? `${words.no_level} · ${wrong}` : wrong }];
  const labels = answer.dataset.collect.split("\n").filter(Boolean);
  const missing = notAsked(labels, text);
  if (missing.length) told.push({ good: false, text: fill(words.asks_missing, { names: missing.join(words.comma) }) });
  else if (labels.length) told.push({ good: true, text: words.asks_all });
  return { told, right };
}

async function compare() {
  const text = byId("answer").value.trim();
  if (!text) return byId("answer").focus();
  const choice = document.querySelector("input[name=escalate]:checked")?.value ?? null;
  const verdict = byId("verdict");
  try {
    const [answer, { findings }] = await Promise.all([
      approvedPart(byId("compare").dataset.href),
      check(text, "chat", data.entry),
    ]);
    const { told, right } = points(answer, text, choice);
    if (!findings.length) told.push({ good: true, text: data.words.words_clean });
    place(verdict, "points").replaceChildren(...told.map(({ good, text: words }) => {
      const item = Object.assign(document.createElement("li"), { textContent: words });
      item.dataset.good = good;
      return item;
    }));
    place(verdict, "findings").replaceChildren(...findings.map((finding) => drawFinding(finding, text, data.words, null, speak)));
    const first = verdict.hidden;
    verdict.hidden = false;
    byId("approved").replaceChildren(document.adoptNode(answer));
    byId("next").focus();
    byId("live").textContent = told.map((point) => point.text).join(" · ");
    const now = counts();
    // Whoever tries the same line again, having seen the reply, is not counted twice.
    if (first) keep({ done: now.done + 1, right: now.right + right, clean: now.clean + !findings.length });
  } catch {
    byId("live").textContent = data.words.failed_compare;
    place(verdict, "points").textContent = data.words.failed_compare;
    verdict.hidden = false;
  }
  return undefined;
}

document.documentElement.dataset.script = "";
if (data && byId("attempt")) {
  drawProgress(counts());
  byId("answer").focus();
  byId("attempt").addEventListener("submit", (event) => {
    event.preventDefault();
    compare();
  });
  byId("answer").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    compare();
  });
  document.querySelector('[data-do="clear-progress"]').addEventListener("click", () => keep({ done: 0, right: 0, clean: 0 }));
}
