// Names for braces: `{` in a reply offers slots and facts; arrows choose, Enter or Tab puts one in, Escape closes.

import { make } from "./elements.js";
import { isComposing } from "./keys.js";

const BEGUN = /[{｛]([^{}｛｝\s，。]{0,20})$/u; // an input method's full-width brace is meant as the other
const MOST = 8;
const ROOM = 272; // pixels that the list takes at most, as editor.css has it

export class Completion {
  #list;
  #area = null;
  #found = [];
  #chosen = 0;

  constructor(root, references, words) {
    Object.assign(this, { references, words });
    this.#list = make("ul", { class: "completion", id: "completion", role: "listbox", "aria-label": words.completion, hidden: true });
    root.addEventListener("input", (event) => event.target.matches("[data-completes]") && this.#offer(event.target));
    root.addEventListener("keydown", (event) => this.#key(event), true);
    root.addEventListener("focusout", (event) => event.target === this.#area && this.close());
    // The pointer must not take the focus away before the click that chooses.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const item = event.target.closest("[role=option]");
      if (item) this.#take(Number(item.dataset.n));
    });
  }

  close() {
    this.#list.hidden = true;
    for (const name of ["aria-controls", "aria-activedescendant"]) this.#area?.removeAttribute(name);
    this.#area = null;
  }

  #offer(area) {
    const begun = BEGUN.exec(area.value.slice(0, area.selectionStart));
    const wish = begun?.[1].toLowerCase();
    this.#found = begun ? this.references.filter((one) => `${one.name} ${one.label}`.toLowerCase().includes(wish)).slice(0, MOST) : [];
    if (!this.#found.length) return this.close();
    this.#area = area;
    this.#chosen = 0;
    area.parentElement.append(this.#list);
    this.#list.hidden = false;
    this.#place(area);
    area.setAttribute("aria-controls", "completion");
    this.#draw();
  }

  /** Below the field, or above it where what covers the foot of the screen leaves too little room there. */
  #place(area) {
    const { top, bottom } = area.getBoundingClientRect();
    const foot = area.form?.querySelector(".acts")?.getBoundingClientRect().top ?? innerHeight;
    const below = Math.min(foot, innerHeight) - bottom;
    this.#list.toggleAttribute("data-above", below < ROOM && top > below);
  }

  #draw() {
    this.#list.replaceChildren(
      ...this.#found.map((one, n) =>
        make("li", { role: "option", id: `completion-${n}`, "data-n": n, "aria-selected": String(n === this.#chosen) },
          make("code", {}, `{${one.name}}`), make("span", {}, one.label), make("span", { class: "tag" }, this.words[one.kind])),
      ),
    );
    this.#area.setAttribute("aria-activedescendant", `completion-${this.#chosen}`);
    this.#list.children[this.#chosen].scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    if (event.target !== this.#area || this.#list.hidden || isComposing(event) || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.#chosen = (this.#chosen + step + this.#found.length) % this.#found.length;
      this.#draw();
    } else if (event.key === "Enter" || event.key === "Tab") this.#take(this.#chosen);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #take(n) {
    const area = this.#area;
    const end = area.selectionStart;
    const start = end - BEGUN.exec(area.value.slice(0, end))[0].length;
    area.setRangeText(`{${this.#found[n].name}}`, start, end + (area.value[end] === "}" ? 1 : 0), "end");
    this.close();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
