// The merge view: what both sides changed, three texts side by side, and a result that can be edited.

import { make } from "./elements.js";
import { fill } from "./figures.js";

const EDITABLE = /^(title|source|variants|escalation\.holding_reply|replies\[.*)$/;
const REPLY = /^replies\[(\w+)\/(\w+)\](?:\[(\d+)\])?$/;

export class MergeView {
  constructor(root, words) {
    Object.assign(this, { root, words });
  }

  /** Show a merge; resolves with the content to go on with, or null. `name` is whose the other side is. */
  show(merge, name) {
    const { words } = this;
    const choices = merge.conflicts.map((conflict, n) => new Choice(conflict, n, words, name));
    return new Promise((resolve) => {
      const end = (content) => () => {
        this.root.hidden = true;
        this.root.replaceChildren();
        resolve(content());
      };
      this.root.replaceChildren(
        make("h2", { id: "merge-title", tabindex: "-1" }, words.merge_title),
        make("p", {}, choices.length ? words.merge_text : words.merge_clean),
        ...(merge.taken.length ? [make("p", { class: "muted small" }, fill(words.merge_taken, { fields: [...new Set(merge.taken)].map((field) => fieldName(field, words)).join(words.comma) }))] : []),
        ...choices.map((choice) => choice.element),
        make("div", { class: "merge-acts" },
          make("button", { type: "button", class: "button primary", onclick: end(() => applied(merge, choices)) }, words.merge_use),
          make("button", { type: "button", class: "button quiet", onclick: end(() => null) }, words.merge_cancel)),
      );
      this.root.hidden = false;
      for (const choice of choices) choice.fit();
      this.root.querySelector("h2").focus();
      this.root.scrollIntoView({ block: "start" });
    });
  }
}

/** One conflict: pick a side, and change the result where it is a text. */
class Choice {
  constructor(conflict, n, words, name) {
    Object.assign(this, { conflict, words });
    const sides = { theirs: conflict.theirs, mine: conflict.mine };
    if (EDITABLE.test(conflict.field) && conflict.field !== "title" && conflict.theirs && conflict.mine) sides.both = [...conflict.theirs, ...conflict.mine];
    const labels = { theirs: fill(name ? words.merge_theirs : words.merge_theirs_tab, { name }), mine: words.merge_mine, both: words.merge_both };
    this.lines = conflict.mine ?? [];
    this.result = EDITABLE.test(conflict.field)
      ? make("textarea", { rows: 2, "aria-label": words.merge_result, spellcheck: "false", oninput: () => this.fit() })
      : null;
    this.#set(conflict.mine);
    const radios = Object.keys(sides).map((side) =>
      make("label", {}, make("input", { type: "radio", name: `merge-${n}`, value: side, checked: side === "mine", onchange: () => this.#set(sides[side]) }), labels[side]),
    );
    const column = (title, lines, kind) => make("div", { class: "side", "data-side": kind }, make("h3", {}, title), make("p", {}, ...this.#text(lines, conflict[`${kind}_pieces`])));
    this.element = make("fieldset", { class: "conflict", "data-conflict": conflict.field },
      make("legend", {}, fieldName(conflict.field, words)),
      make("div", { class: "sides" }, column(words.merge_base, conflict.base, "base"), column(labels.theirs, conflict.theirs, "theirs"), column(words.merge_mine, conflict.mine, "mine")),
      make("div", { class: "picks" }, radios),
      this.result ? make("label", { class: "result" }, words.merge_result, this.result) : null,
    );
  }

  /** The lines decided on. */
  get decided() {
    if (!this.result) return this.lines;
    return this.conflict.kind === "lines" ? this.result.value.split("\n") : [this.result.value];
  }

  /** The result as high as its text, once it is on the page. */
  fit() {
    if (!this.result) return;
    this.result.style.height = "auto";
    this.result.style.height = `${this.result.scrollHeight + 2}px`;
  }

  #set(lines) {
    this.lines = lines ?? [];
    if (!this.result) return;
    this.result.value = this.lines.join("\n");
    this.fit();
  }

  /** A side's text, with what differs from before marked as review does. */
  #text(lines, pieces) {
    const { conflict, words } = this;
    if (lines === null) return [words.merge_absent];
    if (!pieces || !this.result) return [lines.map((line) => sideText(conflict.field, line, words)).join("\n")];
    return pieces.map(({ kind, text }) => (kind === "same" ? text : make(kind === "added" ? "ins" : "del", {}, text)));
  }
}

/** The merged content with every decision put in its place; lines from the last on, so that places stay true. */
function applied(merge, choices) {
  const content = structuredClone(merge.merged);
  for (const { conflict, decided } of [...choices].reverse()) {
    const reply = REPLY.exec(conflict.field);
    if (conflict.kind === "lines") content.variants.splice(conflict.start, conflict.mine.length, ...decided);
    else if (reply) putReply(content, reply, decided.join("\n"));
    else if (conflict.field.startsWith("escalation.")) content.escalation[conflict.field.slice(11)] = decided.join("\n");
    else content[conflict.field] = decided.join(" ");
  }
  return content;
}

function putReply(content, [, channel, language, number = "0"], text) {
  const alike = content.replies.filter((reply) => reply.channel === channel && reply.language === language);
  const there = alike[Number(number)];
  if (!text.trim()) content.replies = content.replies.filter((reply) => reply !== there);
  else if (there) there.text = text;
  else content.replies.push({ channel, language, text });
}

/** What a field is called on the page. */
function fieldName(field, words) {
  const reply = REPLY.exec(field);
  if (reply) return `${words.replies} · ${words[`channel_${reply[1]}`] ?? reply[1]} · ${words[`language_${reply[2]}`] ?? reply[2]}`;
  return words[field.split(".").at(-1)] ?? field;
}

/** A choice by its name on the page, any other text as it is. */
function sideText(field, text, words) {
  return words[`${field.split(".").at(-1)}_${text}`] ?? text;
}
