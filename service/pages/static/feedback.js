// What became of a suggestion, told to the API. It never keeps the agent waiting: where it fails, only it is lost.

import { send as sendToApi } from "./api.js";

// A reply that was changed was not used as it stands: what was told last is what became of it.
const INSTEAD = { used: "edited", edited: "used" };

export class Feedback {
  #told = new Set();

  constructor({ send = post } = {}) {
    this.send = send;
  }

  /** Once for each act and entry until the next query, however often its answer is asked for again. */
  tell({ request_id: requestId }, act, entryId = null, text = null) {
    const key = `${act} ${entryId}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    if (INSTEAD[act]) this.#told.delete(`${INSTEAD[act]} ${entryId}`);
    const body = { request_id: requestId, act, source: "agent" };
    if (entryId) body.entry_id = entryId;
    if (text) body.text = text;
    this.send(body).catch(() => this.#told.delete(key));
  }

  has(act, entryId = null) {
    return this.#told.has(`${act} ${entryId}`);
  }

  nextQuery() {
    this.#told.clear();
  }
}

async function post(body) {
  await sendToApi("POST", "/v1/feedback", body, { keepalive: true });
}
