// Numbers, times and slots as people read them: the same as figures.py says on the server.

const BRACED = /\{([^{}\s]+)\}/g;
const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** Fill `{name}` in one of the page's words. */
export function fill(word, values) {
  return word.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** 0.943 → "94 %"; what is neither nothing nor certain is "<1 %" or ">99 %" at the ends. */
export function percent(confidence) {
  const whole = Math.floor(confidence * 100 + 0.5);
  if (confidence > 0 && confidence < 1 && (whole === 0 || whole === 100)) return whole ? ">99 %" : "<1 %";
  return `${whole} %`;
}

/** Which of the page's words says it, from sure_4 down to sure_1. */
export function sureness(confidence) {
  return `sure_${1 + [0.4, 0.7, 0.9].filter((least) => confidence >= least).length}`;
}

/** The text with its unfilled slots, which are those named by `missing`, set apart: [{text, slot}]. */
export function pieces(text, missing, labels) {
  const cut = [];
  let start = 0;
  for (const { 0: braced, 1: name, index } of text.matchAll(BRACED)) {
    if (!missing.includes(name)) continue;
    cut.push({ text: text.slice(start, index), slot: null }, { text: labels[name] ?? name, slot: name });
    start = index + braced.length;
  }
  return [...cut, { text: text.slice(start), slot: null }].filter((piece) => piece.text);
}

/** Pieces as they are copied, unfilled slots as 〔订单号〕. */
export function joined(parts) {
  return parts.map((piece) => (piece.slot ? `〔${piece.text}〕` : piece.text)).join("");
}

/** The text as it is copied, unfilled slots as 〔订单号〕. */
export function marked(text, missing, labels) {
  return joined(pieces(text, missing, labels));
}

/** `marked` in one line. */
export function plain(text, missing, labels) {
  return marked(text, missing, labels).split(/\s+/).filter(Boolean).join(" ");
}

/** ISO 8601 and its clock in words: PT24H → 24 小时内. */
export function span(duration, clock, words) {
  const found = DURATION.exec(duration);
  if (!found) return duration;
  let [days, hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0));
  if (days) return fill(words[clock === "working_days" ? "within_working_days" : "within_days"], { n: days });
  if (minutes && hours) [minutes, hours] = [minutes + 60 * hours, 0];
  const [unit, n] = [["hours", hours], ["minutes", minutes], ["seconds", seconds]].find((pair) => pair[1]) ?? ["seconds", 0];
  const within = fill(words[`within_${unit}`], { n });
  return clock === "business_hours" ? fill(words.in_business_hours, { within }) : within;
}

/** What is left until `due` as a clock, from two days on in days and hours. */
export function left(due, now, words) {
  const until = Math.trunc((due - now) / 1000);
  const seconds = Math.abs(until);
  const two = (number) => String(number).padStart(2, "0");
  const clock = seconds >= 2 * 86400
    ? fill(words.days_hours, { days: Math.floor(seconds / 86400), hours: Math.floor((seconds % 86400) / 3600) })
    : `${Math.floor(seconds / 3600)}:${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return fill(until >= 0 ? words.left : words.overdue, { clock });
}
