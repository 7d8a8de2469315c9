// When to ask the API, and whose answer counts: a later search always wins over an earlier one.

import { headers } from "./api.js";

/** The API said no: its problem details, or just its status. */
export class Refusal extends Error {
  constructor(status, details) {
    super(`${status}`);
    Object.assign(this, { status, details });
  }
}

export async function ask(body, signal) {
  const response = await fetch("/v1/suggestions", {
    method: "POST",
    headers: { ...headers(), "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok) {
    const details = await response.json().catch(() => ({}));
    throw new Refusal(response.status, { request_id: response.headers.get("x-request-id"), ...details });
  }
  return response.json();
}

/** `soon` waits for a pause in typing, `now` does not, `cancel` forgets; the answers go to `onAnswer` and `onFailure`. */
export class Searches {
  #latest = 0;
  #timer;
  #flight;

  constructor({ send = ask, pause = 80, onStart, onAnswer, onFailure }) {
    Object.assign(this, { send, pause, onStart, onAnswer, onFailure });
  }

  soon(request, pause = this.pause) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.now(request), pause);
  }

  async now(request) {
    this.cancel();
    const number = this.#latest;
    this.#flight = new AbortController();
    this.onStart(request);
    try {
      const answer = await this.send(request.body, this.#flight.signal);
      if (number === this.#latest) this.onAnswer(answer, request);
    } catch (failure) {
      if (number === this.#latest) this.onFailure(failure, request);
    }
  }

  cancel() {
    clearTimeout(this.#timer);
    this.#latest += 1;
    this.#flight?.abort();
  }
}
