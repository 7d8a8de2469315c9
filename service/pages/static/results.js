// What the page shows for one response, in display-ready parts: the same as results.py makes on the server.

import { fill, left, percent, pieces, plain, span, sureness } from "./figures.js";
import { overlap } from "./overlap.js";

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
 *  `none`: no option was meant. The escalation's own holding reply, where it has one, goes before the general line. */
function ownLine({ clarification, suggestions, escalation }, none) {
  if (clarification && none && !escalation.holding_reply) return "none";
  if (clarification && !none && escalation.level !== "required") return isAskable(clarification, suggestions) ? "question" : "choose";
  return escalation.holding_reply ? "holding" : "nothing";
}

/** Whether a customer may read the options: there is a choice, and no title is worded for agents (a script's). */
function isAskable({ options }, suggestions) {
  const faqs = suggestions.filter((item) => item.kind === "faq").map((item) => item.entry_id);
  return options.length > 1 && options.every((option) => faqs.includes(option.entry_id));
}

function clarificationText(clarification) {
  return [clarification.text, ...clarification.options.map((option, n) => `${n + 1}. ${option.title}`)].join("\n");
}

/** Why to escalate, each reason once; a trigger by its name, what it heard unless that was `said`, and what is near. */
export function reasonsText(reasons, { words, names }, said) {
  return [...new Set(reasons.map((reason) => reasonText(reason, words, names, said)))].join(" · ");
}

function reasonText({ code, detail }, words, names, said) {
  if (code !== "trigger") return words[`reason_${code}`] ?? code;
  const [, label, heard = "", near] = /^(.*?)(?:: (.*?)(?: ≈ (.*))?)?$/s.exec(detail);
  // A long message is cut in a reason, and stands above in full.
  const seen = !heard || heard === said || (heard.endsWith("…") && said?.startsWith(heard.slice(0, -1)));
  const quoted = [seen ? "" : heard, near].filter(Boolean).map((text) => fill(words.quoted, { text }));
  return nameOf(label, names) + (seen && near ? " ≈ " : "") + quoted.join(" ≈ ");
}

/** What the policy names, in the page's language; the API names it in the query's. */
export function nameOf(label, names) {
  return names?.[label] ?? label;
}

/** The text Enter copies, as the API gave it: {text, missing_slots}, or null. */
export function spoken(response, chosen, none) {
  if (chosen) return response.suggestions[chosen - 1].reply;
  const own = ownLine(response, none);
  if (own === "none") return response.clarification.holding_reply;
  if (own === "question") return { text: clarificationText(response.clarification), missing_slots: [] };
  return own === "holding" ? response.escalation.holding_reply : null;
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
    say: say(response, chosen, search, words, slots),
    options: options(response, chosen, search),
    none_href: link(search, NONE),
    escalation: escalation(response, chosen, search, dictionary, now),
    related: chosen ? suggestions[chosen - 1].related.map(({ title }) => relatedLink(title, search)) : [],
  };
}

/** How sure, or what to do instead: where nothing is approved, whom to ask. */
function hint({ decision, suggestions, escalation: { target_label: whom } }, { words, names }) {
  if (decision === "abstain" && whom) return fill(words.abstain_ask, { whom: nameOf(whom, names) });
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

function say(response, chosen, { none, said }, words, slots) {
  if (chosen) return reply(response.suggestions[chosen - 1], response.read_as ?? said, words, slots);
  const line = (kind, title, text) => ({ kind, title, meta: [], lang: "", pieces: text, match: null, entry: null });
  const own = (text) => [{ text, slot: null }];
  const holding = response.escalation.holding_reply;
  const held = (text) => line("holding", words.say_holding, pieces(text.text, text.missing_slots, slots));
  return {
    none: () => held(response.clarification.holding_reply),
    question: () => line("clarify", words.say_clarify, own(clarificationText(response.clarification))),
    holding: () => held(holding),
    choose: () => line("nothing", words.clarify, own(words.say_choose)),
    nothing: () => line("nothing", words.abstain, own(words.say_nothing)),
  }[ownLine(response, none)]();
}

function reply(item, said, words, slots) {
  const approved = fill(words.approved_by, { name: item.approved_by });
  const meta = [fill(words.version, { n: item.version }), approved, item.approved_at.slice(0, 10)];
  if (item.valid_until) meta.push(fill(words.valid_until, { day: item.valid_until.slice(0, 10) }));
  return {
    kind: "reply",
    title: item.title,
    meta,
    lang: item.reply.language,
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

function escalation(response, chosen, { none, said }, dictionary, now) {
  const { words, slots, names } = dictionary;
  const hint = response.escalation;
  if (hint.level === "none") return null;
  const holding = !chosen && ownLine(response, none) === "holding" ? null : hint.holding_reply;
  return {
    level: hint.level,
    word: words[hint.level],
    target: nameOf(hint.target_label ?? hint.target ?? "", names),
    priority: words[hint.priority] ?? "",
    span: hint.resolve_within ? span(hint.resolve_within, hint.clock, words) : "",
    due_at: hint.due_at ?? "",
    left: hint.due_at ? left(new Date(hint.due_at), now, words) : "",
    reasons: reasonsText(hint.reasons, dictionary, said),
    collect: hint.collect.map(({ field, label, required }) => ({ field, label: nameOf(label, names), optional: required ? "" : words.optional })),
    holding: holding ? pieces(holding.text, holding.missing_slots, slots) : [],
  };
}
