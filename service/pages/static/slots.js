// What is known of this customer (name, order no. …): kept in this tab only, and sent along with each search.

import { fill, pieces } from "./figures.js";

const KEY = "huashu.slots";

export class Slots {
  #values;

  /** `onChange` is called with the name of a slot that was typed into. */
  constructor(section, inputs, labels, onChange = () => {}) {
    Object.assign(this, { section, inputs, labels, onChange });
    this.#values = read();
    inputs.addEventListener("input", (event) => this.#set(event.target.name, event.target.value.trim()));
  }

  /** Filled slots by name. */
  get filled() {
    return Object.fromEntries(Object.entries(this.#values).filter(([, value]) => value));
  }

  label(name) {
    return this.labels[name] ?? name;
  }

  /** How many of these slots are open, and which; nothing where none is. */
  missingText(names, words) {
    return names.length ? fill(words.still_missing, { n: names.length, names: names.map((name) => this.label(name)).join(words.comma) }) : "";
  }

  /** An approved text's pieces, with what is known filled in; the slots that are open stay. */
  piecesOf(text) {
    const known = this.filled;
    return pieces(text, Object.keys(this.labels), this.labels)
      .map((piece) => (known[piece.slot] ? { text: known[piece.slot], slot: null } : piece));
  }

  /** Show an input for each missing slot and for each that is known; an input in use keeps its place and focus. */
  show(missing) {
    const names = [...new Set([...this.#shown(), ...missing, ...Object.keys(this.filled)])];
    const wanted = names.filter((name) => missing.includes(name) || this.#values[name] || this.#isInUse(name));
    this.section.hidden = !wanted.length;
    for (const label of [...this.inputs.children]) if (!wanted.includes(label.dataset.name)) label.remove();
    for (const name of wanted) {
      const label = this.#find(name) ?? this.#add(name);
      label.toggleAttribute("data-missing", missing.includes(name));
    }
  }

  focus(name) {
    const input = this.#find(name)?.querySelector("input");
    input?.focus();
    input?.select();
  }

  /** Keep what is known from elsewhere; empty values are nothing. */
  fill(values) {
    this.#values = { ...this.#values, ...values };
    this.inputs.replaceChildren();
    this.#keep();
  }

  clear() {
    this.#values = {};
    this.inputs.replaceChildren();
    this.#keep();
  }

  #shown() {
    return [...this.inputs.children].map((label) => label.dataset.name);
  }

  #find(name) {
    return [...this.inputs.children].find((label) => label.dataset.name === name);
  }

  #isInUse(name) {
    return this.#find(name)?.contains(document.activeElement) ?? false;
  }

  #add(name) {
    const label = document.createElement("label");
    label.className = "slot-input";
    label.dataset.name = name;
    const input = document.createElement("input");
    Object.assign(input, { name, value: this.#values[name] ?? "", autocomplete: "off", maxLength: 200 });
    label.append(this.label(name), input);
    this.inputs.append(label);
    return label;
  }

  #set(name, value) {
    this.#values[name] = value;
    this.#keep();
    this.onChange(name);
  }

  #keep() {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(this.filled));
    } catch {
      // Storage is closed to this page: the slots live as long as it does.
    }
  }
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
  } catch {
    return {};
  }
}
