/** A slider over orders of magnitude: places on its track are the logarithms of values. */

export const TRACK = 1000; // from one end to the other

/** Where a value stands. @param {[number, number]} ends the least and the largest value, above 0 */
export function placeOnTrack([low, high], value) {
  const share = Math.log(value / low) / Math.log(high / low);
  return Math.min(Math.max(share * TRACK, 0), TRACK);
}

/** What stands at a place. */
export function valueOnTrack([low, high], place) {
  return low * (high / low) ** (place / TRACK);
}
