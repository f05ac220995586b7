// Dates as data have them: of XML Schema, and of EDTF with what it leaves open (Extended Date/Time Format, levels 0 to 2).

const DAY = 86_400_000;
// Months that the numbers for seasons, quarters and halves of a year begin with, and how many they have.
const PARTS = {
  21: [3, 3], 22: [6, 3], 23: [9, 3], 24: [12, 3], 33: [1, 3], 34: [4, 3], 35: [7, 3], 36: [10, 3], 37: [1, 4], 38: [5, 4], 39: [9, 4],
  40: [1, 6], 41: [7, 6],
};
const SHAPE = /^(-?\d{4}|-?\d{3}X|-?\d{2}XX)(?:-(\d\d|XX)(?:-(\d\d|XX))?)?$/;
const MOMENT = /^-?\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?$/;

function at(year, month, day) {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime();
}

// The time that one date covers: from its first moment up to the first after it.
function single(text) {
  if (MOMENT.test(text)) {
    const moment = Date.parse(text);
    return Number.isNaN(moment) ? null : { from: moment, to: moment };
  }
  const match = SHAPE.exec(text.replace(/[~?%]/g, "").replace(/(\d)(?:Z|[+-]\d\d:\d\d)$/, "$1"));
  if (!match) return null;
  const [, years, month, day] = match;
  const wide = years.endsWith("XX") ? 100 : years.endsWith("X") ? 10 : 1;
  const year = Number(years.replace(/X/g, "0"));
  const known = month && month !== "XX" ? Number(month) : 0;
  if (wide > 1 || !known) return { from: at(year, 1, 1), to: at(year + wide, 1, 1) };
  if (PARTS[known]) return { from: at(year, PARTS[known][0], 1), to: at(year, PARTS[known][0] + PARTS[known][1], 1) };
  if (known > 12) return null;
  const exact = day && day !== "XX" ? Number(day) : 0;
  if (exact > 31) return null;
  return exact
    ? { from: at(year, known, exact), to: at(year, known, exact) + DAY }
    : { from: at(year, known, 1), to: at(year, known + 1, 1) };
}

/**
 * What a date covers, null if it is none: `from` and `to` in milliseconds, `openStart` and `openEnd` where it says that
 * there is no bound or that it is unknown, `approximate` where it says that it is not sure.
 */
export function moment(text) {
  const given = text.trim();
  if (!/\d{2}/.test(given) || given.length > 100) return null;
  const approximate = /[~?%X]/.test(given) || /^[[{]/.test(given);
  const members = given.slice(1, -1).split(/,|\.\./);
  const sides = !/^[[{]/.test(given) ? given.split("/") : members.length > 1 ? [members[0], members.at(-1)] : members;
  if (sides.length > 2) return null;
  const first = single(sides[0].trim());
  const last = sides.length > 1 ? single(sides[1].trim()) : first;
  const isOpen = (side) => side.trim() === "" || side.trim() === "..";
  if ((!first && !isOpen(sides[0])) || (sides.length > 1 && !last && !isOpen(sides[1])) || !(first || last)) return null;
  const from = first ? first.from : last.from;
  const to = last ? last.to : first.to;
  return { from, to: Math.max(from, to), openStart: !first, openEnd: !last, approximate };
}
