import { z } from "zod";
import type { NewSession, SignIn } from "../../../app/sign-in.ts";
import { SessionPost } from "../../../contracts/people.ts";
import { SessionBody } from "../../../contracts/status.ts";
import { DomainError } from "../../../domain/errors.ts";
import type { Principal } from "../../../domain/principal.ts";
import { anyRole, openAccess, principalOf } from "../access.ts";
import {
  clearSessionCookie,
  refuseOtherSites,
  sessionTokenOf,
  setSessionCookie,
} from "../credentials.ts";
import type { Routes } from "../http-services.ts";

const tags = ["session"];

export const sessionRoutes: Routes = async (server, { signIn }) => {
  server.get(
    "/session",
    {
      config: { access: anyRole },
      schema: { tags, summary: "Who is asking", response: { 200: SessionBody } },
    },
    async (request) => sessionBody(principalOf(request)),
  );
  server.post(
    "/session",
    {
      config: { access: openAccess },
      schema: {
        tags,
        summary:
          "Sign in with a one-time link's token, or with user name, password and second factor; the answer sets the session cookie",
        body: SessionPost,
        response: { 200: SessionBody },
      },
    },
    async (request, reply) => {
      refuseOtherSites(request);
      const session = await begun(signIn, request.body, {
        address: request.ip,
        requestId: request.id,
      });
      if (session === null) throw linkSpent();
      setSessionCookie(request, reply, session);
      return sessionBody(session.principal);
    },
  );
  server.delete(
    "/session",
    {
      config: { access: anyRole },
      schema: { tags, summary: "Sign out", response: { 204: z.null() } },
    },
    async (request, reply) => {
      const token = sessionTokenOf(request);
      if (token !== null) await signIn.end(token, principalOf(request));
      clearSessionCookie(request, reply);
      return reply.code(204).send(null);
    },
  );
};

/** Null for a link that is spent. */
function begun(
  signIn: SignIn,
  body: z.infer<typeof SessionPost>,
  from: { readonly address: string; readonly requestId: string },
): Promise<NewSession | null> {
  if ("token" in body) return signIn.redeem(body.token, from.requestId);
  return signIn.withPassword({ ...body, code: body.code ?? null }, from);
}

function linkSpent(): DomainError {
  return new DomainError("link_spent", "the sign-in link is unknown, used or too old", {
    remedy: "make a new one with `npx zcp user link`, or restart the service, which prints one",
  });
}

function sessionBody({ id, name, roles, enterpriseId }: Principal): SessionBody {
  return { id, name, roles: [...roles], enterpriseId };
}
