// Which part of a stored phrasing the customer said too: the same as overlap.py.

const SHORTEST = 2;
const SHORTEST_ASCII = 3;

/** [{text, hit}] */
export function overlap(variant, query) {
  const characters = [...variant];
  const said = [...query].map(alike).join("");
  const parts = [];
  const add = (text, hit) => {
    const last = parts.at(-1);
    if (last?.hit === hit) last.text += text;
    else parts.push({ text, hit });
  };
  for (let at = 0; at < characters.length;) {
    const length = run(characters.slice(at).map(alike), said);
    add(characters.slice(at, at + (length || 1)).join(""), length > 0);
    at += length || 1;
  }
  return parts;
}

function run(characters, said) {
  let length = 0;
  while (length < characters.length && said.includes(characters.slice(0, length + 1).join(""))) length += 1;
  const found = characters.slice(0, length).join("");
  return length >= (/^[\x00-\x7f]*$/.test(found) ? SHORTEST_ASCII : SHORTEST) ? length : 0;
}

function alike(character) {
  const lower = character.toLowerCase();
  return [...lower].length === 1 ? lower : character;
}
