// The page in a frame of a console: it asks Chatwoot for the conversation, as a dashboard app does, and searches by itself.
// Only the consoles that the settings name are heard. What they tell stays in this tab.

const ASK = "chatwoot-dashboard-app:fetch-info";
const AGAIN = 3000;
const INCOMING = [0, "incoming"];
const OUTGOING = [1, "outgoing"];

/** What a dashboard app is told, or null: {id, customer, agent, turns: [{role, text}]}. */
function readContext(message) {
  const told = typeof message === "string" ? parse(message) : message;
  const conversation = told?.event === "appContext" ? told.data?.conversation : null;
  if (!conversation || !Array.isArray(conversation.messages)) return null;
  const said = conversation.messages.filter((one) => !one.private && typeof one.content === "string" && one.content.trim());
  const turns = said.flatMap(({ message_type: type, content }) => {
    if (INCOMING.includes(type)) return [{ role: "customer", text: content.trim().slice(0, 2000) }];
    return OUTGOING.includes(type) ? [{ role: "agent", text: content.trim().slice(0, 2000) }] : [];
  });
  return {
    id: `chatwoot:${conversation.account_id ?? "-"}:${conversation.id}`,
    customer: told.data.contact?.name ?? "",
    agent: told.data.currentAgent?.name ?? "",
    turns,
  };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Listen to the console around this page, if there is one and it is `allowed`; its own origin always is. */
export function listenToConsole(allowed, onConversation) {
  if (window.parent === window) return;
  const origins = new Set([...allowed, location.origin]);
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || !origins.has(event.origin)) return;
    const context = readContext(event.data);
    if (context) onConversation(context);
  });
  // Who is around us is not known for sure; the question holds nothing secret. Chatwoot tells of a new message only when asked.
  const askFor = () => document.hidden || window.parent.postMessage(ASK, "*");
  askFor();
  setInterval(askFor, AGAIN);
  document.addEventListener("visibilitychange", askFor);
}
