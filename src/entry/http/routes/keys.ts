import { z } from "zod";
import type { ApiKey } from "../../../app/access-ports.ts";
import { addKey, listKeys, revokeKey } from "../../../app/manage-keys.ts";
import { KeyBody, KeyCreated, KeyPost } from "../../../contracts/people.ts";
import { pageOf } from "../../../contracts/registry.ts";
import { isRoleName } from "../../../domain/principal.ts";
import { instantText } from "../../../domain/time.ts";
import { auditReaders, principalOf, rightsGivers } from "../access.ts";
import type { Routes } from "../http-services.ts";
import { instantOrNull, msOf } from "../instants.ts";

const tags = ["people"];

export const keyRoutes: Routes = async (server, { manageKeys }) => {
  server.get(
    "/keys",
    {
      config: { access: auditReaders, isSensitive: true },
      schema: { tags, summary: "Keys of programs", response: { 200: pageOf(KeyBody) } },
    },
    async (request) => {
      const keys = await listKeys(manageKeys, principalOf(request));
      return { items: keys.map(keyBody), next: null };
    },
  );
  server.post(
    "/keys",
    {
      config: { access: rightsGivers },
      schema: {
        tags,
        summary: "Make a key for a program; it is in this answer only",
        body: KeyPost,
        response: { 201: KeyCreated },
      },
    },
    async (request, reply) => {
      const { access, expiresAt, enterpriseId = null, ...rest } = request.body;
      const entry = {
        ...{ ...rest, enterpriseId, mayWrite: access === "write", expiresAtMs: msOf(expiresAt) },
      };
      const { key, token } = await addKey(manageKeys, principalOf(request), entry);
      return reply.code(201).send({ ...keyBody(key), token });
    },
  );
  server.delete(
    "/keys/:id",
    {
      config: { access: rightsGivers },
      schema: {
        tags,
        summary: "Revoke a key; it opens nothing from now on",
        params: z.object({ id: z.string().max(80) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await revokeKey(manageKeys, principalOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
};

function keyBody(key: ApiKey): KeyBody {
  const { id, name, enterpriseId, createdBy } = key;
  return {
    ...{ id, name, enterpriseId, createdBy, access: key.mayWrite ? "write" : "read" },
    roles: key.roles.filter(isRoleName),
    createdAt: instantText(key.createdAtMs),
    expiresAt: instantText(key.expiresAtMs),
    revokedAt: instantOrNull(key.revokedAtMs),
    lastUsedAt: instantOrNull(key.lastUsedAtMs),
  };
}
