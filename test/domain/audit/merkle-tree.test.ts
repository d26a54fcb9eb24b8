import fc from "fast-check";
import { expect, it } from "vitest";
import { auditHash } from "../../../src/app/audit-ports.ts";
import { fromHex, hexOf } from "../../../src/domain/audit/audit-entry.ts";
import {
  inclusionProof,
  leafHash,
  merkleRoot,
  rootOfProof,
} from "../../../src/domain/audit/merkle-tree.ts";

const hash = auditHash("sha256");

/** Leaves and roots by which implementations of RFC 6962 are compared, after one, two … leaves. */
const leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"].map(fromHex);
const roots = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
];

it("has the roots of RFC 6962", () => {
  expect(hexOf(merkleRoot([], hash))).toBe(
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
  expect(leaves.map((_leaf, index) => hexOf(merkleRoot(leaves.slice(0, index + 1), hash)))).toEqual(
    roots,
  );
});

it("proves every leaf of every tree, and no other leaf in its place", () => {
  const anyLeaves = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(anyLeaves, fc.nat(), (texts, pick) => {
      const bytes = texts.map((text) => new TextEncoder().encode(text));
      const index = pick % bytes.length;
      const proof = inclusionProof(bytes, index, hash);
      const root = hexOf(merkleRoot(bytes, hash));
      const place = { index, size: bytes.length };
      const leaf = bytes[index] ?? new Uint8Array();
      expect(hexOf(rootOfProof(leaf, place, proof, hash) ?? hash())).toBe(root);
      const other = new TextEncoder().encode(`${texts[index]}x`);
      expect(hexOf(rootOfProof(other, place, proof, hash) ?? hash())).not.toBe(root);
      expect(rootOfProof(leaf, place, [...proof, leafHash(leaf, hash)], hash)).toBeNull();
    }),
    { numRuns: 100 },
  );
});
