// Paste this into a customer-service console. No library, any current browser or Node 18.
// The service lets pages of its own address ask; put your proxy's path here, or ask from your console's server.
const HUASHU = globalThis.HUASHU_URL ?? "http://127.0.0.1:8000";

async function post(path, body) {
  const response = await fetch(HUASHU + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(3000), // a suggestion that comes later helps nobody
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.detail} (request ${answer.request_id})`);
  return answer;
}

// At every customer message. `turns`: [{role: "customer" | "agent", text}], oldest first, the new message left out.
async function suggest(message, turns = [], slots = {}) {
  const found = await post("/v1/suggestions", { query: message, history: turns.slice(-50), slots });
  const first = found.suggestions[0];
  const say = {
    answer: () => first.reply.text,
    clarify: () => [found.clarification.text, ...found.clarification.options.map((o, n) => `${n + 1}. ${o.title}`)].join("\n"),
    abstain: () => found.escalation.holding_reply?.text ?? "",
  }[found.decision]();
  return {
    id: found.request_id,
    say, // put it in the agent's field as it stands: every word of it is approved
    ready: found.decision === "answer" && first.reply.missing_slots.length === 0,
    fill: found.decision === "answer" ? first.reply.missing_slots : [], // {order_no} and the like are still in it
    candidates: found.suggestions.map((s) => ({ id: s.entry_id, title: s.title, sure: s.confidence, text: s.reply.text })),
    escalation: found.escalation.level === "none" ? null : found.escalation, // always show it: target_label, due_at, collect
  };
}

// When the agent has sent something: "used", "edited" (with what it became) or "rejected".
const feedback = (id, act, text) => post("/v1/feedback", { request_id: id, act, ...(text ? { text } : {}) });

globalThis.huashu = { suggest, feedback };
