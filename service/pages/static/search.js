// When to ask the API, and whose answer counts: a later search always wins over an earlier one.

import { send } from "./api.js";

export const ask = (body, signal) => send("POST", "/v1/suggestions", body, { signal });

/** `soon` waits for a pause in typing, `now` does not, `cancel` forgets; the answers go to `onAnswer` and `onFailure`.
 *  The pause is short, so that the answer is there within a tenth of a second. Where the service is slower than the
 *  typist, the newest request goes as soon as the one before it is answered, or when patience ends. */
export class Searches {
  #latest = 0;
  #timer;
  #flight = null;
  #waiting = null;

  constructor({ send: sending = ask, pause = 20, patience = 200, onStart, onAnswer, onFailure }) {
    Object.assign(this, { send: sending, pause, patience, onStart, onAnswer, onFailure });
  }

  soon(request, pause = this.pause) {
    clearTimeout(this.#timer);
    this.#waiting = null;
    this.#timer = setTimeout(() => this.#inTurn(request), pause);
  }

  #inTurn(request) {
    if (!this.#flight) return this.now(request);
    this.#waiting = request;
    this.#timer = setTimeout(() => this.now(request), this.patience);
    return undefined;
  }

  async now(request) {
    this.cancel();
    const number = this.#latest;
    this.#flight = new AbortController();
    this.onStart(request);
    const [answer, failure] = await this.send(request.body, this.#flight.signal).then((found) => [found], (error) => [null, error]);
    if (number !== this.#latest) return;
    this.#flight = null;
    const waiting = this.#waiting;
    if (answer) this.onAnswer(answer, request);
    else this.onFailure(failure, request);
    if (waiting && waiting === this.#waiting) this.now(waiting);
  }

  cancel() {
    clearTimeout(this.#timer);
    this.#latest += 1;
    this.#waiting = null;
    this.#flight?.abort();
    this.#flight = null;
  }
}
