// The form and the manuscript: what stands in the fields as the API takes it, and back. forms.py reads the same form.

const SEPARATORS = /[,，、;；\n]+/;
const SINGLE = ["kind", "title", "audience", "stage", "valid_from", "valid_until", "source"];
const ESCALATION = ["level", "target", "priority", "holding_reply"];
const BLANK_REPLY = { channel: "any", language: "zh", text: "" };

/** The boxes of replies that have a text, in their order: the n-th is the manuscript's reply n. */
export function writtenReplies(form) {
  return [...form.querySelectorAll("[data-reply]")].filter((box) => part(box, "text").value.trim());
}

export function readForm(form) {
  const value = (name) => form.elements[name].value;
  const ticked = (name) => [...form.querySelectorAll(`input[name="${name}"]:checked`)].map((box) => box.value);
  return {
    ...Object.fromEntries(SINGLE.map((name) => [name, value(name)])),
    variants: linesOf(value("variants")),
    replies: writtenReplies(form).map((box) => ({
      channel: part(box, "channel").value,
      language: part(box, "language").value,
      text: part(box, "text").value,
    })),
    products: ticked("products"),
    tags: namesOf(value("tags")),
    related: namesOf(value("related")),
    escalation: { ...Object.fromEntries(ESCALATION.map((name) => [name, value(name)])), collect: ticked("collect") },
  };
}

/** Put a manuscript into the fields; `blankReply` makes an empty box. Fields that say the same already are left alone. */
export function writeForm(form, content, blankReply) {
  const set = (field, text) => {
    if (field.value !== text) field.value = text;
  };
  const tick = (name, wanted) => {
    for (const box of form.querySelectorAll(`input[name="${name}"]`)) box.checked = wanted.includes(box.value);
  };
  for (const name of SINGLE) set(form.elements[name], content[name]);
  for (const name of ESCALATION) set(form.elements[name], content.escalation[name]);
  set(form.elements.variants, content.variants.join("\n"));
  set(form.elements.tags, content.tags.join("，"));
  set(form.elements.related, content.related.join("，"));
  tick("products", content.products);
  tick("collect", content.escalation.collect);
  const replies = content.replies.length ? content.replies : [BLANK_REPLY];
  let boxes = [...form.querySelectorAll("[data-reply]")];
  while (boxes.length > replies.length) boxes.pop().remove();
  while (boxes.length < replies.length) boxes.push(blankReply());
  replies.forEach((reply, n) => {
    for (const name of ["channel", "language", "text"]) set(part(boxes[n], name), reply[name]);
  });
}

/** The select or textarea of a reply's box. */
export function part(box, name) {
  return box.querySelector(`[name="reply_${name}"]`);
}

/** Whether two manuscripts say the same, whatever the order of their keys. */
export function same(one, other) {
  return canonical(one) === canonical(other);
}

export function namesOf(text) {
  return text.split(SEPARATORS).map((name) => name.trim()).filter(Boolean);
}

function linesOf(text) {
  return text.trim() ? text.trimEnd().split("\n") : [];
}

function canonical(value) {
  return JSON.stringify(value, (key, found) =>
    found && typeof found === "object" && !Array.isArray(found)
      ? Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
      : found,
  );
}
