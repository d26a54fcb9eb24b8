import { z } from "zod";
import type { Person } from "../../../app/access-ports.ts";
import { addPerson, changePerson, listPeople, relinkPerson } from "../../../app/manage-people.ts";
import { UserBody, UserCreated, UserLink, UserPatch, UserPost } from "../../../contracts/people.ts";
import { pageOf } from "../../../contracts/registry.ts";
import { isRoleName } from "../../../domain/principal.ts";
import { instantText } from "../../../domain/time.ts";
import { auditReaders, principalOf, rightsGivers } from "../access.ts";
import type { Routes } from "../http-services.ts";

const tags = ["people"];
const params = z.object({ id: z.string().max(80) });

export const userRoutes: Routes = async (server, { managePeople }) => {
  server.get(
    "/users",
    {
      config: { access: auditReaders, isSensitive: true },
      schema: { tags, summary: "Local accounts", response: { 200: pageOf(UserBody) } },
    },
    async (request) => {
      const people = await listPeople(managePeople, principalOf(request));
      return { items: people.map(userBody), next: null };
    },
  );
  server.post(
    "/users",
    {
      config: { access: rightsGivers },
      schema: {
        tags,
        summary:
          "Make an account without a password; the link in the answer lets its owner in once",
        body: UserPost,
        response: { 201: UserCreated },
      },
    },
    async (request, reply) => {
      const entry = { ...request.body, enterpriseId: request.body.enterpriseId ?? null };
      const { person, linkToken } = await addPerson(managePeople, principalOf(request), entry);
      return reply.code(201).send({ ...userBody(person), link: linkPath(linkToken) });
    },
  );
  server.patch(
    "/users/:id",
    {
      config: { access: rightsGivers },
      schema: {
        tags,
        summary: "Change name, roles or tenant, or shut an account; its sessions end",
        params,
        body: UserPatch,
        response: { 200: UserBody },
      },
    },
    async (request) => {
      const { disabled: isDisabled, ...change } = request.body;
      const asked = { id: request.params.id, change: { ...change, isDisabled } };
      return userBody(await changePerson(managePeople, principalOf(request), asked));
    },
  );
  server.post(
    "/users/:id/link",
    {
      config: { access: rightsGivers },
      schema: {
        tags,
        summary:
          "A sign-in link for somebody who lost password or second factor, which it takes off",
        params,
        response: { 201: UserLink },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const token = await relinkPerson(managePeople, principalOf(request), id);
      return reply.code(201).send({ link: linkPath(token) });
    },
  );
};

function linkPath(token: string): string {
  return `/sign-in?token=${token}`;
}

function userBody(person: Person): UserBody {
  const { id, username, name, enterpriseId, isDisabled, passwordHash, isTotpOn } = person;
  return {
    ...{ id, username, name, enterpriseId, disabled: isDisabled },
    roles: person.roles.filter(isRoleName),
    hasPassword: passwordHash !== null,
    hasSecondFactor: isTotpOn,
    createdAt: instantText(person.createdAtMs),
  };
}
