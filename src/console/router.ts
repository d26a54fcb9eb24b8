import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from "vue-router";
import { hasRole, loadSession, session } from "./state/session.ts";

const routes: readonly RouteRecordRaw[] = [
  { path: "/", redirect: startPage },
  {
    // The service answers /sign-in itself, with a page that needs no script.
    path: "/welcome",
    name: "sign-in",
    component: () => import("./pages/SignInPage.vue"),
    meta: { isOpen: true },
  },
  {
    path: "/overview",
    name: "overview",
    component: () => import("./pages/OverviewPage.vue"),
    meta: { hasWall: true },
  },
  {
    path: "/devices",
    component: () => import("./pages/DevicesPage.vue"),
    children: [
      { path: "", name: "devices", component: () => import("./pages/devices/DeviceList.vue") },
      {
        path: "quarantine",
        name: "quarantine",
        component: () => import("./pages/devices/QuarantineList.vue"),
      },
      {
        path: "gateways",
        name: "gateways",
        component: () => import("./pages/devices/GatewayList.vue"),
      },
      {
        path: ":id",
        name: "device",
        component: () => import("./pages/devices/DeviceDetail.vue"),
        props: true,
      },
    ],
  },
  { path: "/me", name: "me", component: () => import("./pages/MePage.vue") },
  { path: "/:rest(.*)*", name: "not-found", component: () => import("./pages/NotFoundPage.vue") },
];

/** Those who only keep the system begin where they work, everybody else at the picture of the park. */
function startPage(): string {
  const keepsSystem = hasRole("sysadmin", "secadmin");
  const runsPark = hasRole("manager", "regulator", "auditor", "enterprise", "display");
  return keepsSystem && !runsPark ? "/devices" : "/overview";
}

declare module "vue-router" {
  interface RouteMeta {
    /** Shown without being signed in. */
    isOpen?: boolean;
    /** Shown as a wall where the window is as large as one. */
    hasWall?: boolean;
  }
}

/** The pages, each loaded when it is first opened; whoever is not known is sent to sign in first. */
export function createPages(): Router {
  const router = createRouter({ history: createWebHistory(), routes: [...routes] });
  router.beforeEach(async (to) => {
    if (to.meta.isOpen === true || session.value !== null) return true;
    const person = await loadSession().catch(() => null);
    return person !== null || { name: "sign-in", query: { next: to.fullPath } };
  });
  return router;
}
