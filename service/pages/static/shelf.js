// Entries an agent keeps at hand: favourites, and those copied lately. Ids and titles only, nothing a customer said.

const MOST = 12;

class Shelf {
  #key;
  #entries;

  constructor(key) {
    this.#key = key;
    this.#entries = read(key);
  }

  get entries() {
    return this.#entries;
  }

  has(id) {
    return this.#entries.some((entry) => entry.id === id);
  }

  add({ id, title }) {
    this.#keep([{ id, title }, ...this.#entries.filter((entry) => entry.id !== id)].slice(0, MOST));
  }

  remove(id) {
    this.#keep(this.#entries.filter((entry) => entry.id !== id));
  }

  #keep(entries) {
    this.#entries = entries;
    try {
      localStorage.setItem(this.#key, JSON.stringify(entries));
    } catch {
      // Storage is closed to this page: the shelf lasts as long as it does.
    }
  }
}

function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "[]");
    return kept.filter(({ id, title }) => typeof id === "string" && typeof title === "string").slice(0, MOST);
  } catch {
    return [];
  }
}

export const favourites = new Shelf("huashu.favourites");
export const recent = new Shelf("huashu.recent");

/** Fill the page's lists; each entry is a search for its title. */
export function drawShelves() {
  for (const [id, shelf] of [["favourites", favourites], ["recent", recent]]) {
    const box = document.getElementById(id);
    box.hidden = !shelf.entries.length;
    box.querySelector("ul").replaceChildren(...shelf.entries.map(({ title }) => {
      const item = document.createElement("li");
      const anchor = document.createElement("a");
      Object.assign(anchor, { className: "example", href: `/?${new URLSearchParams({ q: title })}`, textContent: title });
      anchor.dataset.do = "search";
      item.append(anchor);
      return item;
    }));
  }
}
