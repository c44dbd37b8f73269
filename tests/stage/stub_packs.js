/** Reads a pack, in place of the module that the view is joined with. */

const KINDS = { f4: Float32Array, f8: Float64Array, i4: Int32Array, u1: Uint8Array };

export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const start = Math.ceil((4 + length) / 8) * 8;
  const arrays = Object.entries(header.arrays).map(([name, [dtype, shape, offset]]) => {
    const count = shape.reduce((product, one) => product * one, 1);
    return [name, { data: new KINDS[dtype](buffer, start + offset, count), shape }];
  });
  return { header, arrays: Object.fromEntries(arrays) };
}
