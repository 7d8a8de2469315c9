// The escalation card's parts: the same as escalation.py makes on the server.

import { fill, left, pieces, span } from "./figures.js";

// Reasons that nobody has said anything for yet.
const GUESSED = ["entry", "low_confidence"];

/** What the API says of the chosen candidate; of the query, where none is. */
export function hintOf(response, chosen) {
  return chosen ? response.suggestions[chosen - 1].escalation : response.escalation;
}

/** Whether it is the rule of an entry that nobody has said is meant, and nothing else was heard. */
export function isGuess({ escalation: { reasons } }, chosen) {
  return !chosen && reasons[0]?.code === "entry" && reasons.every(({ code }) => GUESSED.includes(code));
}

/** The level in words; of what is but a guess with the entry on which it hangs. */
export function levelText(response, chosen, words) {
  return [condition(response, chosen, words), words[hintOf(response, chosen).level]].filter(Boolean).join(" ");
}

function condition(response, chosen, words) {
  return isGuess(response, chosen) ? fill(words.if_meant, { title: titleIn(response.escalation.reasons[0].detail) }) : "";
}

/** The card, or null where nobody is to be told. `saidAbove`: the holding reply stands above it already. */
export function card(response, chosen, saidAbove, said, dictionary, now) {
  const { words, slots, names } = dictionary;
  const hint = hintOf(response, chosen);
  if (hint.level === "none") return null;
  const guess = isGuess(response, chosen);
  const dueAt = guess ? null : hint.due_at;
  const holding = saidAbove ? null : hint.holding_reply;
  return {
    level: hint.level,
    guess,
    condition: condition(response, chosen, words),
    word: words[hint.level],
    target: nameOf(hint.target_label ?? hint.target ?? "", names),
    priority: words[hint.priority] ?? "",
    span: hint.resolve_within ? span(hint.resolve_within, hint.clock, words) : "",
    due_at: dueAt ?? "",
    left: dueAt ? left(new Date(dueAt), now, words) : "",
    reasons: reasonsText(hint.reasons, dictionary, said),
    collect: hint.collect.map(({ field, label, required }) => ({ field, label: nameOf(label, names), optional: required ? "" : words.optional })),
    holding: holding ? pieces(holding.text, holding.missing_slots, slots) : [],
    foreign: holding ? foreign(holding, response.language, words) : "",
  };
}

/** What a line is in where that is not the language to answer in; nothing where it is. */
export function foreign(line, language, words) {
  return !line.language || line.language === language ? "" : words[`language_${line.language}`];
}

/** What the policy names, in the page's language; the API names it in the query's. */
export function nameOf(label, names) {
  return names?.[label] ?? label;
}

/** Why to escalate, each reason once; an entry by its title, a trigger by its name, what it heard unless that was
 *  `said`, and what is near. */
export function reasonsText(reasons, { words, names }, said) {
  return [...new Set(reasons.map((reason) => reasonText(reason, words, names, said)))].join(" · ");
}

function reasonText({ code, detail }, words, names, said) {
  if (code === "entry") return fill(words.reason_entry, { title: titleIn(detail) });
  if (code !== "trigger") return words[`reason_${code}`] ?? code;
  const [, label, heard = "", near] = /^(.*?)(?:: (.*?)(?: ≈ (.*))?)?$/s.exec(detail);
  // A long message is cut in a reason, and stands above in full.
  const seen = !heard || heard === said || (heard.endsWith("…") && said?.startsWith(heard.slice(0, -1)));
  const quoted = [seen ? "" : heard, near].filter(Boolean).map((text) => fill(words.quoted, { text }));
  return nameOf(label, names) + (seen && near ? " ≈ " : "") + quoted.join(" ≈ ");
}

/** The title of the entry that a reason names as `id: title`. */
function titleIn(detail) {
  return /^.*?: (.+)$/s.exec(detail)?.[1] ?? detail;
}
