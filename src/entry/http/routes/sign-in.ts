import { z } from "zod";
import { openAccess } from "../access.ts";
import { refuseOtherSites, setSessionCookie } from "../credentials.ts";
import type { Routes } from "../http-services.ts";
import { signInPage, spentPage } from "../sign-in-page.ts";

const html = "text/html; charset=utf-8";
const Token = z.string().regex(/^[\w-]{1,512}$/);

/**
 * The page behind a one-time link. Looking at it uses nothing up, because mail scanners and chat
 * previews look at links too; only its button does. It works without the console and without script.
 */
export const signInRoutes: Routes = async (server, { signIn }) => {
  server.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string", bodyLimit: 4096 },
    async (_request: unknown, body: string) => Object.fromEntries(new URLSearchParams(body)),
  );
  server.get(
    "/sign-in",
    {
      config: { access: openAccess },
      schema: { hide: true, querystring: z.object({ token: z.string().optional() }) },
    },
    async (request, reply) => {
      const token = Token.safeParse(request.query.token);
      if (!token.success) return reply.code(422).type(html).send(spentPage);
      return reply.type(html).send(signInPage(token.data));
    },
  );
  server.post(
    "/sign-in",
    {
      config: { access: openAccess },
      schema: { hide: true, body: z.object({ token: z.string().max(512) }) },
    },
    async (request, reply) => {
      refuseOtherSites(request);
      const session = await signIn.redeem(request.body.token, request.id);
      if (session === null) return reply.code(422).type(html).send(spentPage);
      setSessionCookie(request, reply, session);
      return reply.redirect("/", 303);
    },
  );
};
