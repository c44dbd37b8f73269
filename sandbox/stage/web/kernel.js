// The products of a network's layers and its activations: by kernel.wasm where it can run, in plain loops elsewhere.

import { plainLinear } from "./plain.js";

const STAGING = 1 << 21; // bytes at the beginning of the memory, for what goes in and comes out
const FAR = 8192; // beyond it the kernel's sine loses its last digits

/** kernel.wasm (from kernel.wat), in base64 so that one file is enough. */
const KERNEL =
  "AGFzbQEAAAABKwZgAXsBe2ADf3t/AGAIf39/f39/f38AYAJ/fwBgBn9/f39/fwBgA39/fwADCQgAAAECAwMEBQUEAQCAAgc0BgZtZW1vcnkCAAZs" +
  "aW5lYXIAAwdzaWdtb2lkAAQDZXhwAAUHcHJvZHVjdAAGBHNpbmUABwq+DQj/AgECeyAA/QwAALBCAACwQgAAsEIAALBC/egB/QwAAK7CAACuwgAA" +
  "rsIAAK7C/ekBIQAgAP0MO6q4PzuquD87qrg/O6q4P/3mAf1qIQEgACAB/QwAgDE/AIAxPwCAMT8AgDE//eYB/eUBIQAgACAB/QyDgF45g4BeOYOA" +
  "XjmDgF45/eYB/eQBIQD9DGdpUDlnaVA5Z2lQOWdpUDkhAiACIAD95gH9DM5DtzrOQ7c6zkO3Os5Dtzr95AEhAiACIAD95gH9DAiJCDwIiQg8CIkI" +
  "PAiJCDz95AEhAiACIAD95gH9DMGpKj3BqSo9wakqPcGpKj395AEhAiACIAD95gH9DKqqKj6qqio+qqoqPqqqKj795AEhAiACIAD95gH9DAAAAD8A" +
  "AAA/AAAAPwAAAD/95AEhAiACIAD95gEgAP3mASAA/eQB/QwAAIA/AACAPwAAgD8AAIA//eQBIQIgAiAB/fgB/Qx/AAAAfwAAAH8AAAB/AAAA/a4B" +
  "QRf9qwH95gELMwD9DAAAgD8AAIA/AACAPwAAgD/9DAAAgD8AAIA/AACAPwAAgD8gAP3hARAA/eQB/ecBCxoAIAIEQCABIAEQAf3mASEBCyAAIAH9" +
  "CwQAC9YDAgx/C3sgAkEFdCESA0AgBCELIAUhDEEAIQkDQCADIQ4gDiABQQJ0aiEPIA8gAUECdGohECAQIAFBAnRqIREgDyETIAz9AAQAIRcgDP0A" +
  "BBAhGCAXIRkgGCEaIBchGyAYIRwgFyEdIBghHgNAIAv9AAQAIRQgC/0ABBAhFSAO/QkCACEWIBcgFiAU/eYB/eQBIRcgGCAWIBX95gH95AEhGCAP" +
  "/QkCACEWIBkgFiAU/eYB/eQBIRkgGiAWIBX95gH95AEhGiAQ/QkCACEWIBsgFiAU/eYB/eQBIRsgHCAWIBX95gH95AEhHCAR/QkCACEWIB0gFiAU" +
  "/eYB/eQBIR0gHiAWIBX95gH95AEhHiALQSBqIQsgD0EEaiEPIBBBBGohECARQQRqIREgDkEEaiIOIBNJDQALIAYgCUEFdGohDSANIBcgBxACIA1B" +
  "EGogGCAHEAIgDSASaiENIA0gGSAHEAIgDUEQaiAaIAcQAiANIBJqIQ0gDSAbIAcQAiANQRBqIBwgBxACIA0gEmohDSANIB0gBxACIA1BEGogHiAH" +
  "EAIgDEEgaiEMIAlBAWoiCSACSQ0ACyADIAFBBHRqIQMgBiASQQJ0aiEGIAhBBGoiCCAASQ0ACwsfAANAIAAgAP0ABAAQAf0LBAAgAEEQaiIAIAFJ" +
  "DQALCx8AA0AgACAA/QAEABAA/QsEACAAQRBqIgAgAUkNAAsLlwECBn8BeyACQQN0IQoDQEEAIQsDQP0MAAAAAAAAAAAAAAAAAAAAACEMIAMhByAD" +
  "IAFBA3RqIQYgBCALaiEIA0AgDCAH/QoDACAI/QAEAP3yAf3wASEMIAggCmohCCAHQQhqIgcgBkkNAAsgBSALaiAM/QsEACALQRBqIgsgCkkNAAsg" +
  "BiEDIAUgCmohBSAAQQFrIgANAAsLugQBB3sDQCAA/QAEACEDIANBAEGAgICAeCACG/0R/U4hBCAD/eABIQMgA/0Mg/miP4P5oj+D+aI/g/miP/3m" +
  "Af34ASEFIAX9DAEAAAABAAAAAQAAAAEAAAD9rgH9DP7////+/////v////7////9TiEFIAX9+gEhBiADIAb9DAAAST8AAEk/AABJPwAAST/95gH9" +
  "5QEhAyADIAb9DACgfTkAoH05AKB9OQCgfTn95gH95QEhAyADIAb9DGkhIjNpISIzaSEiM2khIjP95gH95QEhAyAFIAL9Ef2uASEFIAMgA/3mASEH" +
  "IAf9DPmhTLn5oUy5+aFMufmhTLn95gH9DJ6DCDyegwg8noMIPJ6DCDz95AEhCCAHIAj95gH9DKOqKr6jqiq+o6oqvqOqKr795AEhCCAHIAj95gEg" +
  "A/3mASAD/eQBIQggB/0MzvXMN871zDfO9cw3zvXMN/3mAf0MGga2uhoGtroaBra6Gga2uv3kASEJIAcgCf3mAf0MpaoqPaWqKj2lqio9paoqPf3k" +
  "ASEJIAcgB/3mASAJ/eYBIAf9DAAAAD8AAAA/AAAAPwAAAD/95gH95QH9DAAAgD8AAIA/AACAPwAAgD/95AEhCSAJIAggBf0MAgAAAAIAAAACAAAA" +
  "AgAAAP1O/QwCAAAAAgAAAAIAAAACAAAA/Tf9UiEIIAQgBf0MBAAAAAQAAAAEAAAABAAAAP1OQR39qwH9USEEIAAgCCAE/VH9CwQAIABBEGoiACAB" +
  "SQ0ACwsAigMEbmFtZQEVAwADZXhwAQhzaWdtb2lkNAIDcHV0AqACCAADAAF4AQFuAgFwAQEAAXgCAwABeQEFdmFsdWUCBHNpbHUDHwABbgEBawIG" +
  "cGFuZWxzAwF4BAF3BQFiBgF5BwRzaWx1CANyb3cJBXBhbmVsCgFpCwJ3cAwCYnANAnlwDgJ4MA8CeDEQAngyEQJ4MxIEd2lkZRMDZW5kFAF1FQF2" +
  "FgFzFwJhMBgCYjAZAmExGgJiMRsCYTIcAmIyHQJhMx4CYjMEAgACYXQBA2VuZAUCAAJhdAEDZW5kBg0AAW4BAWsCAW0DAXgEAXcFAXkGA2VuZAcB" +
  "aQgCd3AJAnlwCgR3aWRlCwZjb2x1bW4MAXMHCgACYXQBA2VuZAIIcXVhcnRlcnMDAXgEBHNpZ24FAWoGBXR1cm5zBwF6CAFzCQFjA0kFAwMABHJv" +
  "d3MBB2NvbHVtbnMCBWlubmVyBAEABGVhY2gFAQAEZWFjaAYDAARyb3dzAQdjb2x1bW5zAgVpbm5lcgcBAARlYWNo";

/** @type {any} its loops, memory and where layers are in it; undefined until it was tried, null where there is none */
let machine;

/**
 * Choose between the kernel and plain loops; the kernel is the default where it can run.
 * @param {boolean} wanted
 * @returns {boolean} whether the kernel is in use
 */
export function useKernel(wanted) {
  machine = wanted ? started() : null;
  return machine !== null;
}

function started() {
  try {
    const bytes = Uint8Array.from(atob(KERNEL), (character) => character.charCodeAt(0));
    const { memory, ...loops } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
    const [floats, doubles] = [new Float32Array(memory.buffer), new Float64Array(memory.buffer)];
    return { ...loops, floats, doubles, places: new Map(), next: STAGING };
  } catch {
    return null; // no WebAssembly, no SIMD, or a policy that forbids it
  }
}

function kernel() {
  if (machine === undefined) machine = started();
  return machine;
}

/**
 * The weights of a layer in the kernel's order: panels of 8 columns, then the bias.
 * @typedef {{k: number, m: number, panels: number, data: Float32Array}} Layer
 */

/**
 * Bring weights into the kernel's order.
 * @param {Float32Array} weight (k, m), row by row
 * @param {number} k
 * @param {number} m
 * @param {Float32Array|null} bias (m,)
 * @returns {Layer}
 */
export function layer(weight, k, m, bias) {
  const panels = Math.ceil(m / 8);
  const data = new Float32Array(panels * 8 * (k + 1));
  for (let j = 0; j < m; j++) {
    const column = (j >> 3) * k * 8 + (j & 7);
    for (let i = 0; i < k; i++) data[column + 8 * i] = weight[i * m + j];
    if (bias) data[panels * 8 * k + j] = bias[j];
  }
  return { k, m, panels, data };
}

/**
 * out = x @ weight + bias, after SiLU where it is asked for.
 * @param {Float32Array} x (n, k)
 * @param {number} n
 * @param {Layer} layer
 * @param {boolean} silu
 * @param {Float32Array} out (n, m)
 */
export function linear(x, n, layer, silu, out) {
  const place = kernel() && placed(layer);
  if (!place) {
    plainLinear(x, n, layer, silu, out);
    return;
  }
  const { k, m, panels } = layer;
  const { floats } = machine;
  const wide = 8 * panels;
  const most = Math.floor(STAGING / 4 / (k + wide) / 4) * 4;
  for (let row = 0; row < n; row += most) {
    const rows = Math.min(most, n - row);
    const padded = Math.ceil(rows / 4) * 4;
    const y = padded * k;
    floats.set(x.subarray(row * k, (row + rows) * k));
    machine.linear(padded, k, panels, 0, place, place + 4 * wide * k, 4 * y, silu ? 1 : 0);
    if (wide === m) {
      out.set(floats.subarray(y, y + rows * m), row * m);
      continue;
    }
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < m; j++) out[(row + i) * m + j] = floats[y + i * wide + j];
    }
  }
}

/** Where a layer's weights are in the memory, bytes, copied there once; 0 where there is no room. */
function placed(layer) {
  const { floats, places } = machine;
  const size = 4 * layer.data.length;
  if (STAGING + size > 4 * floats.length || layer.k + 8 * layer.panels > STAGING / 64) return 0;
  const known = places.get(layer);
  if (known) return known;
  if (machine.next + size > 4 * floats.length) {
    places.clear(); // the layers still in use come back one by one
    machine.next = STAGING;
  }
  const place = machine.next;
  floats.set(layer.data, place / 4);
  places.set(layer, place);
  machine.next += Math.ceil(size / 16) * 16;
  return place;
}

/**
 * out = the logistic function of x.
 * @param {Float32Array} x
 * @param {Float32Array} out
 */
export function sigmoid(x, out) {
  if (!kernel()) {
    for (let i = 0; i < x.length; i++) out[i] = 1 / (1 + Math.exp(-x[i]));
    return;
  }
  through(x, out, (end) => machine.sigmoid(0, end));
}

/**
 * out = sine or cosine of x.
 * @param {Float32Array} x
 * @param {Float32Array} out
 * @param {boolean} cosine
 */
export function sine(x, out, cosine) {
  let near = kernel() !== null;
  for (let i = 0; near && i < x.length; i++) near = !(Math.abs(x[i]) > FAR);
  if (!near) {
    for (let i = 0; i < x.length; i++) out[i] = cosine ? Math.cos(x[i]) : Math.sin(x[i]);
    return;
  }
  through(x, out, (end) => machine.sine(0, end, cosine ? 2 : 0));
}

function through(x, out, act) {
  const most = STAGING / 4;
  for (let from = 0; from < x.length; from += most) {
    const part = x.subarray(from, from + most);
    machine.floats.set(part);
    act(4 * part.length);
    out.set(machine.floats.subarray(0, part.length), from);
  }
}

/**
 * Softmax along the last dimension. The differences to the largest number are taken in double precision, their exponentials
 * in single: a share is exact to seven digits.
 * @param {Float64Array} x
 * @param {number} side of the last dimension
 * @param {Float64Array} out
 * @returns {boolean} false where there is no kernel, or no room for a row
 */
export function quickSoftmax(x, side, out) {
  if (!kernel() || 4 * side > STAGING) return false;
  const shares = machine.floats;
  for (let row = 0; row < x.length; row += side) {
    let top = -Infinity;
    for (let i = row; i < row + side; i++) if (!(x[i] <= top)) top = x[i];
    for (let i = 0; i < side; i++) shares[i] = x[row + i] - top;
    machine.exp(0, 4 * side);
    let total = 0;
    for (let i = 0; i < side; i++) total += shares[i];
    for (let i = 0; i < side; i++) out[row + i] = shares[i] < 1e-37 ? 0 : shares[i] / total;
  }
  return true;
}

/**
 * out = x (n, k) @ w (k, m) in double precision.
 * @param {Float64Array} x
 * @param {number} n
 * @param {number} k
 * @param {Float64Array} w
 * @param {number} m
 * @param {Float64Array} out
 * @returns {boolean} false where there is no kernel, or it does not fit
 */
export function quickProduct(x, n, k, w, m, out) {
  const size = 8 * (k * m + k + m + 2);
  if (m % 2 || !kernel() || size > STAGING) return false;
  const { doubles } = machine;
  doubles.set(w.subarray(0, k * m));
  const most = Math.floor((STAGING / 8 - k * m - 2) / (k + m));
  for (let row = 0; row < n; row += most) {
    const rows = Math.min(most, n - row);
    const y = k * m + (rows * k + (rows * k) % 2);
    doubles.set(x.subarray(row * k, (row + rows) * k), k * m);
    machine.product(rows, k, m, 8 * k * m, 0, 8 * y);
    out.set(doubles.subarray(y, y + rows * m), row * m);
  }
  return true;
}
