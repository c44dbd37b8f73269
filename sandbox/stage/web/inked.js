/** A drawing by hand as a small grey picture, made as those of the data are: moved and scaled to fill it, counted in blocks. */

const FINE = 4; // dots of ink on a side of a pixel (scikit-learn's digits are counts in blocks of 4 x 4)
const PEN = 0.13; // of the picture's side: width of a stroke, at which as much is inked as in the data, three in ten
const WIDEST = 0.8; // of the side: the data's digits are as high as their picture, and hardly ever wider than this
const SLIMMER = 1.6; // times that a wide drawing is narrowed at the most
const LARGEST = 4; // times that a small one is enlarged at the most
const LEAST_STEP = 0.5; // dots: points of a stroke that are nearer are one

/**
 * @typedef {{strokes: number[][][], cells: number[]}} Drawing strokes as lists of places [x, y], from 0 to 1 from the upper left;
 *   cells as numbers in a grid of size x size, row by row
 */

/**
 * The picture of a drawing: (size * size,), from 0 for none to 1 for ink all over.
 * @param {Drawing} drawing
 * @param {number} size
 */
export function pictureOf({ strokes, cells }, size) {
  const side = FINE * size;
  const ink = new Uint8Array(side * side);
  const squares = cells.map((cell) => [(cell % size) / size, Math.floor(cell / size) / size]);
  const fit = fitted(strokes.flat(), squares, 1 / size, side);
  if (!fit) return new Float32Array(size * size);
  for (const stroke of strokes) inkStroke(ink, side, thinned(stroke.map(fit.place)));
  for (const corner of squares) inkSquare(ink, side, fit.place(corner), fit.scale.map((scale) => scale / size));
  const picture = new Float32Array(size * size);
  ink.forEach((dot, i) => {
    const [row, column] = [Math.floor(i / side / FINE), Math.floor((i % side) / FINE)];
    picture[row * size + column] += dot / FINE ** 2;
  });
  return picture;
}

/** How a drawing is moved and scaled so that its ink reaches from top to bottom, in dots; null for an empty one. */
function fitted(points, squares, cell, side) {
  const all = [...points, ...squares, ...squares.map(([x, y]) => [x + cell, y + cell])];
  if (!all.length) return null;
  const [low, high] = [Math.min, Math.max].map((end) => [0, 1].map((axis) => end(...all.map((place) => place[axis]))));
  const pen = points.length ? PEN * side : 0;
  const [wide, tall] = high.map((end, axis) => Math.max(end - low[axis], 1e-9));
  const [across, down] = [((pen ? WIDEST : 1) * side - pen) / wide, (side - pen) / tall];
  const y = Math.min(down, SLIMMER * across, LARGEST * side);
  const scale = [Math.min(across, y), y];
  const middle = low.map((end, axis) => (end + high[axis]) / 2);
  return { scale, place: (place) => place.map((part, axis) => side / 2 + scale[axis] * (part - middle[axis])) };
}

function thinned(stroke) {
  return stroke.filter(([x, y], i) => {
    const [a, b] = stroke[i - 1] ?? [Infinity, Infinity];
    return i === stroke.length - 1 || Math.hypot(x - a, y - b) >= LEAST_STEP;
  });
}

/** Ink every dot that is within half the pen's width of a stroke. */
function inkStroke(ink, side, stroke) {
  const reach = (PEN * side) / 2;
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
