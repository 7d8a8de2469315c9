// The margin: what lint found beside its line, who else would claim each variant, and the sum of it all.

import { make } from "./elements.js";
import { fill, percent } from "./figures.js";
import { writtenReplies } from "./manuscript.js";

const SCOPE = ["kind", "audience", "stage", "products", "tags", "related"];
const NEAR = 0.1; // confidence from which on another entry is worth a word beside the line

export class Margin {
  #findings = [];
  #claims = new Map(); // variant → claim

  constructor(form, words, { isLive, onReply }) {
    Object.assign(this, { form, words, isLive, onReply });
    this.area = form.elements.variants;
    this.lines = form.querySelector("#line-marks");
    this.list = form.querySelector("#finding-list");
    this.note = form.querySelector("#line-note");
    for (const name of ["focus", "click", "keyup"]) this.area.addEventListener(name, () => this.#drawNote());
    this.summary = form.querySelector("#summary");
    this.list.addEventListener("click", (event) => this.#go(event.target.closest("[data-at]")?.dataset.at));
  }

  findings(answer) {
    this.#findings = answer.findings;
    this.#drawSummary(answer);
    this.draw();
  }

  /** Variants whose claims are not known yet. */
  unknown() {
    return [...new Set(this.#variants().map((line) => line.trim()))].filter((line) => line && !this.#claims.has(line));
  }

  claims(found) {
    for (const claim of found) this.#claims.set(claim.variant, claim);
    this.draw();
  }

  draw() {
    const variants = this.#variants();
    this.area.rows = Math.max(variants.length + 1, 6);
    const count = variants.filter((line) => line.trim()).length;
    this.form.querySelector("#variants-count").textContent = fill(this.words.variants_count, { n: count });
    this.lines.replaceChildren(...variants.map((line, n) => this.#line(line.trim(), n)));
    this.#drawNote();
    this.#drawFields();
    this.#drawList();
    this.#drawFinds(variants);
  }

  #variants() {
    return this.area.value.split("\n");
  }

  #line(text, n) {
    const own = this.#of(`variants[${n}]`);
    const claim = this.#claims.get(text);
    const worst = own.find((one) => one.severity === "error") ?? own[0];
    if (worst) return this.#mark(worst.severity, besides(worst.message, text), worst.message);
    if (!text || !claim) return make("li");
    const near = claim.nearest && { title: claim.nearest.title, percent: percent(claim.nearest.confidence) };
    const told = near && `${claim.nearest.title}（${claim.nearest.entry_id}）：${claim.nearest.phrasing}`;
    if (claim.taken) return this.#mark("taken", fill(this.words.taken_by, near), told);
    if (near && claim.nearest.confidence >= NEAR) return this.#mark("near", fill(this.words.nearest, near), told);
    return claim.finds ? this.#mark("finds", this.words.finds_own, told) : this.#mark("quiet", near ? fill(this.words.nearest, near) : "", told);
  }

  /** On a screen too narrow for the margin, what it says of the line one is in stands below. */
  #drawNote() {
    const line = this.area.value.slice(0, this.area.selectionStart).split("\n").length - 1;
    const told = document.activeElement === this.area ? this.lines.children[line]?.textContent : "";
    const text = told ? `${this.#variants()[line].trim()}：${told}` : "";
    if (this.note.textContent !== text) this.note.textContent = text;
  }

  #mark(kind, text, title = text) {
    return make("li", { "data-kind": kind, title }, text);
  }

  #of(field) {
    return this.#findings.filter((one) => one.field === field);
  }

  /** Findings of whole fields beside them; those of a reply in its own box, with a mark on its tab. */
  #drawFields() {
    const groups = new Map();
    for (const one of this.#findings) {
      const at = placeOf(one.field);
      if (!/^variants\[/.test(one.field)) groups.set(at, [...(groups.get(at) ?? []), one]);
    }
    const notes = (found) => (found ?? []).map((one) => make("p", { class: "remark", "data-severity": one.severity }, one.message));
    for (const box of this.form.querySelectorAll("[data-marks]:not([data-marks=reply])")) box.replaceChildren(...notes(groups.get(box.dataset.marks)));
    const written = writtenReplies(this.form);
    for (const box of this.form.querySelectorAll("[data-reply]")) {
      const found = groups.get(`reply ${written.indexOf(box)}`) ?? [];
      box.querySelector("[data-marks=reply]").replaceChildren(...notes(found));
      const worst = found.some((one) => one.severity === "error") ? "error" : found.length ? "warning" : "";
      if (worst) box.dataset.marked = worst;
      else delete box.dataset.marked;
    }
    this.onReply();
  }

  #drawList() {
    const items = this.#findings.map((one) =>
      make("li", { "data-severity": one.severity },
        make("b", {}, this.words[one.severity]),
        make("button", { type: "button", class: "go", "data-at": one.field, title: fill(this.words.rule, { rule: one.rule }) }, one.message)),
    );
    this.list.replaceChildren(...(items.length ? items : [make("li", { class: "muted" }, this.words.all_good)]));
  }

  #drawSummary({ errors, warnings }) {
    const { words } = this;
    const parts = [];
    if (errors) parts.push(make("b", { "data-tone": "stop" }, fill(words.errors, { n: errors })));
    if (errors && warnings) parts.push(words.comma);
    if (warnings) parts.push(make("b", { "data-tone": "warn" }, fill(words.warnings, { n: warnings })));
    if (!parts.length) parts.push(make("b", { "data-tone": "ok" }, words.all_good));
    this.summary.replaceChildren(...parts);
    Object.assign(this.summary.dataset, { errors, warnings });
  }

  /** The share of the variants that find this entry, once all are known. */
  #drawFinds(variants) {
    const given = variants.map((line) => line.trim()).filter(Boolean);
    const known = given.map((line) => this.#claims.get(line)).filter(Boolean);
    const finds = known.filter((claim) => claim.finds).length;
    const told = this.isLive && known.length && known.length === given.length;
    this.form.querySelector("#finds").textContent = told ? fill(this.words.finds, { percent: percent(finds / known.length) }) : "";
  }

  /** To the place a finding is about: a line is selected, a reply's tab opened. */
  #go(field) {
    if (!field) return;
    const [, line] = /^variants\[(\d+)\]/.exec(field) ?? [];
    const place = placeOf(field);
    if (line !== undefined) {
      const lines = this.#variants();
      const start = lines.slice(0, Number(line)).reduce((sum, text) => sum + text.length + 1, 0);
      this.area.focus();
      this.area.setSelectionRange(start, start + lines[Number(line)].length);
    } else if (place.startsWith("reply ")) {
      const box = writtenReplies(this.form)[Number(place.slice(6))];
      this.onReply(box);
      box?.querySelector("textarea").focus();
    } else (this.form.elements[field.split(".").at(-1)] ?? this.form.querySelector(`[data-field="${place}"] :is(input, select, textarea)`))?.focus?.();
  }
}

/** A message without the line it begins by quoting, which it stands beside. */
function besides(message, text) {
  const quoted = [`「${text}」`, `"${text}" `].find((begin) => message.startsWith(begin));
  return quoted ? message.slice(quoted.length) : message;
}

/** The part of the form that a finding's field belongs to. */
export function placeOf(field) {
  const [, reply] = /^replies\[(\d+)\]/.exec(field) ?? [];
  if (reply !== undefined) return `reply ${reply}`;
  const name = field.split(/[.[]/)[0];
  if (name.startsWith("valid_")) return "validity";
  if (SCOPE.includes(name)) return "scope";
  return ["title", "variants", "replies", "escalation", "source"].includes(name) ? name : "scope";
}
