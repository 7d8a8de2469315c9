// What speaks against copying a text as it is, told in its card; a second press copies it all the same.

/** Draw it into the card's box; `slot` is one to be filled in, if any is. */
export function drawCaution(box, cautions, slot, words) {
  const told = document.createElement("span");
  told.textContent = [...cautions, words.copy_anyway].join(" · ");
  box.replaceChildren(told);
  box.hidden = false;
  if (!slot) return;
  const go = document.createElement("button");
  Object.assign(go, { type: "button", className: "button", textContent: words.fill_in });
  Object.assign(go.dataset, { do: "fill", slot });
  box.append(go);
}
