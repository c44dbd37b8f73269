/**
 * Membership of polygons with holes and several parts, and the distance to their borders.
 *
 * A region is the one of a world pack's header: all its rings are closed and count alike, by the even-odd rule.
 */

const BOX_SEGMENTS = 12; // segments that lie in one box
const borders = new WeakMap(); // region -> its segments and boxes

/**
 * A region's segments, (x0, y0, x1, y1, 1 / length^2) each, and the boxes, (x0, x1, y0, y1, first, last) each.
 * @param {object} region
 * @returns {{segments: Float64Array, boxes: Float64Array}}
 */
export function borderOf(region) {
  if (!borders.has(region)) borders.set(region, makeBorder(region.rings));
  return borders.get(region);
}

function makeBorder(rings) {
  const segments = [], boxes = [];
  for (const ring of rings) {
    for (let from = 0; from + 1 < ring.length; from += BOX_SEGMENTS) {
      const run = ring.slice(from, from + BOX_SEGMENTS + 1);
      const xs = run.map(place => place[0]), ys = run.map(place => place[1]);
      const first = segments.length;
      for (let i = 0; i + 1 < run.length; i++) {
        const squared = (xs[i + 1] - xs[i]) ** 2 + (ys[i + 1] - ys[i]) ** 2;
        segments.push(xs[i], ys[i], xs[i + 1], ys[i + 1], squared > 0 ? 1 / squared : 0);
      }
      boxes.push(Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys), first, segments.length);
    }
  }
  return {segments: Float64Array.from(segments), boxes: Float64Array.from(boxes)};
}

/**
 * Squared distance of a place to the nearest segment: that of the nearest box, and of those that may hold a nearer one.
 * @param {{segments: Float64Array, boxes: Float64Array}} border
 * @param {number} x
 * @param {number} y
 * @returns {number}
 */
export function squaredToBorder({segments, boxes}, x, y) {
  let first = 0, least = Infinity;
  for (let box = 0; box < boxes.length; box += 6) {
    const squared = squaredToBox(boxes, box, x, y);
    if (squared < least) {
      least = squared;
      first = box;
    }
  }
  let nearest = squaredToRun(segments, boxes[first + 4], boxes[first + 5], x, y);
  for (let box = 0; box < boxes.length; box += 6) {
    if (squaredToBox(boxes, box, x, y) < nearest) {
      nearest = Math.min(nearest, squaredToRun(segments, boxes[box + 4], boxes[box + 5], x, y));
    }
  }
  return nearest;
}

function squaredToBox(boxes, box, x, y) {
  const outX = Math.max(boxes[box] - x, x - boxes[box + 1], 0);
  const outY = Math.max(boxes[box + 2] - y, y - boxes[box + 3], 0);
  return outX * outX + outY * outY;
}

function squaredToRun(segments, from, to, x, y) {
  let nearest = Infinity;
  for (let k = from; k < to; k += 5) {
    const px = x - segments[k], py = y - segments[k + 1];
    const dx = segments[k + 2] - segments[k], dy = segments[k + 3] - segments[k + 1];
    const along = (px * dx + py * dy) * segments[k + 4], across = px * dy - py * dx;
    let squared = across * across * segments[k + 4];
    if (along <= 0) squared = px * px + py * py;
    else if (along >= 1) squared = (x - segments[k + 2]) ** 2 + (y - segments[k + 3]) ** 2;
    if (squared < nearest) nearest = squared;
  }
  return nearest;
}

/**
 * Whether a place is inside: a ray to the right crosses the border an odd number of times.
 * @param {{segments: Float64Array, boxes: Float64Array}} border
 * @param {number} x
 * @param {number} y
 * @returns {boolean}
 */
export function isInside({segments, boxes}, x, y) {
  let odd = false;
  for (let box = 0; box < boxes.length; box += 6) {
    if (y < boxes[box + 2] || y > boxes[box + 3] || x > boxes[box + 1]) continue;
    for (let k = boxes[box + 4]; k < boxes[box + 5]; k += 5) {
      const ax = segments[k], ay = segments[k + 1], by = segments[k + 3];
      if ((ay > y) === (by > y)) continue;
      const side = (segments[k + 2] - ax) * (y - ay) - (x - ax) * (by - ay); // above 0: left of a segment that goes up
      if (side !== 0 && (side > 0) === (by > ay)) odd = !odd;
    }
  }
  return odd;
}
