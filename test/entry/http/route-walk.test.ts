import { describe, expect, it } from "vitest";
import { type RoleName, roleNames } from "../../../src/domain/principal.ts";
import { sharedHttp } from "../../support/http-fixture.ts";
import { groups, knownRoutes } from "../../support/known-routes.ts";
import { registeredRoutes } from "../../support/registered-routes.ts";

/** The page that explains the API is files of our own, open to everybody. */
const isApiPage = (path: string): boolean => path.startsWith("/docs/api");

function letsIn(route: string, role: RoleName): boolean {
  const group = knownRoutes[route] ?? "open";
  return group === "open" || (groups[group] as readonly RoleName[]).includes(role);
}

describe("every registered route", () => {
  const shared = sharedHttp();
  const routes = () =>
    registeredRoutes(shared().server)
      .filter(({ method, path }) => method !== "HEAD" && !isApiPage(path))
      .map(({ method, path }) => `${method} ${path}`);

  it("is known, with whom it lets in", () => {
    // A new route is written down in test/support/known-routes.ts, after a thought about its callers.
    expect(routes().toSorted()).toEqual(Object.keys(knownRoutes).toSorted());
  });

  it.each(roleNames)("lets a %s in or not, as is written down", async (role) => {
    const http = shared();
    const tenant = role === "enterprise" ? "beta" : undefined;
    for (const route of routes()) {
      const [method = "", path = ""] = route.split(" ");
      // The stream never ends for those who are let in; it has the same rule as the snapshot.
      if (path === "/api/v1/live/events") continue;
      const headers = await http.signIn([role], tenant);
      const url = path.replace(/:\w+/g, "1");
      const { statusCode } = await http.inject({ method: method as "GET", url, headers });
      const outcome = statusCode === 403 || statusCode === 401 ? "refused" : "let in";
      expect([route, outcome]).toEqual([route, letsIn(route, role) ? "let in" : "refused"]);
      expect(statusCode, route).toBeLessThan(500);
    }
  });
});
