// What the parts of the knowledge page share: its data, its elements, and what is on the screen.

import { Feedback } from "./feedback.js";
import { choose } from "./results.js";
import { Slots } from "./slots.js";

export const byId = (id) => document.getElementById(id);
export const data = JSON.parse(byId("page-data").textContent);
export const { words } = data;
export const input = byId("query");
export const target = { results: byId("results"), problem: byId("problem"), skeleton: byId("skeleton"), empty: byId("empty") };
export const timers = {};
export const feedback = new Feedback();
export const slots = new Slots(byId("slots"), byId("slot-inputs"), data.slots);

// The answer, what was asked for it, the candidate wished for, whether no option of a clarification was meant, what a
// second press would copy; and the conversation a console told of: its id and the turns before the query.
export const state = {
  response: null, asked: null, wanted: null, none: false, armed: null, ticked: new Map(), problem: null, composing: false,
  told: { id: null, history: [] },
};

export function channel() {
  return document.querySelector("input[name=channel]:checked").value;
}

/** The chosen candidate, from 1; 0 is the decision's own line. */
export function chosen() {
  return state.response ? choose(state.response, state.wanted) : 0;
}

/** The suggestion of the chosen candidate, or null. */
export function chosenSuggestion() {
  const n = chosen();
  return n ? state.response.suggestions[n - 1] : null;
}

/** Say it to who listens rather than looks. */
export function announce(text) {
  clearTimeout(timers.announce);
  byId("live").textContent = text;
}
