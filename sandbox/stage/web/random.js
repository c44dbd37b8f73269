/**
 * NumPy's random streams, bit for bit: `np.random.default_rng(seed)` and what the sandbox draws from it.
 *
 * PCG64 is O'Neill's (XSL-RR 128/64; report HMC-CS-2014-0905), normal numbers come by the ziggurat method (Marsaglia &
 * Tsang 2000), bounded integers by Lemire's (2019, arXiv 1805.10941). One normal number in 4,000 is made of logarithms,
 * the machine's own here and in NumPy: its last bit may differ.
 */

import {SeedSequence} from "./seeds.js";
import {STRIP_CERTAIN, STRIP_DENSITY, STRIP_END, STRIP_SCALE} from "./ziggurat.js";

const TWO32 = 2 ** 32;
// PCG64's multiplier 0x2360ED051FC65DA44385DF649FCCF645 in words, the lowest first.
const PCG0 = 0x9fccf645;
const PCG1 = 0x4385df64;
const PCG2 = 0x1fc65da4;
const PCG3 = 0x2360ed05;

/** The upper word of the product of two words. Every sum stays below 2^53 and is exact. */
function upperWord(a, b) {
  const low = Math.floor((a * (b & 0xffff)) / 65536);
  return Math.floor((a * (b >>> 16) + low) / 65536);
}

/** A stream of numbers, as `np.random.Generator` with PCG64. */
export class Generator {
  /** @param {SeedSequence} seeds */
  constructor(seeds) {
    const [s2, s3, s0, s1, i2, i3, i0, i1] = seeds.state(8);
    this.seeds = seeds;
    this.low = this.high = 0; // the words that were drawn last
    this.kept = -1; // the upper half of a draw, of which a 32-bit draw took the lower; -1 for none
    this.i0 = ((i0 << 1) | 1) >>> 0; // the increment is odd
    this.i1 = ((i1 << 1) | (i0 >>> 31)) >>> 0;
    this.i2 = ((i2 << 1) | (i1 >>> 31)) >>> 0;
    this.i3 = ((i3 << 1) | (i2 >>> 31)) >>> 0;
    this.add(this.i0, this.i1, this.i2, this.i3, s0, s1, s2, s3); // a step from state 0, and the seed
    this.draw();
  }

  /**
   * n generators of their own, as `Generator.spawn`.
   * @param {number} n
   * @returns {Generator[]}
   */
  spawn(n) {
    return this.seeds.spawn(n).map(seeds => new Generator(seeds));
  }

  /** Set the state to the sum of two numbers of four words; a word of the first may be larger than one. */
  add(a0, a1, a2, a3, b0, b1, b2, b3) {
    const c0 = a0 + b0, c1 = a1 + b1 + Math.floor(c0 / TWO32), c2 = a2 + b2 + Math.floor(c1 / TWO32);
    this.s0 = c0 >>> 0;
    this.s1 = c1 >>> 0;
    this.s2 = c2 >>> 0;
    this.s3 = (a3 + b3 + Math.floor(c2 / TWO32)) >>> 0;
  }

  /** Take a step and draw 64 bits: `low` and `high`. */
  draw() {
    const {s0, s1, s2, s3} = this;
    const top = upperWord(s0, PCG2) + upperWord(s1, PCG1) + upperWord(s2, PCG0);
    this.add(
      Math.imul(s0, PCG0) >>> 0,
      upperWord(s0, PCG0) + (Math.imul(s0, PCG1) >>> 0) + (Math.imul(s1, PCG0) >>> 0),
      upperWord(s0, PCG1) + upperWord(s1, PCG0)
        + (Math.imul(s0, PCG2) >>> 0) + (Math.imul(s1, PCG1) >>> 0) + (Math.imul(s2, PCG0) >>> 0),
      top + Math.imul(s0, PCG3) + Math.imul(s1, PCG2) + Math.imul(s2, PCG1) + Math.imul(s3, PCG0),
      this.i0, this.i1, this.i2, this.i3,
    );
    const low = this.s0 ^ this.s2, high = this.s1 ^ this.s3, turn = this.s3 >>> 26;
    const from = turn & 32 ? high : low, to = turn & 32 ? low : high;
    const right = turn & 31, left = (32 - right) & 31, kept = right === 0 ? 0 : -1;
    this.low = ((from >>> right) | ((to << left) & kept)) >>> 0;
    this.high = ((to >>> right) | ((from << left) & kept)) >>> 0;
  }

  /** A number from 0 to 1, 1 excluded. */
  random() {
    this.draw();
    return (this.high * 2 ** 21 + (this.low >>> 11)) / 2 ** 53;
  }

  /**
   * Points of a box, each coordinate equally likely.
   * @param {number[]} low - (d,)
   * @param {number[]} high - (d,)
   * @param {number} n
   * @returns {Float64Array} (n, d), row by row
   */
  uniform(low, high, n) {
    const d = low.length, range = low.map((from, k) => high[k] - from);
    return Float64Array.from({length: n * d}, (_, i) => low[i % d] + range[i % d] * this.random());
  }

  /**
   * Normal numbers of mean 0 and standard deviation 1.
   * @param {number} n
   * @returns {Float64Array} (n,)
   */
  standardNormal(n) {
    const numbers = new Float64Array(n);
    for (let i = 0; i < n; i++) numbers[i] = this.normal();
    return numbers;
  }

  /** One normal number. */
  normal() {
    for (;;) {
      this.draw();
      const {low, high} = this, strip = low & 0xff;
      const place = (high & 0x1fffffff) * 2 ** 23 + (low >>> 9); // 52 bits
      const size = place * STRIP_SCALE[strip], x = low & 0x100 ? -size : size;
      if (place < STRIP_CERTAIN[strip]) return x;
      if (strip === 0) return low & 0x20000 ? -this.tail() : this.tail();
      const under = (STRIP_DENSITY[strip - 1] - STRIP_DENSITY[strip]) * this.random() + STRIP_DENSITY[strip];
      if (under < Math.exp(-0.5 * x * x)) return x;
    }
  }

  /** A normal number beyond the last strip (Marsaglia 1964). */
  tail() {
    for (;;) {
      const beyond = -(1 / STRIP_END[255]) * Math.log1p(-this.random());
      const needed = -Math.log1p(-this.random());
      if (needed + needed > beyond * beyond) return STRIP_END[255] + beyond;
    }
  }

  /** 32 bits: half of a draw, whose other half is kept for the next time. */
  word() {
    if (this.kept >= 0) {
      const word = this.kept;
      this.kept = -1;
      return word;
    }
    this.draw();
    this.kept = this.high;
    return this.low;
  }

  /**
   * Whole numbers from 0 to high, high excluded and no larger than 2^31; high = 1 draws nothing.
   * @param {number} high
   * @param {number} n
   * @returns {Int32Array} (n,)
   */
  integers(high, n) {
    const numbers = new Int32Array(n);
    if (high === 1) return numbers;
    const unfair = TWO32 % high; // of the lower words: they come up once too often
    for (let i = 0; i < n; i++) {
      let word = this.word();
      while (Math.imul(word, high) >>> 0 < unfair) word = this.word();
      numbers[i] = upperWord(word, high);
    }
    return numbers;
  }

  /**
   * The whole numbers from 0 to n, n excluded, in random order (Fisher & Yates).
   * @param {number} n
   * @returns {Int32Array} (n,)
   */
  permutation(n) {
    const order = Int32Array.from({length: n}, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.upTo(i);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }

  /** A whole number from 0 to most: the lowest bits of the first word in which they are not more. */
  upTo(most) {
    const mask = 2 ** (32 - Math.clz32(most)) - 1;
    for (;;) {
      const number = (this.word() & mask) >>> 0;
      if (number <= most) return number;
    }
  }

  /**
   * Indices by their probabilities.
   * @param {number} high - how many there are
   * @param {number} n
   * @param {number[]} p - (high,)
   * @returns {Int32Array} (n,)
   */
  choice(high, n, p) {
    let sum = 0;
    const ends = p.map(share => (sum += share)).map(end => end / sum);
    return Int32Array.from({length: n}, () => {
      const drawn = this.random();
      let i = 0;
      while (i < high && ends[i] <= drawn) i++;
      return i;
    });
  }
}

/**
 * The stream of a seed, as `np.random.default_rng`.
 * @param {number|bigint|(number|bigint)[]} seed
 * @returns {Generator}
 */
export function defaultRng(seed) {
  return new Generator(new SeedSequence(seed));
}
