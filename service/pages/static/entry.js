// The page of one entry: copy a reply, keep it as a favourite, print.

import { copyText } from "./clipboard.js";
import { fill } from "./figures.js";
import { favourites, recent } from "./shelf.js";

const COPIED_FOR = 1500;
const article = document.querySelector(".entry");
const { words } = JSON.parse(document.getElementById("page-data")?.textContent ?? "{}");

function announce(text) {
  document.getElementById("live").textContent = text;
}

function mark() {
  document.querySelector('[data-do="favourite"]').setAttribute("aria-pressed", favourites.has(article.dataset.entry));
}

const acts = {
  async copy(button) {
    const copied = await copyText(button.dataset.text);
    const label = button.querySelector('[data-at="copy"]');
    const before = label.dataset.word ??= label.textContent;
    label.textContent = copied ? words.copied : words.copy_failed;
    announce(label.textContent);
    if (copied) recent.add({ id: article.dataset.entry, title: article.dataset.title });
    setTimeout(() => { label.textContent = before; }, COPIED_FOR);
  },
  favourite() {
    const { entry: id, title } = article.dataset;
    const kept = favourites.has(id);
    if (kept) favourites.remove(id);
    else favourites.add({ id, title });
    mark();
    announce(fill(kept ? words.unfavoured : words.favoured, { title }));
  },
  print: () => window.print(),
};

document.documentElement.dataset.script = "";
if (article) {
  mark();
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-do]");
    if (button) acts[button.dataset.do]?.(button);
  });
}
