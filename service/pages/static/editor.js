// The editors' page: wires what is typed to autosave, lint, claims and previews, and the buttons to their acts.

import { Autosave } from "./autosave.js";
import { Completion } from "./completion.js";
import { send } from "./api.js";
import { draftPath, entryPath } from "./editing.js";
import { make } from "./elements.js";
import { listByKeyboard } from "./entrylist.js";
import { fill } from "./figures.js";
import { isComposing } from "./keys.js";
import { namesOf, readForm, same, writeForm } from "./manuscript.js";
import { Margin } from "./margin.js";
import { MergeView } from "./merging.js";
import { Replies } from "./replies.js";

const LINT_PAUSE = 350;
const LOOK_EVERY = 15_000; // for who else is here, and for newer versions
const AT_ONCE = 24; // variants the API takes
const ARMED_FOR = 4000;

const byId = (id) => document.getElementById(id);
document.documentElement.dataset.script = "";
listByKeyboard();
document.querySelector('.row[aria-current="page"]')?.scrollIntoView({ block: "nearest" });
const form = byId("sheet");
if (form) open();

function open() {
  const { words, person, entry, references, entries, language, names } = JSON.parse(byId("page-data").textContent);
  const id = entry.entry_id;
  const called = (name) => names[name] ?? name;
  const read = () => readForm(form);
  const base = entry.own?.base_version ?? entry.newest?.version.version ?? 0;
  const state = { newest: entry.newest, merging: null, armed: null, acting: false };
  const notices = byId("notices");

  const replies = new Replies(form, byId("t-reply"), words, changed);
  const margin = new Margin(form, words, {
    isLive: entry.live_version !== null,
    onReply: (box) => (box ? replies.show(replies.boxes.indexOf(box)) : replies.draw()),
  });
  const mergeView = new MergeView(byId("merge"), words);
  new Completion(form, references, words);
  const autosave = new Autosave({
    entry: id, person, read, base,
    revision: entry.own?.revision ?? "",
    synced: read(),
    onState: showState, onStale: mergeAll, onOthers: showOthers,
  });

  // --- typing -------------------------------------------------------------------------------------------------------

  const timers = {};

  function changed() {
    autosave.typed();
    margin.draw();
    drawRelated();
    clearTimeout(timers.lint);
    timers.lint = setTimeout(check, LINT_PAUSE);
  }

  let checks = 0;
  async function check() {
    const number = (checks += 1);
    const typed = { entry_id: id, content: read() };
    const [found, shown] = await Promise.allSettled([
      send("POST", "/v1/desk/findings", { ...typed, language }),
      send("POST", "/v1/desk/previews", typed),
    ]);
    if (number !== checks) return; // something was typed since, and will be answered by itself
    if (found.status === "fulfilled") margin.findings(found.value);
    if (shown.status === "fulfilled") replies.preview(shown.value.previews);
    await askClaims();
  }

  let asking = false;
  async function askClaims() {
    if (asking) return;
    asking = true;
    try {
      for (let lines = margin.unknown(); lines.length; lines = margin.unknown()) {
        const { claims } = await send("POST", "/v1/desk/claims", { entry_id: id, variants: lines.slice(0, AT_ONCE) });
        margin.claims(claims);
      }
    } catch {
      // Without an index, or without a connection, nobody claims anything; the page works all the same.
    } finally {
      asking = false;
    }
  }

  form.addEventListener("input", (event) => {
    if (event.target.closest("#merge") || event.target.name === "comment" || event.target.id === "related-add") return;
    changed();
  });

  // --- what the server says -----------------------------------------------------------------------------------------

  function showState(name, { at = new Date(), detail = "" } = {}) {
    const time = at.toLocaleTimeString(language === "en" ? "en-GB" : "zh-CN", { hour: "2-digit", minute: "2-digit" });
    const told = {
      rest: words.nothing_typed, waiting: words.not_kept, sending: words.keeping, stale: words.not_kept,
      kept: fill(words.kept, { time }), offline: words.offline, signed_out: words.signed_out, refused: fill(words.refused, { detail }),
    };
    const box = byId("autosave");
    box.dataset.state = name;
    if (box.textContent !== told[name]) box.textContent = told[name];
    form.querySelector('[data-do="discard"]').hidden = !autosaveHasCopy();
  }

  function autosaveHasCopy() {
    return Boolean(autosave?.revision) || (autosave?.dirty ?? false);
  }

  function showOthers(others) {
    for (const old of notices.querySelectorAll("[data-presence]")) old.remove();
    const listed = (found) => found.map((one) => called(one.person)).join("、");
    const active = others.filter((one) => one.active);
    const away = others.filter((one) => !one.active);
    const time = (one) => new Date(one.updated_at).toLocaleString(language === "en" ? "en-GB" : "zh-CN", { dateStyle: "short", timeStyle: "short" });
    if (active.length) notices.append(make("p", { class: "told", "data-tone": "warn", "data-presence": true }, fill(words.present, { names: listed(active) })));
    if (away.length) notices.append(make("p", { class: "told", "data-tone": "warn", "data-presence": true }, fill(words.present_unsaved, { names: listed(away), time: time(away[0]) })));
  }

  /** A line above the form; one of a kind at a time. */
  function tell(kind, tone, text, ...more) {
    notices.querySelector(`[data-told="${kind}"]`)?.remove();
    if (text) notices.prepend(make("div", { class: "told", "data-tone": tone, "data-told": kind, role: tone === "stop" ? "alert" : "status" }, text, ...more));
  }

  async function look() {
    if (document.visibilityState === "hidden" || state.merging) return;
    const known = autosave.revision;
    const now = await send("GET", entryPath(id)).catch(() => null);
    if (!now || state.merging || autosave.revision !== known || autosave.sending) return;
    showOthers(now.others);
    const elsewhere = (now.own?.revision ?? "") !== known;
    tell("tab", "warn", elsewhere ? words.other_tab : "", " ", make("button", { type: "button", class: "button", onclick: mergeAll }, words.merge));
    state.newest = now.newest;
    const version = now.newest?.version;
    const newer = version && version.version > autosave.base;
    const mine = autosaveHasCopy();
    const fields = newer && { name: called(version.author), n: version.version, base: autosave.base };
    const act = mine
      ? make("button", { type: "button", class: "button", onclick: mergeAll }, words.merge)
      : make("a", { class: "button", href: location.pathname }, words.load_newer);
    tell("newer", "warn", newer ? fill(mine ? words.newer : words.newer_fresh, fields) : "", " ", act);
  }

  // --- two sides ----------------------------------------------------------------------------------------------------

  /** Bring this form and what the server has together: another tab's copy, then a newer version. Once at a time; true
   *  where nobody had to decide anything. */
  function mergeAll() {
    state.merging ??= merged().catch(() => showState("offline")).finally(() => (state.merging = null));
    return state.merging;
  }

  async function merged() {
    let decided = false;
    let now = await send("GET", entryPath(id));
    if ((now.own?.revision ?? "") !== autosave.revision) {
      const theirs = now.own?.content ?? now.newest.content;
      const version = now.own?.base_version ?? now.newest?.version.version ?? 0;
      const ours = now.own && autosave.sent(theirs);
      if (ours) autosave.restart({ base: version, revision: now.own.revision, synced: theirs });
      else if (!(await mergeWith(autosave.synced, theirs, "", version, now.own?.revision ?? ""))) return false;
      else decided = true;
      now = await send("GET", entryPath(id));
    }
    const newest = now.newest?.version;
    if (newest && newest.version > autosave.base) {
      const before = now.base?.version.version === autosave.base ? now.base.content : await contentOf(autosave.base);
      await mergeWith(before, now.newest.content, called(newest.author), newest.version, autosave.revision);
      decided = true;
    }
    return !decided;
  }

  async function contentOf(version) {
    return version ? (await send("GET", `${entryPath(id)}/versions/${version}`)).content : {};
  }

  async function mergeWith(before, theirs, name, version, revision) {
    const merge = await send("POST", "/v1/desk/merges", { base: before, theirs, mine: read() });
    const content = await mergeView.show(merge, name);
    if (!content) return false;
    writeForm(form, content, () => replies.add());
    replies.draw();
    autosave.restart({ base: version, revision, synced: theirs });
    changed();
    await autosave.flush();
    for (const kind of ["newer", "tab"]) tell(kind, "", "");
    tell("done", "ok", version ? fill(words.merge_done, { n: version }) : words.done_kept);
    return true;
  }

  // --- acts ---------------------------------------------------------------------------------------------------------

  /** The version that now stands for what is typed, or null where none does. */
  async function save() {
    if (!(await autosave.flush()) && !(autosave.stale && (await mergeAll()) && (await autosave.flush()))) return null;
    if (!autosave.revision) return state.newest?.version ?? null;
    const content = read();
    try {
      const body = { revision: autosave.revision, comment: form.elements.comment.value };
      const saved = await send("POST", `${draftPath(id)}/versions`, body);
      const { version } = saved.version;
      state.newest = { version: saved.version, content };
      autosave.restart({ base: version, revision: "", synced: content });
      tell("newer", "", "");
      tell("done", "ok", fill(saved.created ? words.done_saved_n : words.done_same, { n: version }));
      await refresh();
      return saved.version;
    } catch (failure) {
      if (failure.status === 409) await mergeAll();
      else refused(failure);
      return null;
    }
  }

  async function submit() {
    const errors = Number(byId("summary").dataset.errors);
    if (errors && !armed("submit", fill(words.submit_anyway, { n: errors }))) return;
    const version = await save();
    if (!version) return;
    if (version.state === "in_review") return void tell("done", "ok", words.done_submitted);
    if (version.state !== "draft") return void tell("done", "ok", fill(words.done_same, { n: version.version }));
    try {
      const body = { version: version.version, comment: form.elements.comment.value };
      submitted(await send("POST", `${entryPath(id)}/submission`, body));
    } catch (failure) {
      const newest = failure.status === 409 && (await send("GET", entryPath(id)).catch(() => null))?.newest?.version;
      // Another window, or an answer that was lost, may have submitted the same version.
      if (newest?.version === version.version && newest.state === "in_review") submitted(newest);
      else refused(failure);
    }
  }

  function submitted(version) {
    state.newest.version = version;
    form.elements.comment.value = "";
    tell("done", "ok", words.done_submitted);
    return refresh();
  }

  async function discard() {
    if (!armed("discard", words.discard_sure)) return;
    await autosave.flush();
    try {
      if (autosave.revision) await send("DELETE", `${draftPath(id)}?revision=${autosave.revision}`);
      if (!state.newest) return void location.assign("/editor");
      writeForm(form, state.newest.content, () => replies.add());
      replies.draw();
      autosave.restart({ base: state.newest.version.version, revision: "", synced: read() });
      changed();
      tell("done", "ok", words.done_discarded);
    } catch (failure) {
      if (failure.status === 409) await mergeAll();
      else refused(failure);
    }
  }

  function refused(failure) {
    const detail = failure.detail || words.offline;
    tell("done", "stop", make("b", {}, words.not_saved), failure.status === 422 ? "" : make("pre", {}, detail));
    check();
    if (failure.status === 422) byId("findings").scrollIntoView({ block: "center" });
  }

  /** A button that asks once more before it acts; true at the second press. */
  function armed(name, question) {
    const button = form.querySelector(`[data-do="${name}"]`);
    if (state.armed === name) {
      disarm();
      return true;
    }
    disarm();
    state.armed = name;
    button.dataset.before = button.firstChild.textContent;
    button.firstChild.textContent = question;
    timers.armed = setTimeout(disarm, ARMED_FOR);
    return false;
  }

  function disarm() {
    clearTimeout(timers.armed);
    const button = state.armed && form.querySelector(`[data-do="${state.armed}"]`);
    if (button) button.firstChild.textContent = button.dataset.before;
    state.armed = null;
  }

  /** History, state and list as the server draws them now. */
  async function refresh() {
    const response = await fetch(location.pathname + location.search, { headers: { accept: "text/html" } }).catch(() => null);
    if (!response?.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const part of ["history", "state", "standing", "returned", "rows"]) {
      const [old, drawn] = [byId(part), fresh.getElementById(part)];
      if (old && drawn) old.replaceWith(document.adoptNode(drawn));
    }
    const url = new URL(location.href);
    url.searchParams.delete("done");
    history.replaceState(null, "", url);
  }

  const ACTS = { save, submit, discard };

  /** One act at a time: a second press while one is under way is the same press. */
  async function run(act) {
    if (state.acting) return;
    state.acting = true;
    await act().finally(() => (state.acting = false));
  }

  form.addEventListener("submit", (event) => {
    const act = ACTS[event.submitter?.value ?? "save"];
    if (!act) return;
    event.preventDefault();
    run(act);
  });
  document.addEventListener("keydown", (event) => {
    if (isComposing(event) || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const act = { s: save, Enter: submit }[event.key];
    if (!act) return;
    event.preventDefault();
    run(act);
  });
  // Enter in a field of one line would press the first button there is.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input") && !event.ctrlKey && !event.metaKey) event.preventDefault();
  });

  // --- related ------------------------------------------------------------------------------------------------------

  function drawRelated() {
    const names = namesOf(form.elements.related.value);
    byId("related-titles").replaceChildren(...names.map((name) => make("li", {}, make("a", { href: `/editor/${encodeURIComponent(name)}` }, entries[name] ?? name))));
  }

  byId("related-add").addEventListener("change", ({ target }) => {
    const names = namesOf(form.elements.related.value);
    if (target.value && !names.includes(target.value)) form.elements.related.value = [...names, target.value].join("，");
    target.value = "";
    changed();
  });

  // --- beginning ----------------------------------------------------------------------------------------------------

  /** What this browser kept and the server has not: put back where it follows, merged where something came between. */
  async function restore() {
    const kept = autosave.kept();
    if (!kept || same(kept.content, read())) return autosave.forget();
    const arrived = kept.sending && entry.own && same(kept.sending, read());
    autosave.earlier = [kept.sending, kept.content];
    writeForm(form, kept.content, () => replies.add());
    replies.draw();
    if (arrived || (kept.revision === autosave.revision && kept.base === autosave.base)) {
      tell("done", "ok", words.restored_local);
      return changed();
    }
    const server = { revision: autosave.revision, base: autosave.base };
    Object.assign(autosave, { revision: kept.revision, base: kept.base, synced: kept.synced });
    tell("newer", "warn", words.other_tab);
    changed();
    if (server.revision === kept.revision) return look();
    return mergeAll();
  }

  addEventListener("pageshow", (event) => event.persisted && location.reload());
  setInterval(look, LOOK_EVERY);
  document.addEventListener("visibilitychange", look);
  showState(autosave.revision ? "kept" : "rest", { at: new Date(entry.own?.updated_at ?? Date.now()) });
  restore();
  margin.draw();
  drawRelated();
  check();
  if (entry.newest && entry.newest.version.version !== base) look();
  document.documentElement.dataset.ready = "";
}
