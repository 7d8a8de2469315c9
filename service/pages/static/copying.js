// Copying a reply, the holding reply and the case note; a reply that was copied counts as used.

import { isReady } from "./asking.js";
import { drawCaution } from "./caution.js";
import { tellChosen } from "./choosing.js";
import { copyText } from "./clipboard.js";
import { announce, byId, chosen, chosenSuggestion, data, feedback, input, slots, state, target, words } from "./desk.js";
import { hintOf } from "./escalation.js";
import { fill, marked } from "./figures.js";
import { escalationNote } from "./note.js";
import { spoken } from "./results.js";
import { disarm, press } from "./screen.js";
import { recent } from "./shelf.js";

const COPIED_FOR = 1500;

/** Copy, and say on the button whether it worked. Once it has, the letters are keys: see `leaveSearch`. */
export async function copy(text, button, done) {
  const typed = input.value;
  const copied = await copyText(text);
  announce(copied ? done : words.copy_failed);
  if (copied) leaveSearch(typed);
  const label = button?.querySelector('[data-at="copy"]');
  if (label) {
    const before = label.dataset.word ??= label.textContent;
    label.textContent = copied ? words.copied : words.copy_failed;
    button.classList.toggle("done", copied);
    setTimeout(() => {
      label.textContent = before;
      button.classList.remove("done");
    }, COPIED_FOR);
  }
  return copied;
}

/** From the search field to the reply, where letters act; not under the hands of who has typed on meanwhile. */
function leaveSearch(typed) {
  if (document.activeElement !== input || input.value !== typed || state.composing) return;
  byId("panel")?.focus({ preventScroll: true });
}

/** Copy a reply; one with unfilled slots, or not in the customer's language, only on the second wish. */
async function copyWithCare({ text, missing_slots: missing, language }, button, done) {
  const cautions = [
    language !== state.response.language && words[`foreign_${language}`],
    slots.missingText(missing, words),
  ].filter(Boolean);
  if (cautions.length && state.armed !== text) {
    warn(cautions, missing, text, button);
    return false;
  }
  disarm();
  return copy(marked(text, missing, data.slots), button, done);
}

function warn(cautions, missing, text, button) {
  disarm();
  state.armed = text;
  drawCaution(button.closest(".card").querySelector('[data-at="caution"]'), cautions, missing[0], words);
}

export async function copyChosen() {
  if (!isReady()) return;
  const { response } = state;
  const reply = spoken(response, chosen(), state.none);
  if (!reply) return;
  const title = target.results.querySelector('.say [data-at="title"]').textContent;
  const suggestion = chosenSuggestion();
  if (suggestion) tellChosen(chosen());
  const copied = await copyWithCare(reply, target.results.querySelector('[data-do="copy"]'), fill(words.copied_reply, { title }));
  if (!copied) return;
  feedback.tell(response, "used", suggestion?.entry_id);
  if (suggestion) recent.add({ id: suggestion.entry_id, title: suggestion.title });
  press();
}

export function copyHolding() {
  if (!isReady()) return;
  const reply = hintOf(state.response, chosen()).holding_reply;
  const button = target.results.querySelector(".holding:not([hidden]) [data-do=copy-holding]");
  if (button) copyWithCare(reply, button, words.copied_holding);
  else if (!chosen() && byId("results").querySelector('.say[data-kind="holding"]')) copyChosen();
}

export function copyNote() {
  if (!isReady() || hintOf(state.response, chosen()).level === "none") return;
  const boxes = [...target.results.querySelectorAll("[data-field]:checked")];
  const known = Object.fromEntries(boxes.map(({ dataset: { field } }) => [field, slots.filled[field] ?? true]));
  const note = escalationNote(state.response, { query: state.asked.query, chosen: chosen(), known }, data);
  copy(note, target.results.querySelector('[data-do="copy-note"]'), words.copied_note);
}
