import type { Hash } from "./audit-entry.ts";

/** Marks that keep a leaf from being taken for a node. */
const leafMark = Uint8Array.of(0);
const nodeMark = Uint8Array.of(1);

export function leafHash(leaf: Uint8Array, hash: Hash): Uint8Array {
  return hash(leafMark, leaf);
}

/**
 * Root of the tree over the leaves in their order.
 *
 *     MTH({}) = H(), MTH({d}) = H(0 ‖ d), MTH(D[n]) = H(1 ‖ MTH(D[0:k]) ‖ MTH(D[k:n]))
 *
 * with k the largest power of two below n.
 *
 * @see RFC 6962, section 2.1.
 */
export function merkleRoot(leaves: readonly Uint8Array[], hash: Hash): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return hash();
  if (leaves.length === 1) return leafHash(only, hash);
  const split = splitOf(leaves.length);
  return hash(
    nodeMark,
    merkleRoot(leaves.slice(0, split), hash),
    merkleRoot(leaves.slice(split), hash),
  );
}

/** The hashes beside the way from a leaf to the root, from the leaf upwards (RFC 6962, 2.1.1). */
export function inclusionProof(
  leaves: readonly Uint8Array[],
  index: number,
  hash: Hash,
): readonly Uint8Array[] {
  if (leaves.length <= 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...inclusionProof(left, index, hash), merkleRoot(right, hash)]
    : [...inclusionProof(right, index - split, hash), merkleRoot(left, hash)];
}

/**
 * The root that a proof leads to; null when the proof has the wrong length for the place. Whoever
 * knows the published root needs only this to be sure of one entry.
 */
export function rootOfProof(
  leaf: Uint8Array,
  place: { readonly index: number; readonly size: number },
  proof: readonly Uint8Array[],
  hash: Hash,
): Uint8Array | null {
  const { index, size } = place;
  if (size <= 1) return proof.length === 0 ? leafHash(leaf, hash) : null;
  const split = splitOf(size);
  const beside = proof.at(-1);
  if (beside === undefined) return null;
  const inner =
    index < split ? { index, size: split } : { index: index - split, size: size - split };
  const below = rootOfProof(leaf, inner, proof.slice(0, -1), hash);
  if (below === null) return null;
  return index < split ? hash(nodeMark, below, beside) : hash(nodeMark, beside, below);
}

/** Largest power of two below `size`, which is at least 2. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}
