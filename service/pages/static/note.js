// The case note an agent pastes into a ticket: what was said, to whom it goes, by when, and what to find out.

import { hintOf, levelText, nameOf, reasonsText } from "./escalation.js";
import { fill, span } from "./figures.js";

/** `known` is field → value (true: ticked, but no value). */
export function escalationNote(response, { query, chosen, known }, dictionary) {
  const { words, names } = dictionary;
  const hint = hintOf(response, chosen);
  const due = [
    hint.resolve_within && span(hint.resolve_within, hint.clock, words),
    hint.due_at && fill(words.note_before, { time: hint.due_at.slice(0, 16).replace("T", " ") }),
  ].filter(Boolean);
  const priority = words[hint.priority] ? ` [${words[hint.priority]}]` : "";
  const entry = response.suggestions[Math.max(chosen, 1) - 1];
  const lines = [
    `【${words.note_title}】${levelText(response, chosen, words)} → ${nameOf(hint.target_label ?? hint.target ?? "", names)}${priority}`,
    `${words.note_query}: ${query}`,
    `${words.note_reasons}: ${reasonsText(hint.reasons, dictionary, query)}`,
    due.length && `${words.note_due}: ${due.join(" · ")}`,
    `${words.note_collect}:`,
    ...hint.collect.map((item) => collectLine(nameOf(item.label, names), item.required, known[item.field], words)),
    chosen && entry && `${words.note_entry}: ${entry.title} (${entry.entry_id} ${fill(words.version, { n: entry.version })})`,
  ];
  return lines.filter(Boolean).join("\n");
}

function collectLine(label, required, value, words) {
  const optional = required ? "" : ` (${words.optional})`;
  return `${value ? "☑" : "☐"} ${label}${optional}: ${typeof value === "string" ? value : ""}`.trimEnd();
}
