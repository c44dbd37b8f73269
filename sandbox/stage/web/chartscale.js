/** The axes of charts: doubling from left to right; upward shares as they are, and distances by arsinh, which may be 0. */

const FINE = 0.01; // space units: below it an axis of distances is linear, above it logarithmic
const SHARES = [0, 0.2, 0.4, 0.6, 0.8, 1];
const DISTANCES = [0, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

/** A value as it is told. @param {boolean} distance or a share */
export function valueWords(value, distance) {
  if (!Number.isFinite(value)) return "";
  return distance ? String(Number(value.toPrecision(2))) : `${Math.round(100 * value)} %`;
}

/** A value with half its interval. */
export function pointWords([mean, half], distance) {
  return `${valueWords(mean, distance)}${Number.isFinite(half) && half ? ` ± ${valueWords(half, distance)}` : ""}`;
}

/** Where values stand from left to right, from 0 to 1, and the powers of two among them. @param {number[]} values */
export function across(values) {
  const [low, high] = [Math.log2(Math.min(...values)), Math.log2(Math.max(...values))];
  const place = (value) => (high > low ? (Math.log2(value) - low) / (high - low) : 0.5);
  const ticks = [];
  for (let power = Math.ceil(low - 0.01); power <= high + 0.01; power += 1) ticks.push(2 ** power);
  return { place, ticks };
}

/** Where values stand from the bottom, from 0 to 1. @param {number[]} values @param {boolean} distance */
export function upward(values, distance) {
  const height = (value) => (distance ? Math.asinh(value / FINE) : value);
  const known = values.filter(Number.isFinite).map(height);
  const [low, high] = distance ? [Math.min(...known, 0), Math.max(...known, 0.1) + 0.2] : [0, 1];
  const place = (value) => Math.min(Math.max((height(value) - low) / (high - low), 0), 1);
  const ticks = (distance ? DISTANCES : SHARES).filter((value) => height(value) <= high + 1e-9);
  return { place, ticks };
}
