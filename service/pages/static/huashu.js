// The public API in two calls, for a console of one's own: nothing here belongs to these pages.

/** `headers` gives what shows who asks, such as {authorization: "Bearer hs_…"}; asked anew at each call. */
export function connect(headers = () => ({})) {
  async function post(path, body, signal) {
    const response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", ...headers() },
      body: JSON.stringify(body),
      signal,
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${answer.detail} (request ${answer.request_id})`);
    return answer;
  }

  return {
    /** At every customer message. `turns`: what was said before it, oldest first, [{role: "customer" | "agent", text}]. */
    suggest(message, { turns = [], conversation, signal } = {}) {
      return post("/v1/suggestions", { query: message, history: turns.slice(-50), conversation_id: conversation }, signal);
    },

    /** What became of it: "used", "edited" with the text it became, or "rejected". */
    feedback(requestId, act, { entryId, text } = {}) {
      return post("/v1/feedback", { request_id: requestId, act, entry_id: entryId, text });
    },
  };
}

/** What may be put into the agent's field as it stands, [{entryId, title, text, missing, confidence}], best first. */
export function offers(answer) {
  const { decision, suggestions, clarification, escalation } = answer;
  const replies = suggestions.map((item) => ({
    entryId: item.entry_id,
    title: item.title,
    text: item.reply.text,
    missing: item.reply.missing_slots,
    confidence: item.confidence,
  }));
  if (decision === "answer") return replies;
  const question = clarification && [clarification.text, ...clarification.options.map((option, n) => `${n + 1}. ${option.title}`)].join("\n");
  const text = question ?? escalation.holding_reply?.text;
  const own = text ? [{ entryId: undefined, title: null, text, missing: [], confidence: null }] : [];
  return [...own, ...replies];
}
