import { z } from "zod";
import {
  confirmTotp,
  readOwnAccount,
  setOwnPassword,
  startTotp,
  stopTotp,
} from "../../../app/own-account.ts";
import {
  PasswordPut,
  ProfileBody,
  RecoveryCodes,
  TotpCode,
  TotpStarted,
} from "../../../contracts/people.ts";
import { anyRole, principalOf } from "../access.ts";
import { sessionTokenOf } from "../credentials.ts";
import type { Routes } from "../http-services.ts";

const tags = ["session"];
const config = { access: anyRole };

export const profileRoutes: Routes = async (server, { ownAccount }) => {
  server.get(
    "/profile",
    {
      config,
      schema: { tags, summary: "The own account", response: { 200: ProfileBody } },
    },
    async (request) => {
      const { id, name, roles, enterpriseId, ...rest } = principalOf(request);
      const account = await readOwnAccount(ownAccount, { ...rest, id, name, roles, enterpriseId });
      const { person, isFirstRun, mayReset } = account;
      return {
        ...{ id, name, roles: [...roles], enterpriseId, isFirstRun, maySetPassword: mayReset },
        username: person?.username ?? null,
        hasPassword: person !== null && person.passwordHash !== null,
        hasSecondFactor: person?.isTotpOn ?? false,
        recoveryCodesLeft: person?.recoverySha256.length ?? 0,
      };
    },
  );
  server.put(
    "/profile/password",
    {
      config,
      schema: {
        tags,
        summary:
          "Set the own password, which ends all other sessions; at the first run this makes the first account",
        body: PasswordPut,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { password, current = null, username = null } = request.body;
      const asked = { password, current, username, sessionToken: sessionTokenOf(request) };
      await setOwnPassword(ownAccount, principalOf(request), asked);
      return reply.code(204).send(null);
    },
  );
};

/** The second factor. */
export const totpRoutes: Routes = async (server, { ownAccount }) => {
  server.post(
    "/profile/totp",
    {
      config,
      schema: {
        tags,
        summary: "A key for the second factor (TOTP, RFC 6238); a code of it must confirm it",
        response: { 201: TotpStarted },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await startTotp(ownAccount, principalOf(request))),
  );
  server.post(
    "/profile/totp/confirmation",
    {
      config,
      schema: {
        tags,
        summary: "Turn the second factor on with a code of it",
        body: TotpCode,
        response: { 200: RecoveryCodes },
      },
    },
    async (request) => {
      const codes = await confirmTotp(ownAccount, principalOf(request), request.body.code);
      return { recoveryCodes: [...codes] };
    },
  );
  server.post(
    "/profile/totp/removal",
    {
      config,
      schema: {
        tags,
        summary: "Take the second factor off with a code of it",
        body: TotpCode,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await stopTotp(ownAccount, principalOf(request), request.body.code);
      return reply.code(204).send(null);
    },
  );
};
