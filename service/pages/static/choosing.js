// Which candidate is meant, and what the agent says a clarification came to.

import { isReady, searchFor } from "./asking.js";
import { announce, chosen, feedback, input, state, target, words } from "./desk.js";
import { fill } from "./figures.js";
import { choose } from "./results.js";
import { disarm, draw, rememberAddress } from "./screen.js";

/** Choose the nth candidate; 0 is the decision's own line. */
export function pick(n, { focus = false } = {}) {
  if (!state.response || n > state.response.suggestions.length) return false;
  if (n !== chosen() || state.none) {
    disarm();
    Object.assign(state, { wanted: n || null, none: false });
    draw();
    rememberAddress();
  }
  const candidate = target.results.querySelector(`.candidate[data-n="${n}"]`);
  if (focus) (candidate ?? input).focus();
  return true;
}

export function step(by) {
  if (!state.response) return;
  const n = chosen() + by;
  const first = choose(state.response, null);
  if (n < first || n < 1) {
    pick(first);
    input.focus();
  } else pick(n, { focus: true });
}

/** Tell which option of a clarification was meant, if the candidate is one. */
export function tellChosen(n) {
  const { clarification, suggestions } = state.response;
  const entryId = suggestions[n - 1]?.entry_id;
  if (clarification?.options.some((option) => option.entry_id === entryId)) feedback.tell(state.response, "chosen", entryId);
}

/** The agent says which option was meant: its reply is what there is to say. */
export function chooseOption({ entry, n, element }) {
  if (!isReady()) return;
  feedback.tell(state.response, "chosen", entry);
  announce(fill(words.chosen_option, { title: element.querySelector('[data-at="title"]').textContent }));
  if (n) pick(Number(n));
  else searchFor(new URL(element.href).searchParams.get("q"));
}

/** The agent says that no option was meant: the customer is steadied. */
export function chooseNone() {
  if (!isReady() || !state.response.clarification) return;
  feedback.tell(state.response, "none_fits");
  disarm();
  Object.assign(state, { wanted: null, none: true });
  draw();
  rememberAddress();
  announce(words.none_chosen);
}
