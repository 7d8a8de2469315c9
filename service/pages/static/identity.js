// What is shown once can be copied by one press; without a script it is selected as a whole by a click.

import { copyText } from "./clipboard.js";

document.documentElement.dataset.script = "";

document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.('[data-do="copy"]');
  if (!button) return;
  const copied = await copyText(document.getElementById("once").textContent);
  button.textContent = copied ? button.dataset.copied : button.dataset.failed;
  button.classList.toggle("done", copied);
});
