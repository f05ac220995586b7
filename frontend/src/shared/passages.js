// Where a passage stands in a text, counted as the graph counts: in code points over the whole text, from 0, the end
// exclusive; a paragraph is a line that holds more than white space, the lines ending in LF alone.
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const BEFORE = new RegExp(`^[${SPACE}]*`, "u");
const AFTER = new RegExp(`[${SPACE}]*$`, "u");
const INK = new RegExp(`[^${SPACE}]`, "u");

/** The text of a file in UTF-8, as it is: a byte order mark is a character. Throws TypeError on anything else. */
export function decoded(bytes) {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** Number of code points in a text. */
export function length(text) {
  let count = 0;
  for (let at = 0; at < text.length; at += text.codePointAt(at) > 0xffff ? 2 : 1) count += 1;
  return count;
}

/** The SHA-256, in hexadecimal, of a text in UTF-8. */
export async function sha256(text) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** How a text field shows a text, whose every line end is LF there; `from` maps places in it to places in the text. */
export function shown(text) {
  if (!text.includes("\r")) return { text, from: (at) => at };
  const places = [];
  let plain = "";
  for (let at = 0; at < text.length; at += 1) {
    places.push(at);
    if (text[at] === "\r") {
      plain += "\n";
      if (text[at + 1] === "\n") at += 1;
    } else plain += text[at];
  }
  places.push(text.length);
  return { text: plain, from: (at) => places[at] };
}

/** The passage between two places of a text (UTF-16), without the white space around it; null if it is none, or stands
    in several paragraphs (`{ across: true }`). */
export async function passage(text, from, to) {
  const piece = text.slice(from, to);
  const start = from + BEFORE.exec(piece)[0].length;
  const end = Math.max(start, to - AFTER.exec(piece)[0].length);
  const words = text.slice(start, end);
  if (!/[\p{L}\p{N}]/u.test(words)) return null;
  if (words.includes("\n")) return { across: true };
  const paragraph = text.slice(0, end).split("\n").filter((line) => INK.test(line)).length;
  const first = length(text.slice(0, start));
  return { words, paragraph, start: first, end: first + length(words), sha256: await sha256(words) };
}
