// The products of a network's layers and its activations: by kernel.wasm where it can run, in plain loops elsewhere.

const STAGING = 1 << 21; // bytes at the beginning of the memory, for what goes in and comes out
const FAR = 8192; // beyond it the kernel's sine loses its last digits

/** kernel.wasm (from kernel.wat), in base64 so that one file is enough. */
const KERNEL =
  "AGFzbQEAAAABIgVgAXsBe2ADf3t/AGAIf39/f39/f38AYAJ/fwBgA39/fwADBwYAAAECAwQFBAEAgAIHJAQGbWVtb3J5AgAGbGluZWFyAAMHc2ln" +
  "bW9pZAAEBHNpbmUABQqFDAb/AgECeyAA/QwAALBCAACwQgAAsEIAALBC/egB/QwAAK7CAACuwgAArsIAAK7C/ekBIQAgAP0MO6q4PzuquD87qrg/" +
  "O6q4P/3mAf1qIQEgACAB/QwAgDE/AIAxPwCAMT8AgDE//eYB/eUBIQAgACAB/QyDgF45g4BeOYOAXjmDgF45/eYB/eQBIQD9DGdpUDlnaVA5Z2lQ" +
  "OWdpUDkhAiACIAD95gH9DM5DtzrOQ7c6zkO3Os5Dtzr95AEhAiACIAD95gH9DAiJCDwIiQg8CIkIPAiJCDz95AEhAiACIAD95gH9DMGpKj3BqSo9" +
  "wakqPcGpKj395AEhAiACIAD95gH9DKqqKj6qqio+qqoqPqqqKj795AEhAiACIAD95gH9DAAAAD8AAAA/AAAAPwAAAD/95AEhAiACIAD95gEgAP3m" +
  "ASAA/eQB/QwAAIA/AACAPwAAgD8AAIA//eQBIQIgAiAB/fgB/Qx/AAAAfwAAAH8AAAB/AAAA/a4BQRf9qwH95gELMwD9DAAAgD8AAIA/AACAPwAA" +
  "gD/9DAAAgD8AAIA/AACAPwAAgD8gAP3hARAA/eQB/ecBCxoAIAIEQCABIAEQAf3mASEBCyAAIAH9CwQAC9YDAgx/C3sgAkEFdCESA0AgBCELIAUh" +
  "DEEAIQkDQCADIQ4gDiABQQJ0aiEPIA8gAUECdGohECAQIAFBAnRqIREgDyETIAz9AAQAIRcgDP0ABBAhGCAXIRkgGCEaIBchGyAYIRwgFyEdIBgh" +
  "HgNAIAv9AAQAIRQgC/0ABBAhFSAO/QkCACEWIBcgFiAU/eYB/eQBIRcgGCAWIBX95gH95AEhGCAP/QkCACEWIBkgFiAU/eYB/eQBIRkgGiAWIBX9" +
  "5gH95AEhGiAQ/QkCACEWIBsgFiAU/eYB/eQBIRsgHCAWIBX95gH95AEhHCAR/QkCACEWIB0gFiAU/eYB/eQBIR0gHiAWIBX95gH95AEhHiALQSBq" +
  "IQsgD0EEaiEPIBBBBGohECARQQRqIREgDkEEaiIOIBNJDQALIAYgCUEFdGohDSANIBcgBxACIA1BEGogGCAHEAIgDSASaiENIA0gGSAHEAIgDUEQ" +
  "aiAaIAcQAiANIBJqIQ0gDSAbIAcQAiANQRBqIBwgBxACIA0gEmohDSANIB0gBxACIA1BEGogHiAHEAIgDEEgaiEMIAlBAWoiCSACSQ0ACyADIAFB" +
  "BHRqIQMgBiASQQJ0aiEGIAhBBGoiCCAASQ0ACwsfAANAIAAgAP0ABAAQAf0LBAAgAEEQaiIAIAFJDQALC7oEAQd7A0AgAP0ABAAhAyADQQBBgICA" +
  "gHggAhv9Ef1OIQQgA/3gASEDIAP9DIP5oj+D+aI/g/miP4P5oj/95gH9+AEhBSAF/QwBAAAAAQAAAAEAAAABAAAA/a4B/Qz+/////v////7////+" +
  "/////U4hBSAF/foBIQYgAyAG/QwAAEk/AABJPwAAST8AAEk//eYB/eUBIQMgAyAG/QwAoH05AKB9OQCgfTkAoH05/eYB/eUBIQMgAyAG/QxpISIz" +
  "aSEiM2khIjNpISIz/eYB/eUBIQMgBSAC/RH9rgEhBSADIAP95gEhByAH/Qz5oUy5+aFMufmhTLn5oUy5/eYB/Qyegwg8noMIPJ6DCDyegwg8/eQB" +
  "IQggByAI/eYB/Qyjqiq+o6oqvqOqKr6jqiq+/eQBIQggByAI/eYBIAP95gEgA/3kASEIIAf9DM71zDfO9cw3zvXMN871zDf95gH9DBoGtroaBra6" +
  "Gga2uhoGtrr95AEhCSAHIAn95gH9DKWqKj2lqio9paoqPaWqKj395AEhCSAHIAf95gEgCf3mASAH/QwAAAA/AAAAPwAAAD8AAAA//eYB/eUB/QwA" +
  "AIA/AACAPwAAgD8AAIA//eQBIQkgCSAIIAX9DAIAAAACAAAAAgAAAAIAAAD9Tv0MAgAAAAIAAAACAAAAAgAAAP03/VIhCCAEIAX9DAQAAAAEAAAA" +
  "BAAAAAQAAAD9TkEd/asB/VEhBCAAIAggBP1R/QsEACAAQRBqIgAgAUkNAAsLAKoCBG5hbWUBFQMAA2V4cAEIc2lnbW9pZDQCA3B1dALgAQYAAwAB" +
  "eAEBbgIBcAEBAAF4AgMAAXkBBXZhbHVlAgRzaWx1Ax8AAW4BAWsCBnBhbmVscwMBeAQBdwUBYgYBeQcEc2lsdQgDcm93CQVwYW5lbAoBaQsCd3AM" +
  "AmJwDQJ5cA4CeDAPAngxEAJ4MhECeDMSBHdpZGUTA2VuZBQBdRUBdhYBcxcCYTAYAmIwGQJhMRoCYjEbAmEyHAJiMh0CYTMeAmIzBAIAAmF0AQNl" +
  "bmQFCgACYXQBA2VuZAIIcXVhcnRlcnMDAXgEBHNpZ24FAWoGBXR1cm5zBwF6CAFzCQFjAykDAwMABHJvd3MBB2NvbHVtbnMCBWlubmVyBAEABGVh" +
  "Y2gFAQAEZWFjaA==";

/** @type {{linear: Function, sigmoid: Function, sine: Function, floats: Float32Array, places: Map<object, number>,
 *   next: number}|null|undefined} undefined until it was tried, null where there is none */
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
    const { memory, linear, sigmoid, sine } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
    return { linear, sigmoid, sine, floats: new Float32Array(memory.buffer), places: new Map(), next: STAGING };
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

/** The same in tiles of 2 rows and 8 columns. */
function plainLinear(x, n, { k, m, panels, data }, silu, out) {
  for (let panel = 0; panel < panels; panel++) {
    const bias = panels * 8 * k + 8 * panel;
    const columns = Math.min(8, m - 8 * panel);
    for (let row = 0; row < n; row += 2) {
      const x0 = row * k;
      const x1 = row + 1 < n ? x0 + k : x0;
      for (let j = 0; j < columns; j += 4) {
        let w = panel * k * 8 + j;
        let a0 = data[bias + j], a1 = data[bias + j + 1], a2 = data[bias + j + 2], a3 = data[bias + j + 3];
        let b0 = a0, b1 = a1, b2 = a2, b3 = a3;
        for (let i = 0; i < k; i++, w += 8) {
          const u = x[x0 + i], v = x[x1 + i];
          a0 += u * data[w];
          a1 += u * data[w + 1];
          a2 += u * data[w + 2];
          a3 += u * data[w + 3];
          b0 += v * data[w];
          b1 += v * data[w + 1];
          b2 += v * data[w + 2];
          b3 += v * data[w + 3];
        }
        const values = [a0, a1, a2, a3, b0, b1, b2, b3];
        const rows = x1 === x0 ? 1 : 2;
        for (let r = 0; r < rows; r++) {
          for (let c = 0; c < 4 && j + c < columns; c++) {
            const value = values[4 * r + c];
            out[(row + r) * m + 8 * panel + j + c] = silu ? value / (1 + Math.exp(-value)) : value;
          }
        }
      }
    }
  }
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
