// Replies in tabs by channel and language, each with its preview.

import { make } from "./elements.js";
import { fill } from "./figures.js";
import { part, writtenReplies } from "./manuscript.js";

export class Replies {
  #shown = 0;
  #views = new Map(); // box → the view chosen for its preview

  constructor(form, blank, words, onChange) {
    Object.assign(this, { form, blank, words, onChange });
    this.root = form.querySelector("#replies");
    this.tabs = form.querySelector("#reply-tabs");
    this.#dropSpare();
    this.root.addEventListener("click", (event) => this.#clicked(event));
    this.root.addEventListener("change", (event) => event.target.matches("select") && this.draw());
    this.tabs.addEventListener("keydown", (event) => this.#key(event));
    this.draw();
  }

  get boxes() {
    return [...this.root.querySelectorAll("[data-reply]")];
  }

  /** A new empty box, put behind the others. */
  add() {
    const box = this.blank.content.firstElementChild.cloneNode(true);
    const last = this.boxes.at(-1);
    if (last) last.after(box);
    else this.tabs.parentElement.after(box);
    return box;
  }

  show(n) {
    this.#shown = n;
    this.draw();
  }

  draw() {
    const { boxes } = this;
    this.#shown = Math.min(Math.max(this.#shown, 0), boxes.length - 1);
    boxes.forEach((box, n) => {
      box.id = `reply-${n}`;
      box.hidden = n !== this.#shown;
      box.setAttribute("role", "tabpanel");
      box.setAttribute("aria-label", this.#name(box));
      part(box, "text").lang = part(box, "language").value === "en" ? "en" : "zh-CN";
    });
    this.tabs.replaceChildren(
      ...boxes.map((box, n) =>
        make("button", {
          type: "button", role: "tab", class: "tab", "aria-selected": String(n === this.#shown), "aria-controls": box.id,
          tabindex: n === this.#shown ? "0" : "-1", "data-n": n, "data-marked": box.dataset.marked,
        }, this.#name(box)),
      ),
    );
  }

  /** Draw previews as the API gave them, in the boxes they are of. */
  preview(previews) {
    const written = writtenReplies(this.form);
    for (const box of this.boxes) {
      const own = previews.filter((one) => written[one.reply] === box);
      box.querySelector("[data-preview]").replaceChildren(...(own.length ? this.#preview(box, own) : [this.#none()]));
    }
  }

  #none() {
    return make("p", { class: "muted small" }, this.words.preview_empty);
  }

  #preview(box, own) {
    const chosen = own.find((one) => one.view === this.#views.get(box)) ?? own[0];
    const choose = (view) => () => {
      this.#views.set(box, view);
      box.querySelector("[data-preview]").replaceChildren(...this.#preview(box, own));
    };
    const views = own.map((one) =>
      make("button", { type: "button", class: "view", "aria-pressed": String(one === chosen), onclick: choose(one.view) },
        this.words[`channel_${one.view}`]),
    );
    const pieces = chosen.pieces.map((piece) =>
      piece.kind === "text" ? piece.text : make("span", { class: "piece", "data-kind": piece.kind, title: piece.kind === "unknown" ? this.words.unknown : `{${piece.name}}` }, piece.text),
    );
    return [
      make("div", { class: "preview-head" }, make("span", { class: "muted small" }, this.words.preview), views,
        make("span", { class: "muted small length" }, fill(this.words.characters, { n: chosen.length }))),
      make("div", { class: "bubble", "data-view": chosen.view, lang: chosen.language === "en" ? "en" : "zh-CN" }, pieces),
    ];
  }

  #name(box) {
    return ["channel", "language"].map((name) => part(box, name).selectedOptions[0].textContent).join(" · ");
  }

  /** The empty box that works without a script is only wanted where there is no other. */
  #dropSpare() {
    const spare = this.root.querySelector("[data-blank]");
    if (this.boxes.length > 1) spare.remove();
    else spare.replaceWith(...spare.children);
  }

  #clicked({ target }) {
    const tab = target.closest("[role=tab]");
    if (tab) return this.show(Number(tab.dataset.n));
    const act = target.closest("[data-do]")?.dataset.do;
    if (act === "add-reply") {
      const box = this.add();
      this.#takeFree(box);
      this.show(this.boxes.indexOf(box));
      part(box, "text").focus();
    }
    if (act === "remove-reply") {
      target.closest("[data-reply]").remove();
      if (!this.boxes.length) this.add();
      this.draw();
      this.onChange();
    }
    return undefined;
  }

  /** A channel and language that no other reply has. */
  #takeFree(box) {
    const pairs = new Set(this.boxes.filter((other) => other !== box).map((other) => `${part(other, "channel").value}/${part(other, "language").value}`));
    for (const channel of ["any", "chat", "phone", "email"]) {
      for (const language of ["zh", "en"]) {
        if (pairs.has(`${channel}/${language}`)) continue;
        part(box, "channel").value = channel;
        part(box, "language").value = language;
        return;
      }
    }
  }

  #key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.show((this.#shown + step + this.boxes.length) % this.boxes.length);
    this.tabs.children[this.#shown].focus();
  }
}
