/** A drawing by hand as a small grey picture, made as those of the data are: moved and scaled to fill it, counted in blocks. */

const FINE = 4; // dots of ink on a side of a pixel (scikit-learn's digits are counts in blocks of 4 x 4)
const PENS = [0.1, 0.34]; // of the picture's side: widths that a stroke may have
const TRIES = 5; // until a width inks as much as in the data, where a one is as dark as an eight
const WIDEST = 0.8; // of the side: the data's digits are as high as their picture, and hardly ever wider than this
const SLIMMER = 1.6; // times that a wide drawing is narrowed at the most
const LARGEST = 4; // times that a small one is enlarged at the most
const LEAST_STEP = 0.5; // dots: points of a stroke that are nearer are one

/**
 * @typedef {{strokes: number[][][], cells: number[]}} Drawing strokes as lists of places [x, y], from 0 to 1 from the upper
 *   left; cells as numbers in a grid of size x size, row by row
 */

/**
 * The picture of a drawing: (size * size,), from 0 for none to 1 for ink all over.
 * @param {Drawing} drawing
 * @param {number} size
 * @param {number} dark mean of the pixels that pictures of the data have
 */
export function pictureOf(drawing, size, dark) {
  let [thin, thick] = PENS;
  for (let i = 0; i < TRIES && drawing.strokes.length; i++) {
    const pen = (thin + thick) / 2;
    const mean = inked(drawing, size, pen).reduce((sum, level) => sum + level, 0) / size ** 2;
    if (mean < dark) thin = pen;
    else thick = pen;
  }
  const pen = (thin + thick) / 2;
  const picture = inked(drawing, size, pen);
  // In the data neither the edges of the ink nor its middle are always in the middle: half the way from one to the other.
  return drawing.strokes.length ? inked(drawing, size, pen, (size / 2 - middleOf(picture, size)) / 2) : picture;
}

/** Where the middle of the ink is across, pixels from the left edge. */
function middleOf(picture, size) {
  const [sum, all] = picture.reduce(([sum, all], level, i) => [sum + level * ((i % size) + 0.5), all + level], [0, 0]);
  return sum / Math.max(all, 1e-9);
}

/** The picture with a pen of a width, moved so many pixels to the right, as far as there is room. */
function inked({ strokes, cells }, size, pen, right = 0) {
  const side = FINE * size;
  const ink = new Uint8Array(side * side);
  const squares = cells.map((cell) => [(cell % size) / size, Math.floor(cell / size) / size]);
  const fit = fitted(strokes.flat(), squares, 1 / size, side, pen * side, FINE * right);
  if (!fit) return new Float32Array(size * size);
  for (const stroke of strokes) inkStroke(ink, side, thinned(stroke.map(fit.place)), (pen * side) / 2);
  for (const corner of squares) inkSquare(ink, side, fit.place(corner), fit.scale.map((scale) => scale / size));
  const picture = new Float32Array(size * size);
  ink.forEach((dot, i) => {
    const [row, column] = [Math.floor(i / side / FINE), Math.floor((i % side) / FINE)];
    picture[row * size + column] += dot / FINE ** 2;
  });
  return picture;
}

/** How a drawing is moved and scaled so that its ink reaches from top to bottom, in dots; null for an empty one. */
function fitted(points, squares, cell, side, pen, right) {
  const all = [...points, ...squares, ...squares.map(([x, y]) => [x + cell, y + cell])];
  if (!all.length) return null;
  const [low, high] = [Math.min, Math.max].map((end) => [0, 1].map((axis) => end(...all.map((place) => place[axis]))));
  const edge = points.length ? pen : 0;
  const [wide, tall] = high.map((end, axis) => Math.max(end - low[axis], 1e-9));
  const [across, down] = [((edge ? WIDEST : 1) * side - edge) / wide, (side - edge) / tall];
  const y = Math.min(down, SLIMMER * across, LARGEST * side);
  const scale = [Math.min(across, y), y];
  const middle = low.map((end, axis) => (end + high[axis]) / 2);
  const room = Math.max(side - edge - scale[0] * wide, 0) / 2;
  const to = [side / 2 + Math.min(Math.max(right, -room), room), side / 2];
  return { scale, place: (place) => place.map((part, axis) => to[axis] + scale[axis] * (part - middle[axis])) };
}

function thinned(stroke) {
  return stroke.filter(([x, y], i) => {
    const [a, b] = stroke[i - 1] ?? [Infinity, Infinity];
    return i === stroke.length - 1 || Math.hypot(x - a, y - b) >= LEAST_STEP;
  });
}

/** Ink every dot that a stroke reaches. */
function inkStroke(ink, side, stroke, reach) {
  stroke.forEach(([x, y], i) => {
    const [u, v] = stroke[i + 1] ?? [x, y];
    const box = [Math.min(x, u) - reach, Math.min(y, v) - reach, Math.max(x, u) + reach, Math.max(y, v) + reach];
    const [left, top, right, bottom] = box.map((edge) => Math.min(Math.max(Math.round(edge), 0), side));
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        if (toSegment(column + 0.5, row + 0.5, x, y, u, v) <= reach) ink[row * side + column] = 1;
      }
    }
  });
}

function toSegment(px, py, x, y, u, v) {
  const [dx, dy] = [u - x, v - y];
  const length = dx * dx + dy * dy;
  const share = length ? Math.min(Math.max(((px - x) * dx + (py - y) * dy) / length, 0), 1) : 0;
  return Math.hypot(px - x - share * dx, py - y - share * dy);
}

function inkSquare(ink, side, [x, y], [wide, high]) {
  const [left, top, right, bottom] = [x, y, x + wide, y + high].map((edge) => Math.min(Math.max(Math.round(edge), 0), side));
  for (let row = top; row < bottom; row++) ink.fill(1, row * side + left, row * side + right);
}
