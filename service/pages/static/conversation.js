// A pasted conversation → its turns, and which of them is the query: the same as conversation.py, by the same patterns.

const MOST_TURNS = 50;
const LONGEST = 2000;
const BLANK = " \t\u3000\u00a0";

/** Without the blanks around it; a pattern would look through a long run of them anew from each. */
function trim(text, blank = BLANK) {
  let [start, end] = [0, text.length];
  while (start < end && blank.includes(text[start])) start += 1;
  while (end > start && blank.includes(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

/** `patterns` are the server's. Gives a function from a text to {query, history}. */
export function reader(patterns) {
  const read = Object.fromEntries(Object.entries(patterns).map(([name, source]) => [name, new RegExp(source, "iu")]));
  const control = new RegExp(patterns.control, "gu");
  return (text) => {
    const turns = turnsOf(text.replace(control, " "), read);
    const last = turns.findLastIndex((turn) => turn.role === "customer");
    if (last < 0) return { query: text, history: [] };
    const history = turns.slice(0, last).map(({ role, text: said }) => ({ role, text: trim([...said].slice(0, LONGEST).join(""), `${BLANK}\n`) }));
    return { query: turns[last].text, history: history.slice(-MOST_TURNS) };
  };
}

function turnsOf(text, read) {
  const lines = text.split(/\r\n|\r|\n/).map((line) => trim(line));
  const heads = headsOf(lines, read);
  const roles = rolesOf(heads.filter(Boolean), read);
  const turns = [];
  lines.forEach((line, number) => {
    const head = heads[number];
    if (head) turns.push({ role: roles.get(head.name), parts: [head.text] });
    else turns.at(-1)?.parts.push(line);
  });
  return turns.map(({ role, parts }) => ({ role, text: trim(parts.join("\n"), `${BLANK}\n`) })).filter((turn) => turn.text);
}

/** The lines that name a speaker. One time in a message, or a list of labels, is no conversation. */
function headsOf(lines, read) {
  let heads = lines.map((line) => headOf(line, read));
  const bare = heads.filter((head) => head?.kind === "name").map((head) => head.name);
  if (bare.length < 3 || new Set(bare).size !== 2) heads = heads.map((head) => (head?.kind === "name" ? null : head));
  const found = heads.filter(Boolean);
  return found.length < 2 && !found.some((head) => head.kind === "role") ? lines.map(() => null) : heads;
}

function headOf(line, read) {
  for (const kind of ["role", "time_first", "time_last", "name"]) {
    const found = read[kind].exec(line);
    if (found && trim(found[1])) return { kind, name: trim(found[1]), text: found[2] ?? "" };
  }
  return null;
}

/** Who is who: by the word, else a shop's name; of the others the first to speak is the customer. */
function rolesOf(heads, read) {
  const known = new Map();
  const names = [...new Set(heads.map((head) => head.name))];
  for (const name of names) {
    if (read.customer.test(name)) known.set(name, "customer");
    else if (read.agent.test(name)) known.set(name, "agent");
  }
  const unknown = names.filter((name) => !known.has(name));
  if (![...known.values()].includes("customer") && unknown.length) known.set(unknown.shift(), "customer");
  for (const name of unknown) known.set(name, "agent");
  return known;
}
