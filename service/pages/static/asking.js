// From what stands in the inputs to an answer on the screen.

import { reader } from "./conversation.js";
import { announce, byId, channel, chosen, chosenSuggestion, data, feedback, input, slots, state, target, timers, words } from "./desk.js";
import { drawProblem } from "./drawing.js";
import { hintOf, levelText } from "./escalation.js";
import { fill } from "./figures.js";
import { problemOf } from "./problems.js";
import { link } from "./results.js";
import { disarm, draw, drawConversation, rememberAddress, show, showClear } from "./screen.js";
import { Searches } from "./search.js";

const SKELETON_AFTER = 150;
const ANNOUNCE_AFTER = 400;
const SLOT_PAUSE = 200;
const RETRY_EVERY = 3000;

const read = reader(data.conversation);
const searches = new Searches({ onStart: started, onAnswer: answered, onFailure: failed });

slots.onChange = () => {
  disarm();
  searches.soon(request(), SLOT_PAUSE);
};

/** What would be asked now. The history is the pasted conversation's, else the one that the console told of. */
export function request() {
  const text = input.value.trim();
  const pasted = read(text);
  const query = pasted.query.trim();
  const history = pasted.history.length ? pasted.history : state.told.history;
  const body = { query, channel: channel(), limit: data.limit, min_confidence: data.least, slots: slots.filled };
  if (history.length) body.history = history;
  if (state.told.id) body.conversation_id = state.told.id;
  return { text, query, channel: body.channel, body };
}

export const searchNow = () => searches.now(request());

/** Whether what is shown answers what stands in the inputs now. */
function isFresh() {
  return state.asked !== null && JSON.stringify(state.asked.body) === JSON.stringify(request().body);
}

/** Never act on what answers something else than what stands in the inputs: look it up first. */
export function isReady() {
  if (!input.value.trim()) return false;
  if (isFresh()) return Boolean(state.response);
  searchNow();
  announce(words.loading);
  return false;
}

/** The inputs are others now: ask after a pause in typing, or at once. */
export function changed({ atOnce = false } = {}) {
  if (state.composing) return;
  disarm();
  showClear();
  const wish = request();
  if (!wish.query) return reset();
  if (isFresh() && !state.problem) return searches.cancel();
  if (atOnce) searches.now(wish);
  else searches.soon(wish);
}

export function searchFor(query) {
  history.pushState(null, "", link({ query, channel: channel() }));
  state.told.history = [];
  input.value = query;
  changed({ atOnce: true });
  input.focus();
}

function started() {
  clearTimeout(timers.slow);
  clearTimeout(timers.retry);
  timers.slow = setTimeout(() => {
    if (state.response) target.results.setAttribute("aria-busy", "true");
    else show("skeleton");
  }, SKELETON_AFTER);
}

function answered(response, asked) {
  clearTimeout(timers.slow);
  const before = state.wanted ? chosenSuggestion()?.entry_id : null;
  const same = state.asked?.text === asked.text;
  if (!same) feedback.nextQuery();
  Object.assign(state, { response, asked, problem: null, armed: null });
  state.wanted = same && before ? response.suggestions.findIndex((item) => item.entry_id === before) + 1 || null : null;
  state.none = same && state.none && response.decision === "clarify";
  draw();
  drawConversation(asked.body.history ?? []);
  byId("version").textContent = fill(words.index_version, { version: response.index_version });
  rememberAddress();
  announceResult();
}

function failed(failure, asked) {
  clearTimeout(timers.slow);
  const problem = problemOf(failure, asked, data);
  if (problem.kind === "offline") timers.retry = setTimeout(searchNow, RETRY_EVERY);
  const again = state.problem?.kind === problem.kind && state.problem.text === problem.text;
  Object.assign(state, { response: null, asked: null, wanted: null, none: false, armed: null, problem });
  if (!again) target.problem.replaceChildren(drawProblem(problem));
  show("problem");
}

/** Nothing is asked. */
export function reset() {
  searches.cancel();
  clearTimeout(timers.slow);
  clearTimeout(timers.retry);
  Object.assign(state, { response: null, asked: null, wanted: null, none: false, armed: null, problem: null });
  state.ticked.clear();
  slots.show([]);
  drawConversation([]);
  show("empty");
  rememberAddress();
}

/** Take over an answer that the server has drawn already. */
export function adopt(response, { wanted, none }) {
  const asked = request();
  asked.body.slots = {};
  Object.assign(state, { response, asked, wanted, none });
  draw();
}

/** Ask again where the shown answer is not, or not quite, what the inputs ask for. */
export function refresh() {
  if (input.value.trim() && !isFresh() && target.problem.childElementCount === 0) searchNow();
}

function announceResult() {
  const { decision, suggestions } = state.response;
  const escalation = hintOf(state.response, chosen());
  const told = [
    fill(words.announce, { decision: words[decision], n: suggestions.length }),
    suggestions.length && fill(words.announce_first, { title: suggestions[0].title }),
    escalation.level !== "none" && fill(words.announce_escalation, { level: levelText(state.response, chosen(), words), target: escalation.target_label ?? "" }),
  ];
  clearTimeout(timers.announce);
  timers.announce = setTimeout(() => announce(told.filter(Boolean).join(" · ")), ANNOUNCE_AFTER);
}
