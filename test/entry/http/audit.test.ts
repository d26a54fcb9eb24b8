import { describe, expect, it } from "vitest";
import { signatureCheck } from "../../../src/adapters/audit/signing-key.ts";
import { auditHash } from "../../../src/app/audit-ports.ts";
import { publishHead, sealDay } from "../../../src/app/publish-heads.ts";
import {
  AuditHeadsPage,
  AuditPage,
  AuditProofBody,
  AuditVerdictBody,
} from "../../../src/contracts/audit.ts";
import { bytesOf, fromHex, hexOf } from "../../../src/domain/audit/audit-entry.ts";
import { canonicalJson } from "../../../src/domain/audit/canonical-json.ts";
import { rootOfProof } from "../../../src/domain/audit/merkle-tree.ts";
import { type HttpFixture, openHttp } from "../../support/http-fixture.ts";

const dayMs = 86_400_000;

function publishing({ services, clock }: HttpFixture) {
  const { audit, signer } = services.readAudit;
  return {
    ...{ audit, signer, sinks: [], clock: { nowMs: () => clock.nowMs } },
    ...{ parkId: "north", timezone: "Asia/Shanghai" },
  };
}

async function entries(http: HttpFixture, query = "") {
  const response = await http.call("GET", `/api/v1/audit${query}`);
  expect(response.statusCode).toBe(200);
  return AuditPage.parse(response.json());
}

describe("GET /audit", () => {
  it("tells who did what, with the request in which it was done", async () => {
    const http = await openHttp();
    const headers = await http.signIn(["manager"]);
    const added = await http.inject({
      ...{ method: "POST", url: "/api/v1/enterprises", payload: { id: "gamma", name: "Gamma" } },
      headers: { ...headers, "x-request-id": "req-42" },
    });
    expect(added.statusCode).toBe(201);
    const { items } = await entries(http, "?action=enterprise.add");
    expect(items).toEqual([
      expect.objectContaining({
        ...{ actor: "user:manager-park", object: "enterprise:gamma", result: "done" },
        ...{ requestId: "req-42", parkId: "north", enterpriseId: null, before: null },
        // The digest of the canonical JSON of what was added.
        after: hexOf(auditHash("sha256")(bytesOf(canonicalJson(added.json())))),
      }),
    ]);
  });

  it("is a list by pages, newest first, narrowed by what is asked", async () => {
    const http = await openHttp();
    for (const id of ["e1", "e2", "e3"]) {
      await http.call("POST", "/api/v1/enterprises", { id, name: id });
      http.clock.nowMs += 1000;
    }
    const first = await entries(http, "?action=enterprise.add&limit=2");
    expect(first.items.map(({ object }) => object)).toEqual(["enterprise:e3", "enterprise:e2"]);
    const second = await entries(http, `?action=enterprise.add&limit=2&cursor=${first.next}`);
    expect(second.items.map(({ object }) => object)).toEqual(["enterprise:e1"]);
    expect(second.next).toBeNull();
    const to = "2026-11-22T06:00:01Z";
    expect((await entries(http, `?action=enterprise.add&to=${to}`)).items).toHaveLength(1);
    expect((await entries(http, "?actor=nobody")).items).toEqual([]);
    expect((await http.call("GET", "/api/v1/audit?acton=x")).statusCode).toBe(422);
  });

  it("counts the uses of the token for automation, a minute and a route in one entry", async () => {
    const http = await openHttp();
    for (let n = 0; n < 120; n += 1) await http.call("GET", "/api/v1/park");
    const parkUses = async () =>
      (await entries(http, "?object=route:GET%20/api/v1/park&actor=bootstrap")).items.map(
        ({ detail }) => JSON.parse(detail ?? "{}").count as number,
      );
    const counts = await parkUses();
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(120);
    expect(counts.length).toBeLessThanOrEqual(3);
    http.clock.nowMs += 60_000;
    await http.call("GET", "/api/v1/park");
    expect((await parkUses())[0]).toBe(1);
  });

  it("has what was refused, also to strangers, and looks at the audit itself", async () => {
    const http = await openHttp();
    await http.inject({ method: "GET", url: "/api/v1/audit" });
    const enterprise = await http.signIn(["enterprise"], "acme");
    await http.inject({ method: "GET", url: "/api/v1/audit", headers: enterprise });
    const auditor = await http.signIn(["auditor"]);
    await http.inject({ method: "GET", url: "/api/v1/audit", headers: auditor });
    const { items } = await entries(http, "?object=route:GET%20/api/v1/audit");
    expect(items.map(({ actor, result, enterpriseId }) => [actor, result, enterpriseId])).toEqual(
      expect.arrayContaining([
        ["stranger", "refused", null],
        ["user:enterprise-acme", "refused", "acme"],
        ["user:auditor-park", "done", null],
      ]),
    );
  });

  it.each(["manager", "regulator", "display"] as const)("is not for a %s", async (role) => {
    const http = await openHttp();
    const headers = await http.signIn([role]);
    for (const path of ["audit", "audit/heads", "audit/verification", "audit/proofs/1"]) {
      const response = await http.inject({ method: "GET", url: `/api/v1/${path}`, headers });
      expect([path, response.statusCode]).toEqual([path, 403]);
    }
  });
});

describe("the heads of the audit", () => {
  it("are signed, and prove one entry without showing the others", async () => {
    const http = await openHttp();
    await http.call("POST", "/api/v1/enterprises", { id: "e1", name: "One" });
    await publishHead(publishing(http));
    const open = await http.call("GET", "/api/v1/audit/proofs/1");
    expect(open.json()).toMatchObject({ status: 409, code: "not_sealed" });
    expect((await http.call("GET", "/api/v1/audit/proofs/999")).statusCode).toBe(404);
    http.clock.nowMs += dayMs;
    await sealDay(publishing(http));
    const heads = AuditHeadsPage.parse((await http.call("GET", "/api/v1/audit/heads")).json());
    expect(heads.items.length).toBeGreaterThanOrEqual(2);
    const isSigned = signatureCheck(heads.publicKey);
    for (const { id: _id, keyId: _keyId, signature, sentAt: _sentAt, ...signed } of heads.items) {
      expect(isSigned(canonicalJson(signed), signature)).toBe(true);
      expect(isSigned(canonicalJson({ ...signed, seq: signed.seq + 1 }), signature)).toBe(false);
    }
    const proof = AuditProofBody.parse((await http.call("GET", "/api/v1/audit/proofs/1")).json());
    const root = rootOfProof(
      bytesOf(proof.text),
      { index: proof.index, size: proof.size },
      proof.hashes.map(fromHex),
      auditHash("sha256"),
    );
    expect(hexOf(root ?? new Uint8Array())).toBe(proof.tree.root);
    expect(heads.items[0]?.tree?.root).toBe(proof.tree.root);
  });

  it("are held against the whole chain on request", async () => {
    const http = await openHttp();
    await http.call("POST", "/api/v1/enterprises", { id: "e1", name: "One" });
    await publishHead(publishing(http));
    const verdict = await http.call("GET", "/api/v1/audit/verification");
    expect(AuditVerdictBody.parse(verdict.json())).toMatchObject({ ok: true, faults: [] });
  });
});
