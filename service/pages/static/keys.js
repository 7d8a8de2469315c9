// Keys → acts. A key that belongs to typing, or to an input method, is left alone.

const LETTERS = {
  KeyE: "copy-note",
  KeyH: "copy-holding",
  KeyY: "tell-used",
  KeyM: "tell-edited",
  KeyN: "tell-rejected",
  KeyC: "draft",
  KeyF: "favourite",
};

/** Whether an input method is composing; Safari ends the composition before the Enter that ended it (229). */
export function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

/** The act a key asks for, as {name, n}, or null. */
export function actOf(event) {
  if (isComposing(event) || event.ctrlKey || event.metaKey) return null;
  const { target, key, code, altKey } = event;
  const inSearch = target.id === "query";
  const typing = inSearch || target.matches("input:not([type=radio], [type=checkbox]), textarea, select");
  if (key === "Escape") return { name: "escape" };
  if (key === "Enter") return !event.shiftKey && (inSearch || isFree(target)) ? { name: "copy" } : null;
  if (key === "ArrowDown" || key === "ArrowUp") return choosing(target, inSearch, typing, key);
  if (typing && !altKey) return null;
  if (key === "/" && !altKey) return { name: "focus" };
  if (key === "?" && !altKey) return { name: "keys" };
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(code)?.[1] ?? (/^[0-9]$/.test(key) ? key : null);
  if (digit) return digit === "0" ? { name: "none" } : { name: "copy-nth", n: Number(digit) };
  const letter = LETTERS[code];
  return letter ? { name: letter } : null;
}

function choosing(target, inSearch, typing, key) {
  if (!inSearch && (typing || target.matches("input"))) return null;
  const down = key === "ArrowDown";
  if (inSearch && hasLine(target, down)) return null;
  return { name: down ? "next" : "previous" };
}

/** Whether the caret has a line of the text below, or above, to go to. */
function hasLine({ value, selectionStart, selectionEnd }, below) {
  return below ? value.includes("\n", selectionEnd) : value.slice(0, selectionStart).includes("\n");
}

/** Enter means copy only where it does nothing of its own: on the page itself or on a candidate. */
function isFree(target) {
  return target === document.body || target.matches(".candidate, #panel");
}
