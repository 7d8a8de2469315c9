// A new entry's id, proposed by the service from category and title as in the editor, until somebody writes one.

import { send } from "./api.js";

const PAUSE = 200;

/** Keeps the field `id` of a form in step with its fields `category` and `title`. */
export class Naming {
  #form;
  #timer;
  #latest = 0;

  constructor(form) {
    this.#form = form;
    form.addEventListener("input", ({ target }) => {
      if (target.name === "id") this.#written(target);
      else if (target.name === "category" || target.name === "title") this.#soon();
    });
    this.begin();
  }

  /** Another entry: nobody has written an id for it. */
  begin() {
    this.own = false;
    this.#form.elements.id.setCustomValidity("");
    return this.propose();
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.propose(), PAUSE);
  }

  /** Ask now. A later proposal wins over an earlier one; without one, as offline, the field is left to be written. */
  async propose() {
    clearTimeout(this.#timer);
    const { category, title, id } = this.#form.elements;
    const number = (this.#latest += 1);
    if (this.own) return;
    if (!category.value.trim()) {
      id.value = "";
      return;
    }
    const asked = new URLSearchParams({ category: category.value.trim(), title: title.value.trim() });
    const found = await send("GET", `/v1/desk/free-id?${asked}`).catch(() => null);
    if (number !== this.#latest || this.own) return;
    id.value = found?.entry_id ?? "";
  }

  /** Somebody's own id stays; one that can be none says so in the page's words, not in the browser's. */
  #written(id) {
    this.own = id.value !== "";
    id.setCustomValidity("");
    if (id.validity.patternMismatch) id.setCustomValidity(id.dataset.mismatch);
  }
}
