// The agent's own words: a draft that is checked as it is typed, or an approved reply that is changed before it is sent.
// Neither is kept here; what a changed reply became goes to the editors as feedback, and never back onto a reply.

import { isReady } from "./asking.js";
import { drawCaution } from "./caution.js";
import { Checking, drawFinding } from "./checking.js";
import { copy } from "./copying.js";
import { announce, byId, channel, chosen, chosenSuggestion, data, feedback, input, slots, state, words } from "./desk.js";
import { fill, joined, marked } from "./figures.js";
import { spoken } from "./results.js";
import { press } from "./screen.js";

const section = byId("draft");
const area = byId("draft-text");
const caution = section.querySelector('[data-at="caution"]');
const own = { text: "" };
// The reply that is being changed: of which answer, of which entry, and how it was.
let editing = null;
// The text that a second press copies as it is.
let armed = null;

const checking = new Checking(area, {
  subject: () => ({ channel: channel(), entryId: editing ? editing.entryId : chosenSuggestion()?.entry_id }),
  onFindings: drawFindings,
});

function drawFindings(findings, text) {
  byId("draft-verdict").textContent = verdict(findings, text);
  section.dataset.clean = Boolean(text && findings && !findings.length);
  const replace = (finding, alternative) => checking.replace(finding, alternative);
  byId("draft-findings").replaceChildren(...(findings ?? []).map((finding) => drawFinding(finding, text, words, replace, speak)));
}

/** Approved words as they would be sent: what is known of the customer filled in, what is not marked. */
function speak(alternative) {
  return joined(slots.piecesOf(alternative));
}

function verdict(findings, text) {
  if (!text) return "";
  if (!findings) return words.draft_failed;
  return findings.length ? fill(words.draft_findings, { n: findings.length }) : words.draft_clean;
}

function open(title, note, text) {
  byId("draft-title").textContent = title;
  byId("draft-note").textContent = note;
  area.value = text;
  section.hidden = false;
  disarm();
  area.focus();
  checking.soon(0);
}

/** An empty place for one's own words, or those that were there. */
export function openDraft() {
  editing = null;
  open(words.draft_title, "", own.text);
}

/** The reply on the screen, to be changed. */
export function editReply() {
  if (!isReady()) return;
  const reply = spoken(state.response, chosen(), state.none);
  if (!reply) return;
  const suggestion = chosenSuggestion();
  const text = marked(reply.text, reply.missing_slots, data.slots);
  editing = { response: state.response, entryId: suggestion?.entry_id ?? null, text };
  const title = suggestion?.title ?? words.say_holding;
  open(fill(words.edit_title, { title }), words.edit_note, text);
}

export function closeDraft() {
  if (!editing) own.text = area.value;
  section.hidden = true;
  input.focus();
}

export const isOpen = () => !section.hidden;

/** Copy it; a changed reply is told as edited, an unchanged one as used. */
export async function copyDraft() {
  const text = area.value.trim();
  if (!text) return;
  const cautions = await against(text);
  if (area.value.trim() !== text) return;
  if (cautions.length && armed !== text) {
    armed = text;
    return drawCaution(caution, cautions, null, words);
  }
  disarm();
  const button = section.querySelector('[data-do="copy-draft"]');
  if (!await copy(text, button, editing ? words.told_edited : words.draft_copied) || !editing) return;
  const { response, entryId, text: before } = editing;
  if (text === before.trim()) feedback.tell(response, "used", entryId);
  else feedback.tell(response, "edited", entryId, text);
  press();
  section.hidden = true;
  byId("panel")?.focus({ preventScroll: true });
}

/** What must not be said as it stands, and the slots that are still open in it. */
async function against(text) {
  const findings = await checking.findings() ?? [];
  const wrong = findings.filter(({ severity }) => severity === "error").length;
  const missing = Object.entries(data.slots).filter(([, label]) => text.includes(`〔${label}〕`)).map(([name]) => name);
  return [wrong && fill(words.draft_wrong, { n: wrong }), slots.missingText(missing, words)].filter(Boolean);
}

function disarm() {
  armed = null;
  caution.hidden = true;
}

/** 👍 and 👎: what became of the reply on the screen. */
export function tell(act) {
  if (!isReady() || !spoken(state.response, chosen(), state.none)) return;
  feedback.tell(state.response, act, chosenSuggestion()?.entry_id);
  press();
  announce(words[`told_${act}`]);
}

area.addEventListener("input", disarm);
area.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  event.preventDefault();
  copyDraft();
});
