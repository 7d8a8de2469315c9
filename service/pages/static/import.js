// On top of the import page's plain forms: which file was chosen, dropping one, and that work is under way.

import { fill } from "./figures.js";

const MEGABYTE = 1024 * 1024;

document.documentElement.dataset.script = "";

const upload = document.querySelector(".upload");
if (upload) {
  const input = upload.querySelector("input[type=file]");
  const drop = upload.querySelector(".drop");
  const chosen = upload.querySelector("[data-at=chosen]");
  const caution = upload.querySelector("[data-at=caution]");
  const invitation = chosen.textContent;

  const show = () => {
    const file = input.files[0];
    chosen.textContent = file ? file.name : invitation;
    chosen.toggleAttribute("data-file", Boolean(file));
    const most = Number(upload.dataset.megabytes);
    const large = Boolean(file) && file.size > most * MEGABYTE;
    caution.hidden = !large;
    caution.textContent = large
      ? fill(upload.dataset.tooLarge, { name: file.name, size: Math.ceil(file.size / MEGABYTE), mb: most })
      : "";
    upload.querySelector(".primary").disabled = large;
  };
  input.addEventListener("change", show);
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.setAttribute("data-over", "");
    });
  }
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.removeAttribute("data-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      show();
    }
  });
  show(); // a browser that goes back keeps the choice
}

for (const form of document.querySelectorAll("form[data-busy]")) {
  form.addEventListener("submit", () => {
    const button = form.querySelector(".primary");
    button.dataset.word = button.textContent;
    button.textContent = form.dataset.busy;
    // After the submission has begun: a disabled button would not send it.
    setTimeout(() => (button.disabled = true));
  });
}

// Coming back to a page that the browser kept: it is not at work any more.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll("form[data-busy] .primary")) {
    button.disabled = false;
    if (button.dataset.word) button.textContent = button.dataset.word;
  }
});
