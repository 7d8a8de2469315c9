// An example console: the customer's words go out with the history, the approved reply and the escalation come back, and
// what the agent made of it is told. All of Huashu that it knows is huashu.js.

import { headers } from "./api.js";
import { fill, marked, percent, span } from "./figures.js";
import { connect, offers } from "./huashu.js";

const byId = (id) => document.getElementById(id);
const { words, slots } = JSON.parse(byId("page-data").textContent);
// This console is a page of the service itself: it shows the session's token, another one would show a key.
const { suggest, feedback } = connect(headers);
const conversation = { id: crypto.randomUUID?.() ?? String(Date.now()), turns: [] };
// The answer to the customer's last message, the offer that was put into the field, and the search under way.
let shown = null;
let inserted = null;
let flight = null;

function element(name, text = "", className = "") {
  return Object.assign(document.createElement(name), { textContent: text, className });
}

/** A turn in the list; before the first answer nothing else is drawn. */
function say(role, text) {
  conversation.turns.push({ role, text });
  const bubble = element("li");
  bubble.dataset.role = role;
  bubble.append(element("b", words[role]), element("span", text));
  byId("turns").append(bubble);
  bubble.scrollIntoView({ block: "nearest" });
}

/** At every customer message: ask with what was said before it; a later message makes an earlier answer void. */
async function customerSays(text) {
  const before = [...conversation.turns];
  say("customer", text);
  flight?.abort();
  const mine = flight = new AbortController();
  try {
    const answer = await suggest(text, { turns: before, conversation: conversation.id, signal: mine.signal });
    if (mine === flight) draw(answer);
  } catch (error) {
    if (mine === flight) byId("assist").replaceChildren(element("p", `${words.offline} (${error.message})`, "late"));
  }
}

function draw(answer) {
  [shown, inserted] = [answer, null];
  byId("reject").disabled = false;
  byId("told").textContent = "";
  const decision = element("p", "", "decision");
  decision.dataset.decision = answer.decision;
  decision.append(element("strong", words[answer.decision]));
  if (answer.used_history) decision.append(element("span", words.used_history, "tag"));
  if (answer.read_as) decision.append(element("span", fill(words.read_as, { text: answer.read_as }), "tag"));
  const list = element("ol", "", "offers");
  list.append(...offers(answer).map(drawOffer));
  byId("assist").replaceChildren(decision, ...drawEscalation(answer.escalation), list);
}

/** Always shown, whatever the decision is. */
function drawEscalation({ level, target_label: whom, resolve_within: within, clock, collect }) {
  if (level === "none") return [];
  const badge = element("p", "", "badge");
  badge.dataset.level = level;
  badge.append(element("b", `${words[level]} → ${whom ?? ""}`));
  if (within) badge.append(element("span", span(within, clock, words)));
  badge.append(element("span", collect.map((item) => item.label).join(words.comma)));
  return [badge];
}

function drawOffer(offer) {
  const item = element("li");
  const text = marked(offer.text, offer.missing, slots); // an unfilled slot stays visible: 〔订单号〕
  const head = element("p", "", "offer-head");
  head.append(element("b", offer.title ?? words.say_clarify));
  if (offer.title === null && shown.decision === "abstain") head.firstChild.textContent = words.say_holding;
  if (offer.confidence !== null) head.append(element("span", percent(offer.confidence), "muted"));
  const insert = element("button", words.insert, "button");
  insert.type = "button";
  insert.addEventListener("click", () => {
    inserted = { ...offer, text };
    byId("reply").value = text;
    byId("reply").focus();
  });
  head.append(insert);
  item.append(head, element("p", text, "offer-text"));
  return item;
}

/** Sent as it stood is used, changed is edited; words of one's own say nothing of any offer. */
async function agentSends(text) {
  const [answer, offer] = [shown, inserted];
  say("agent", text);
  byId("reply").value = "";
  inserted = null;
  if (!answer || !offer) return tell(words.sent_own);
  const isUsed = text === offer.text.trim();
  await feedback(answer.request_id, isUsed ? "used" : "edited", { entryId: offer.entryId, text: isUsed ? undefined : text });
  return tell(isUsed ? words.sent_used : words.sent_edited);
}

function tell(text) {
  byId("told").textContent = text;
}

function taking(form, field, take) {
  byId(form).addEventListener("submit", (event) => {
    event.preventDefault();
    const text = byId(field).value.trim();
    if (!text) return;
    if (form === "customer") byId(field).value = "";
    take(text)?.catch((error) => tell(`${words.offline} (${error.message})`));
  });
}

taking("customer", "said", customerSays);
taking("agent", "reply", agentSends);
byId("reply").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  byId("agent").requestSubmit();
});
byId("reject").addEventListener("click", async () => {
  byId("reject").disabled = true;
  await feedback(shown.request_id, "rejected", { entryId: inserted?.entryId }).then(() => tell(words.rejected), () => tell(words.offline));
});
byId("start-over").addEventListener("click", () => location.reload());
document.documentElement.dataset.script = "";
byId("said").focus();
