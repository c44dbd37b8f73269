/** The seeds of random streams, as NumPy mixes them: O'Neill's seed_seq_fe with children (pcg-random.org, 2015). */

const SEED_POOL = 4; // words of entropy that a SeedSequence mixes

/** The seed of a stream and of those that are spawned from it, as `np.random.SeedSequence`. */
export class SeedSequence {
  /**
   * @param {number|bigint|(number|bigint)[]} entropy - whole numbers from 0
   * @param {number[]} spawnKey - which child of which child this is
   */
  constructor(entropy, spawnKey = []) {
    const words = [entropy].flat().flatMap(seedWords);
    if (spawnKey.length > 0) while (words.length < SEED_POOL) words.push(0);
    this.entropy = entropy;
    this.spawnKey = spawnKey;
    this.spawned = 0;
    this.pool = mixedPool([...words, ...spawnKey.flatMap(seedWords)]);
  }

  /**
   * The next n children: streams of their own.
   * @param {number} n
   * @returns {SeedSequence[]}
   */
  spawn(n) {
    const first = this.spawned;
    this.spawned += n;
    return Array.from({length: n}, (_, i) => new SeedSequence(this.entropy, [...this.spawnKey, first + i]));
  }

  /**
   * Words of a generator's state.
   * @param {number} n
   * @returns {Uint32Array}
   */
  state(n) {
    const words = new Uint32Array(n);
    let hash = 0x8b51f9dd;
    for (let i = 0; i < n; i++) {
      const mixed = this.pool[i % SEED_POOL] ^ hash;
      hash = Math.imul(hash, 0x58f38ded);
      words[i] = foldedWord(Math.imul(mixed, hash));
    }
    return words;
  }
}

/** A whole number as 32-bit words, the lowest first; RangeError for any other number. */
function seedWords(number) {
  let rest = BigInt(number);
  if (rest < 0n) throw new RangeError("A seed is a whole number from 0.");
  const words = [];
  do {
    words.push(Number(rest & 0xffffffffn));
    rest >>= 32n;
  } while (rest > 0n);
  return words;
}

function foldedWord(word) {
  return word ^ (word >>> 16);
}

function mixedPool(words) {
  let hash = 0x43b0d7e5;
  const hashed = word => {
    const mixed = word ^ hash;
    hash = Math.imul(hash, 0x931e8875);
    return foldedWord(Math.imul(mixed, hash));
  };
  const joined = (one, other) => foldedWord(Math.imul(0xca01f9dd, one) - Math.imul(0x4973f715, other));
  const pool = Array.from({length: SEED_POOL}, (_, i) => hashed(words[i] ?? 0));
  for (let source = 0; source < SEED_POOL; source++) {
    for (let to = 0; to < SEED_POOL; to++) if (source !== to) pool[to] = joined(pool[to], hashed(pool[source]));
  }
  for (const word of words.slice(SEED_POOL)) {
    for (let to = 0; to < SEED_POOL; to++) pool[to] = joined(pool[to], hashed(word));
  }
  return pool;
}
