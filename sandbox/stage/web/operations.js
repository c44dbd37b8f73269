// numpy's operations on numbers, element by element: on single ones, and on arrays of single precision.

/** Every operation that a program of pictures may ask for, by numpy's name; what is true is 1 and what is false 0. */
export const ELEMENTWISE = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  power: (a, b) => a ** b,
  minimum: (a, b) => Math.min(a, b),
  maximum: (a, b) => Math.max(a, b),
  absolute: (a) => Math.abs(a),
  negative: (a) => -a,
  positive: (a) => a,
  sign: (a) => Math.sign(a),
  sqrt: (a) => Math.sqrt(a),
  square: (a) => a * a,
  exp: (a) => Math.exp(a),
  log: (a) => Math.log(a),
  sin: (a) => Math.sin(a),
  cos: (a) => Math.cos(a),
  tan: (a) => Math.tan(a),
  tanh: (a) => Math.tanh(a),
  arctan: (a) => Math.atan(a),
  arctan2: (a, b) => Math.atan2(a, b),
  hypot: (a, b) => Math.hypot(a, b),
  floor: (a) => Math.floor(a),
  ceil: (a) => Math.ceil(a),
  remainder: (a, b) => a - b * Math.floor(a / b),
  equal: (a, b) => Number(a === b),
  not_equal: (a, b) => Number(a !== b),
  less: (a, b) => Number(a < b),
  less_equal: (a, b) => Number(a <= b),
  greater: (a, b) => Number(a > b),
  greater_equal: (a, b) => Number(a >= b),
  logical_and: (a, b) => Number(a !== 0 && b !== 0),
  logical_or: (a, b) => Number(a !== 0 || b !== 0),
  logical_not: (a) => Number(a === 0),
  clip: (a, low, high) => Math.min(Math.max(a, low), high),
  where: (condition, a, b) => (condition === 0 ? b : a),
};

/**
 * Do an operation on n elements in a row. Those that drawings are full of have a loop of their own, quicker than a call
 * for each element.
 * @param {string} name of ELEMENTWISE
 * @param {Float32Array} out
 * @param {number} o index of the first element of the result; the others follow it
 * @param {number} n
 * @param {{data: Float32Array, at: number, step: number}[]} args where each argument begins, and how far it is from one
 *   element to the next: 0 where all are the same. The result may take the place of an argument of step 1.
 */
export function operateOnRow(name, out, o, n, args) {
  const [{ data: a, at: i0, step: di }] = args;
  const second = args[1] ?? args[0];
  const { data: b, at: j0, step: dj } = second;
  const end = o + n;
  let i = i0;
  let j = j0;
  switch (name) {
    case "add":
      for (let k = o; k < end; k++, i += di, j += dj) out[k] = a[i] + b[j];
      return;
    case "subtract":
      for (let k = o; k < end; k++, i += di, j += dj) out[k] = a[i] - b[j];
      return;
    case "multiply":
      for (let k = o; k < end; k++, i += di, j += dj) out[k] = a[i] * b[j];
      return;
    case "divide":
      for (let k = o; k < end; k++, i += di, j += dj) out[k] = a[i] / b[j];
      return;
    case "minimum":
      for (let k = o; k < end; k++, i += di, j += dj) out[k] = a[i] < b[j] ? a[i] : b[j];
      return;
    case "maximum":
      for (let k = o; k < end; k++, i += di, j += dj) out[k] = a[i] > b[j] ? a[i] : b[j];
      return;
    case "square":
      for (let k = o; k < end; k++, i += di) out[k] = a[i] * a[i];
      return;
    case "sqrt":
      for (let k = o; k < end; k++, i += di) out[k] = Math.sqrt(a[i]);
      return;
    case "absolute":
      for (let k = o; k < end; k++, i += di) out[k] = Math.abs(a[i]);
      return;
    case "clip": {
      const { data: c, at: l0, step: dl } = args[2];
      for (let k = o, l = l0; k < end; k++, i += di, j += dj, l += dl) {
        const raised = a[i] < b[j] ? b[j] : a[i];
        out[k] = raised > c[l] ? c[l] : raised;
      }
      return;
    }
    default:
      operateOnEach(ELEMENTWISE[name], out, o, n, args);
  }
}

/** As operateOnRow, by a call for each element. */
function operateOnEach(operation, out, o, n, args) {
  const [a, b, c] = [args[0], args[1] ?? args[0], args[2] ?? args[0]];
  for (let k = 0; k < n; k++) {
    out[o + k] = operation(a.data[a.at + k * a.step], b.data[b.at + k * b.step], c.data[c.at + k * c.step]);
  }
}
