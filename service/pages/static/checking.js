// A draft held against the policy as it is typed: what not to say, and approved words instead, a click away.

import { send } from "./api.js";

const PAUSE = 250;

/** What the API says of a draft: {findings}. */
export function check(text, channel, entryId, signal) {
  return send("POST", "/v1/checks", { text, channel, ...(entryId ? { entry_id: entryId } : {}) }, { signal });
}

/** A finding as a list item; `onReplace` is called with an approved alternative, as `speak` words it, when it is chosen. */
export function drawFinding(finding, text, words, onReplace, speak = (alternative) => alternative) {
  const root = document.getElementById("t-finding").content.cloneNode(true).firstElementChild;
  const place = (name) => root.querySelector(`[data-at="${name}"]`);
  root.dataset.severity = finding.severity;
  place("rule").textContent = words[`rule_${finding.rule.replaceAll("-", "_")}`] ?? finding.message;
  const said = [...text].slice(finding.start, finding.end).join("");
  place("said").textContent = said;
  place("said").hidden = said.length > 40;
  place("alternatives").replaceChildren(...finding.alternatives.map(speak).map((alternative) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "alternative" });
    button.append(Object.assign(document.createElement("span"), { className: "muted", textContent: words.draft_instead }), ` ${alternative}`);
    if (onReplace) button.addEventListener("click", () => onReplace(finding, alternative));
    else button.disabled = true;
    item.append(button);
    return item;
  }));
  return root;
}

/** Watches one text area; `onFindings(findings, text)` with null findings where it could not be checked. */
export class Checking {
  #timer;
  #flight;
  #checked = [];
  #found = { text: null, findings: null };

  constructor(area, { subject, onFindings }) {
    Object.assign(this, { area, subject, onFindings });
    area.addEventListener("input", (event) => event.isComposing || this.soon());
    area.addEventListener("compositionend", () => this.soon());
  }

  soon(pause = PAUSE) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#run(), pause);
  }

  /** What is found in the text as it stands now: null where it could not be checked. */
  async findings() {
    if (this.#found.text !== this.area.value) {
      clearTimeout(this.#timer);
      await this.#run();
    }
    return this.#found.findings;
  }

  /** Put approved words in the place of what was found, unless that was changed meanwhile. */
  replace({ start, end }, alternative) {
    const characters = [...this.area.value];
    const now = this.#whereNow(characters, start, end);
    if (now !== null) {
      characters.splice(now, end - start, alternative);
      this.area.value = characters.join("");
    }
    this.area.focus();
    this.soon(0);
  }

  /** Where a finding of the checked text begins in what is typed since, or null where the change went through it. */
  #whereNow(typed, start, end) {
    const checked = this.#checked;
    const shorter = Math.min(checked.length, typed.length);
    let before = 0;
    while (before < shorter && checked[before] === typed[before]) before += 1;
    let after = 0;
    while (after < shorter - before && checked.at(-1 - after) === typed.at(-1 - after)) after += 1;
    if (end <= before) return start;
    return start >= checked.length - after ? start + typed.length - checked.length : null;
  }

  async #run() {
    this.#flight?.abort();
    const flight = this.#flight = new AbortController();
    const text = this.area.value;
    if (!text.trim()) return this.#tell([], "");
    const { channel, entryId } = this.subject();
    try {
      const { findings } = await check(text, channel, entryId, flight.signal);
      if (flight !== this.#flight) return;
      this.#checked = [...text];
      this.#tell(findings, text);
    } catch {
      if (flight === this.#flight && !flight.signal.aborted) this.#tell(null, text);
    }
  }

  #tell(findings, text) {
    this.#found = { text: findings && text, findings };
    this.onFindings(findings, text);
  }
}
