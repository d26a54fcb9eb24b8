/**
 * Chance that can be asked for anywhere in time: each value is a function of the seed, of what is
 * asked (a key) and of a whole number, such as the minute. So every run with the same seed sees the
 * same park, wherever in time it starts.
 */

/** A 32-bit key of a text, by FNV-1a; the seed and the id of a device are mixed this way. */
export function keyOf(seed: number, text: string): number {
  let hash = Math.imul(seed | 0, 0x9e3779b1) ^ 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return mixed(hash);
}

/** Uniform in [0, 1). */
export function uniform(key: number, index: number): number {
  // The high part of large indices matters too, and a bitwise operation would drop it.
  const high = Math.floor(index / 0x1_0000_0000);
  const hash = mixed(key ^ Math.imul(index | 0, 0x85ebca6b) ^ Math.imul(high, 0xc2b2ae35));
  return (hash >>> 0) / 0x1_0000_0000;
}

/** Standard normal, by Box and Muller. */
export function normal(key: number, index: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniform(key, index)));
  return radius * Math.cos(2 * Math.PI * uniform(key ^ 0x5bd1e995, index));
}

/** Smooth noise in [-1, 1] with one independent value at each whole `position`. */
export function smoothNoise(key: number, position: number): number {
  const left = Math.floor(position);
  const fraction = position - left;
  const blend = fraction * fraction * (3 - 2 * fraction);
  const from = uniform(key, left);
  return 2 * (from + (uniform(key, left + 1) - from) * blend) - 1;
}

function mixed(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x21f0aaad);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x735a2d97);
  return hash ^ (hash >>> 15);
}
