// Where the names of a network have room: pure, so that it can be proved without a picture.
const GAP = 3;

const meet = (one, other) => one.x1 < other.x2 && other.x1 < one.x2 && one.y1 < other.y2 && other.y1 < one.y2;

// The sides of a point at which its name can stand, the best first.
function sides({ x, y, half, width, height }) {
  const far = half + GAP;
  const at = (side, x1, y1) => ({ side, x1, y1, x2: x1 + width, y2: y1 + height });
  return [
    at("below", x - width / 2, y + far),
    at("above", x - width / 2, y - far - height),
    at("right", x + far, y - height / 2),
    at("left", x - far - width, y - height / 2),
  ];
}

/**
 * Which of the points are named, and at which side: a Map from the id to the side and the box of the name.
 *
 * `points` come the most important first: {id, x, y, half, width, height, must}, in pixels of a picture of the given
 * size; `half` is how far the sign of a point reaches. No two names meet; a name keeps off the signs of other points, but
 * that of one of the `chief` first may hide the sign of one that is not. What `must` be named is named first, and may
 * leave the picture.
 */
export function placed(points, wide, high, chief = 12) {
  const found = new Map();
  const boxes = [];
  const order = [...points].sort((one, other) => Number(other.must ?? false) - Number(one.must ?? false));
  const signs = order.map(({ id, x, y, half, must }, place) => ({ id, isChief: must || place < chief, x1: x - half, y1: y - half, x2: x + half, y2: y + half }));
  const isFree = (box) => !boxes.some((other) => meet(box, other));
  const isClear = (box, id) => !signs.some((sign) => sign.id !== id && meet(box, sign));
  const isFair = (box, id) => !signs.some((sign) => sign.isChief && sign.id !== id && meet(box, sign));
  const isInside = (box) => box.x1 >= 0 && box.y1 >= 0 && box.x2 <= wide && box.y2 <= high;
  for (const [place, point] of order.entries()) {
    const { id, must } = point;
    if (!must && (point.x < 0 || point.y < 0 || point.x > wide || point.y > high)) continue;
    const free = sides(point).filter((box) => isFree(box) && (must || isInside(box)));
    const box = free.find((one) => isInside(one) && isClear(one, id))
      ?? (must || place < chief ? free.find((one) => isInside(one) && isFair(one, id)) : undefined)
      ?? (must ? free[0] : undefined);
    if (!box) continue;
    boxes.push(box);
    found.set(id, box);
  }
  return found;
}

/** A name in lines that are no wider than `wide`, at most `most` of them: what does not fit ends with …. `measure` tells the width of a text. */
export function broken(text, wide, most, measure) {
  const lines = [];
  let rest = text.trim();
  while (rest && lines.length < most) {
    let end = rest.length;
    const isLast = lines.length === most - 1;
    if (measure(rest) > wide) {
      end = 1;
      while (end < rest.length && measure(rest.slice(0, end + 1) + (isLast ? "…" : "")) <= wide) end += 1;
      const space = rest.lastIndexOf(" ", end);
      if (space > 0) end = space;
    }
    const line = rest.slice(0, end).trimEnd();
    rest = rest.slice(end).trimStart();
    lines.push(rest && isLast ? `${line}…` : line);
  }
  return lines;
}
