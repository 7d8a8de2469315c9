// The publishing page while a build runs: its progress as it comes, and the page anew at the end.

import { fill } from "./figures.js";

const running = document.getElementById("running");
if (running) follow(running.dataset.build);

function follow(build) {
  // The browser comes back by itself with the number of the last event it heard.
  const events = new EventSource(`/v1/builds/${encodeURIComponent(build)}/events`);
  events.addEventListener("progress", (event) => show(JSON.parse(event.data)));
  events.addEventListener("end", () => {
    events.close();
    location.assign("/publish");
  });
}

/** One step: those before it are done, those after it wait. */
function show({ step, done, all }) {
  const phases = [...running.querySelectorAll(".phase")];
  const now = phases.findIndex((phase) => phase.dataset.step === step);
  if (now < 0) return;
  phases.forEach((phase, place) => {
    const state = place < now ? "done" : place === now ? "now" : "waiting";
    const bar = phase.querySelector("progress");
    const count = phase.querySelector(".phase-count");
    if (state === "now" && phase.dataset.state !== "now") tell(phase.querySelector(".phase-name").textContent);
    phase.dataset.state = state;
    bar.value = state === "done" ? 100 : state === "now" && all ? Math.floor((100 * done) / all) : 0;
    count.textContent = state === "now" && all > 1 ? fill(count.dataset.ofAll, { done, all }) : "";
  });
}

/** Whoever listens to the page hears of each step once. */
function tell(text) {
  document.getElementById("told").textContent = text;
}
