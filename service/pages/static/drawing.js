// Parts → elements, by cloning the page's <template>s. Text only ever enters as text, never as markup.

const clone = (name) => document.getElementById(`t-${name}`).content.cloneNode(true);
const place = (root, name) => root.querySelector(`[data-at="${name}"]`);

function write(root, name, text) {
  place(root, name).textContent = text;
}

/** Write `text`, or hide its place if there is none. */
function writeOrHide(root, name, text, box = name) {
  write(root, name, text);
  place(root, box).hidden = !text;
}

function setIcon(root, name) {
  root.querySelector(".icon use").setAttribute("href", `/static/icons.svg#${name}`);
}

/** A reply's pieces: unfilled slots become buttons that lead to their input. */
export function writePieces(element, pieces) {
  element.replaceChildren(...pieces.map(({ text, slot }) => {
    if (!slot) return document.createTextNode(text);
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "slot", textContent: text });
    Object.assign(button.dataset, { do: "fill", slot });
    return button;
  }));
}

function element(name, text) {
  return Object.assign(document.createElement(name), { textContent: text });
}

/** A stretch of a phrasing, marked where the customer said it too. */
function drawPart({ text, hit }) {
  return hit ? element("mark", text) : document.createTextNode(text);
}

/** One message of the conversation. */
export function drawTurn({ role, text }, words) {
  const root = clone("turn");
  root.firstElementChild.dataset.role = role;
  root.querySelector("b").textContent = words[`speaker_${role}`];
  root.querySelector("span").textContent = text;
  return root;
}

export function drawResults(parts) {
  const root = clone("results");
  const decision = root.querySelector(".decision");
  decision.dataset.decision = parts.decision.name;
  setIcon(decision, parts.decision.name);
  write(decision, "word", parts.decision.word);
  write(decision, "hint", parts.decision.hint);
  writeOrHide(decision, "read_as", parts.decision.read_as);
  write(root, "list-title", parts.list_title);
  place(root, "list-title").hidden = !parts.candidates.length;
  place(root, "candidates").replaceChildren(...parts.candidates.map(drawCandidate));
  const first = parts.escalation?.level === "required" && !parts.escalation.guess;
  const cards = [
    first && drawEscalation(parts.escalation),
    drawSay(parts.say),
    parts.options.length && drawOptions(parts.options, parts.none_href),
    parts.escalation && !first && drawEscalation(parts.escalation),
    parts.related.length && drawRelated(parts.related),
  ];
  place(root, "panel").replaceChildren(...cards.filter(Boolean));
  return root;
}

function drawCandidate(candidate) {
  const root = clone("candidate");
  const anchor = root.querySelector("a");
  anchor.setAttribute("href", candidate.href);
  anchor.dataset.n = candidate.n;
  if (candidate.chosen) anchor.setAttribute("aria-current", "true");
  for (const name of ["n", "title", "confidence", "preview"]) write(root, name, candidate[name]);
  return root;
}

function drawSay(say) {
  const root = clone("say");
  root.firstElementChild.dataset.kind = say.kind;
  write(root, "title", say.title);
  write(root, "meta", say.meta.join(" · "));
  const text = place(root, "pieces");
  if (say.lang) text.lang = say.lang;
  writeOrHide(root, "foreign", say.foreign);
  writePieces(text, say.pieces);
  place(root, "match").hidden = !say.match;
  place(root, "variant").replaceChildren(...(say.match?.variant ?? []).map(drawPart));
  writeOrHide(root, "tier", say.match?.tier ?? "");
  const contradictions = say.match?.contradictions ?? [];
  place(root, "contradictions").replaceChildren(...contradictions.map((told) => element("li", told)));
  place(root, "contradictions").hidden = !contradictions.length;
  place(root, "entry").hidden = !say.entry;
  write(root, "sure", say.entry?.sure ?? "");
  place(root, "href").setAttribute("href", say.entry?.href ?? "/");
  for (const box of [root.querySelector('[data-do="copy"]'), place(root, "verdicts")]) box.hidden = say.kind === "nothing";
  return root;
}

function drawOptions(items, noneHref) {
  const root = clone("options");
  place(root, "none").setAttribute("href", noneHref);
  place(root, "items").replaceChildren(...items.map((item) => {
    const option = clone("option");
    const anchor = option.querySelector("a");
    anchor.setAttribute("href", item.href);
    Object.assign(anchor.dataset, { n: item.n, entry: item.entry_id });
    writeOrHide(option, "n", item.n);
    write(option, "title", item.title);
    return option;
  }));
  return root;
}

function drawEscalation(escalation) {
  const root = clone("escalation");
  root.firstElementChild.dataset.level = escalation.level;
  root.firstElementChild.toggleAttribute("data-guess", escalation.guess);
  setIcon(root.querySelector("h2"), escalation.level);
  for (const name of ["word", "target", "span", "left", "reasons"]) write(root, name, escalation[name]);
  for (const name of ["condition", "priority", "foreign"]) writeOrHide(root, name, escalation[name]);
  place(root, "left").setAttribute("datetime", escalation.due_at);
  place(root, "due").hidden = !escalation.span && !escalation.left;
  place(root, "collect").replaceChildren(...escalation.collect.map(drawCollect));
  writePieces(place(root, "holding"), escalation.holding);
  place(root, "holding-box").hidden = !escalation.holding.length;
  return root;
}

function drawCollect(item) {
  const root = clone("collect");
  root.querySelector("input").dataset.field = item.field;
  write(root, "label", item.label);
  write(root, "optional", item.optional);
  return root;
}

function drawRelated(items) {
  const root = clone("related");
  place(root, "items").replaceChildren(...items.map((item) => {
    const entry = clone("related-link");
    entry.querySelector("a").setAttribute("href", item.href);
    write(entry, "title", item.title);
    return entry;
  }));
  return root;
}

export function drawProblem(problem) {
  const root = clone("problem");
  root.firstElementChild.dataset.problem = problem.kind;
  write(root, "title", problem.title);
  write(root, "text", problem.text);
  writeOrHide(root, "command", problem.command, "command-box");
  writeOrHide(root, "request_id", problem.request_id);
  const signIn = place(root, "sign_in");
  signIn.hidden = problem.kind !== "signin";
  signIn.setAttribute("href", `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  return root;
}
