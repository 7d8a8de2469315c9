// Nothing typed is lost: kept in this browser at every key, on the server at every pause, and as the page goes away.

import { send } from "./api.js";
import { draftPath } from "./editing.js";
import { same } from "./manuscript.js";

const PAUSE = 600;
const RETRY = 3000;
const MOST_ON_LEAVING = 60_000; // bytes a browser still sends for a page that is gone

/** Keeps one entry. `base` is the version begun from, `revision` the server's copy, `synced` what that says. */
export class Autosave {
  #timer;
  #flight = null;
  #stale = false;
  sending = null;
  earlier = []; // what a page of this browser that is gone may still have on its way

  constructor({ entry, person, read, base, revision, synced, onState, onStale, onOthers }) {
    Object.assign(this, { entry, read, base, revision, synced, onState, onStale, onOthers });
    this.key = `huashu.typed.${person}.${entry}`;
    addEventListener("online", () => this.flush());
    addEventListener("pagehide", () => this.#leave());
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.flush());
  }

  /** What stands in the fields and on no server yet. */
  get dirty() {
    return !same(this.read(), this.synced);
  }

  get stale() {
    return this.#stale;
  }

  /** Whether what the server has is what this page, or one before it, sent there. */
  sent(content) {
    return [this.read(), ...this.earlier].some((one) => one && same(one, content));
  }

  /** Something was typed. */
  typed() {
    clearTimeout(this.#timer);
    if (!this.dirty) {
      this.forget();
      if (!this.#flight) this.onState(this.revision ? "kept" : "rest");
      return;
    }
    this.#remember();
    if (this.#stale) return;
    this.onState("waiting");
    this.#timer = setTimeout(() => this.flush(), PAUSE);
  }

  /** Send what is there now; true once the server has all of it. */
  async flush() {
    clearTimeout(this.#timer);
    while (this.#flight) await this.#flight;
    if (this.#stale) return false;
    if (!this.dirty) return true;
    this.#flight = this.#send();
    const done = await this.#flight;
    this.#flight = null;
    return done && this.dirty ? this.flush() : done;
  }

  /** Begin anew from what the server has: after a draft was saved, a copy discarded, or two sides merged. */
  restart({ base, revision, synced }) {
    Object.assign(this, { base, revision, synced });
    this.#stale = false;
    this.typed();
  }

  /** What this browser kept and the server may not have, or null: `content`, and what was `sending` meanwhile. */
  kept() {
    try {
      return JSON.parse(localStorage.getItem(this.key));
    } catch {
      return null;
    }
  }

  async #send() {
    const content = (this.sending = this.read());
    this.onState("sending");
    try {
      const body = { revision: this.revision, base_version: this.base, content };
      const answer = await send("PUT", draftPath(this.entry), body);
      Object.assign(this, { revision: answer.revision, synced: content });
      if (this.dirty) this.#remember();
      else this.forget();
      this.onState("kept", { at: new Date(answer.updated_at) });
      this.onOthers(answer.others);
      return true;
    } catch (failure) {
      this.#failed(failure);
      return false;
    } finally {
      this.sending = null;
    }
  }

  #failed(failure) {
    const status = failure.status ?? 0;
    if (status === 409) {
      this.#stale = true;
      this.onState("stale");
      this.onStale();
    } else if (status === 401 || status === 403) this.onState("signed_out");
    else if (status && status < 500) this.onState("refused", { detail: failure.detail || String(status) });
    else this.onState("offline");
    if (status !== 409) this.#timer = setTimeout(() => this.flush(), RETRY);
  }

  /** The page goes away: the last words still leave, and what does not arrive is in this browser. */
  #leave() {
    if (!this.dirty || this.#stale) return;
    this.#remember();
    const body = { revision: this.revision, base_version: this.base, content: this.read() };
    if (new Blob([JSON.stringify(body)]).size > MOST_ON_LEAVING) return;
    // A save that is under way has this revision already: of the two the server takes the first, the browser keeps both.
    send("PUT", draftPath(this.entry), body, { keepalive: true }).catch(() => {});
  }

  #remember() {
    const { revision, base, synced, sending } = this;
    try {
      localStorage.setItem(this.key, JSON.stringify({ content: this.read(), synced, sending, revision, base }));
    } catch {
      // Storage is full or closed to this page: what is typed is on its way to the server all the same.
    }
  }

  /** The server has it all. */
  forget() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // As above.
    }
  }
}
