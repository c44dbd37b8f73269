// The way back where WebAssembly cannot run.

/**
 * A layer in plain loops, in tiles of 2 rows and 4 columns (`linear` in kernel.js).
 * @param {Float32Array} x (n, k)
 * @param {number} n
 * @param {import("./kernel.js").Layer} layer
 * @param {boolean} silu
 * @param {Float32Array} out (n, m)
 */
export function plainLinear(x, n, { k, m, panels, data }, silu, out) {
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
