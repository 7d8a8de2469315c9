// What the page shows for one response, in display-ready parts: the same as results.py makes on the server.

import { card, foreign, isGuess, nameOf } from "./escalation.js";
import { fill, percent, pieces, plain, sureness } from "./figures.js";
import { overlap } from "./overlap.js";

const CHINESE = /[\u3400-\u4dbf\u4e00-\u9fff]/;

/** In the address: no option of a clarification was meant. */
export const NONE = "none";

/** The page's address for a search. */
export function link({ query, channel }, chosen = null) {
  const fields = new URLSearchParams({ q: query });
  if (channel !== "chat") fields.set("channel", channel);
  if (chosen !== null) fields.set("n", chosen);
  return `/?${fields}`;
}

/** The chosen candidate, counted from 1; without a wish the first if it may be sent, else 0, the decision's line. */
export function choose(response, wanted) {
  const count = response.suggestions.length;
  if (wanted !== null && wanted > 0 && wanted <= count) return wanted;
  return response.decision === "answer" && count ? 1 : 0;
}

/** What there is to say while no candidate is chosen. Who must be helped at once is steadied, not questioned.
 *  `none`: no option was meant. An entry's own words are not said before somebody has said that it is meant. */
function ownLine(response, none) {
  const { clarification, escalation } = response;
  const guess = isGuess(response, 0);
  if (clarification && !none && (guess || escalation.level !== "required")) return isAskable(response) ? "question" : "choose";
  return escalation.holding_reply && !guess ? "holding" : "general";
}

/** Whether a customer may read the options: there is a choice, and no title is worded for agents (a script's) or
 *  Chinese to who writes English. */
function isAskable({ clarification: { options }, suggestions, language }) {
  const faqs = suggestions.filter((item) => item.kind === "faq").map((item) => item.entry_id);
  const strange = language === "en" && options.some(({ title }) => CHINESE.test(title));
  return options.length > 1 && !strange && options.every((option) => faqs.includes(option.entry_id));
}

function clarificationText(clarification) {
  return [clarification.text, ...clarification.options.map((option, n) => `${n + 1}. ${option.title}`)].join("\n");
}

/** The text Enter copies, as the API gave it: {text, missing_slots, language}, or null. */
export function spoken(response, chosen, none) {
  if (chosen) return response.suggestions[chosen - 1].reply;
  const { clarification, escalation } = response;
  return {
    question: () => ({ text: clarificationText(clarification), missing_slots: [], language: clarification.language }),
    choose: () => null,
    holding: () => escalation.holding_reply,
    general: () => response.holding_reply,
  }[ownLine(response, none)]();
}

export function results(response, search, dictionary, now) {
  const { words, slots } = dictionary;
  const { decision, suggestions } = response;
  const chosen = choose(response, search.chosen);
  return {
    decision: {
      name: decision,
      word: words[decision],
      hint: hint(response, dictionary),
      read_as: response.read_as ? fill(words.read_as, { text: response.read_as }) : "",
    },
    list_title: words[decision === "abstain" ? "candidates_abstain" : "candidates"],
    candidates: suggestions.map((item, index) => ({
      n: index + 1,
      href: link(search, index + 1),
      chosen: index + 1 === chosen,
      title: item.title,
      confidence: percent(item.confidence),
      preview: plain(item.reply.text, item.reply.missing_slots, slots),
    })),
    say: say(response, chosen, search, dictionary),
    options: options(response, chosen, search),
    none_href: link(search, NONE),
    escalation: card(response, chosen, !chosen && ownLine(response, search.none) === "holding", search.said, dictionary, now),
    related: chosen ? suggestions[chosen - 1].related.map(({ title }) => relatedLink(title, search)) : [],
  };
}

/** How sure, or what to do instead: where nothing is approved, whom to ask. */
function hint(response, { words, names }) {
  const { decision, suggestions, escalation: { target_label: whom } } = response;
  if (decision === "abstain" && whom && !isGuess(response, 0)) return fill(words.abstain_ask, { whom: nameOf(whom, names) });
  return fill(words[`${decision}_hint`], { percent: percent(suggestions[0]?.confidence ?? 0) });
}

function relatedLink(title, search) {
  return { title, href: link({ ...search, query: title }) };
}

/** What the customer may have meant, numbered like the candidates; once it is known there is nothing to choose. */
function options({ clarification, suggestions }, chosen, search) {
  if (!clarification || chosen || search.none) return [];
  return clarification.options.map(({ entry_id: id, title }) => {
    const n = suggestions.findIndex((item) => item.entry_id === id) + 1;
    return { n: n || "", entry_id: id, title, href: n ? link(search, n) : link({ ...search, query: title }) };
  });
}

function say(response, chosen, { none, said }, { words, slots }) {
  if (chosen) return reply(response.suggestions[chosen - 1], response.read_as ?? said, response.language, words, slots);
  const own = ownLine(response, none);
  const [kind, title] = {
    question: ["clarify", words.say_clarify],
    choose: ["nothing", words.clarify],
    holding: ["holding", words.say_holding],
    general: ["holding", words.say_holding],
  }[own];
  const line = spoken(response, 0, none) ?? { text: words.say_choose, missing_slots: [], language: "" };
  return {
    kind, title, meta: [], lang: line.language, foreign: foreign(line, response.language, words),
    pieces: pieces(line.text, line.missing_slots, slots), match: null, entry: null,
  };
}

function reply(item, said, language, words, slots) {
  const approved = fill(words.approved_by, { name: item.approved_by });
  const meta = [fill(words.version, { n: item.version }), approved, item.approved_at.slice(0, 10)];
  if (item.valid_until) meta.push(fill(words.valid_until, { day: item.valid_until.slice(0, 10) }));
  return {
    kind: "reply",
    title: item.title,
    meta,
    lang: item.reply.language,
    foreign: foreign(item.reply, language, words),
    pieces: pieces(item.reply.text, item.reply.missing_slots, slots),
    match: {
      variant: overlap(item.match.variant, said),
      tier: item.match.tier === "exact" ? words.exact : "",
      contradictions: item.match.contradictions.map((each) => fill(words.contradiction, each)),
    },
    entry: {
      id: item.entry_id,
      href: `/entries/${item.entry_id}`,
      sure: `${words[sureness(item.confidence)]} ${percent(item.confidence)}`,
    },
  };
}
