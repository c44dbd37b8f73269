// What was made once and is kept, as long as it is used.

/** What a map knows by a key, made where it does not; the least used give way. A promise that fails is not kept. */
export function remembered(known, key, most, make) {
  const value = known.get(key) ?? make();
  known.delete(key);
  known.set(key, value);
  if (known.size > most) known.delete(known.keys().next().value);
  if (value instanceof Promise) value.catch(() => known.get(key) === value && known.delete(key));
  return value;
}
