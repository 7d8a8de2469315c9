// The page of one entry: fill in what is known of the customer, copy a reply, keep it as a favourite, print.

import { drawCaution } from "./caution.js";
import { copyText } from "./clipboard.js";
import { writePieces } from "./drawing.js";
import { fill, joined } from "./figures.js";
import { favourites, recent } from "./shelf.js";
import { Slots } from "./slots.js";

const COPIED_FOR = 1500;
const article = document.querySelector(".entry");
const { words, labels } = JSON.parse(document.getElementById("page-data")?.textContent ?? "{}");
const slots = article && new Slots(document.getElementById("slots"), document.getElementById("slot-inputs"), labels, draw);
// The card whose reply a second press copies as it is.
let armed = null;

function announce(text) {
  document.getElementById("live").textContent = text;
}

function mark() {
  document.querySelector('[data-do="favourite"]').setAttribute("aria-pressed", favourites.has(article.dataset.entry));
}

const cards = () => [...article.querySelectorAll(".channel")];
const piecesIn = (card) => slots.piecesOf(card.dataset.text);
const openIn = (card) => [...new Set(piecesIn(card).map((piece) => piece.slot).filter(Boolean))];

/** The replies with what is known filled in, and an input for each slot that is open. */
function draw() {
  disarm();
  for (const card of cards()) writePieces(card.querySelector('[data-at="pieces"]'), piecesIn(card));
  slots.show(cards().flatMap(openIn));
}

function disarm() {
  armed = null;
  for (const box of article.querySelectorAll('[data-at="caution"]')) box.hidden = true;
}

const acts = {
  async copy(button) {
    const card = button.closest(".channel");
    const missing = openIn(card);
    if (missing.length && armed !== card) {
      disarm();
      armed = card;
      return drawCaution(card.querySelector('[data-at="caution"]'), [slots.missingText(missing, words)], missing[0], words);
    }
    disarm();
    const copied = await copyText(joined(piecesIn(card)));
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
  "fill": ({ dataset: { slot } }) => slots.focus(slot),
  "clear-slots": () => { slots.clear(); draw(); },
  print: () => window.print(),
};

document.documentElement.dataset.script = "";
if (article) {
  mark();
  draw();
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-do]");
    if (button) acts[button.dataset.do]?.(button);
  });
}
