import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from "vue-router";
import { hasRole, loadSession, session } from "./state/session.ts";
import { common } from "./text/common.ts";
import { devices } from "./text/devices.ts";
import type { Pair } from "./text/language.ts";

const routes: readonly RouteRecordRaw[] = [
  // Never shown: whoever comes here is sent on when it is known who they are.
  { path: "/", name: "start", component: () => import("./pages/NotFoundPage.vue") },
  {
    // The service answers /sign-in itself, with a page that needs no script.
    path: "/welcome",
    name: "sign-in",
    component: () => import("./pages/SignInPage.vue"),
    meta: { isOpen: true, words: common.signIn },
  },
  {
    path: "/overview",
    name: "overview",
    component: () => import("./pages/OverviewPage.vue"),
    meta: { hasWall: true, words: common.overview },
  },
  {
    path: "/devices",
    component: () => import("./pages/DevicesPage.vue"),
    meta: { words: common.devices },
    children: [
      { path: "", name: "devices", component: () => import("./pages/devices/DeviceList.vue") },
      {
        path: "quarantine",
        name: "quarantine",
        component: () => import("./pages/devices/QuarantineList.vue"),
        meta: { words: devices.quarantine },
      },
      {
        path: "tasks",
        name: "tasks",
        component: () => import("./pages/devices/TaskList.vue"),
        meta: { words: devices.tasks },
      },
      {
        path: "gateways",
        name: "gateways",
        component: () => import("./pages/devices/GatewayList.vue"),
        meta: { words: devices.gateways },
      },
      {
        path: ":id",
        name: "device",
        component: () => import("./pages/devices/DeviceDetail.vue"),
        props: true,
      },
    ],
  },
  {
    path: "/admin",
    component: () => import("./pages/AdminPage.vue"),
    meta: { words: common.admin },
    children: [
      { path: "", name: "users", component: () => import("./pages/admin/UserList.vue") },
      { path: "keys", name: "keys", component: () => import("./pages/admin/KeyTable.vue") },
      { path: "audit", name: "audit", component: () => import("./pages/admin/AuditList.vue") },
    ],
  },
  {
    path: "/me",
    name: "me",
    component: () => import("./pages/MePage.vue"),
    meta: { words: common.me },
  },
  {
    path: "/:rest(.*)*",
    name: "not-found",
    component: () => import("./pages/NotFoundPage.vue"),
    meta: { words: common.notFound },
  },
];

/** Those who only keep the system begin where they work, everybody else at the picture of the park. */
function startPage(): string {
  if (hasRole("manager", "regulator", "enterprise", "display")) return "/overview";
  return hasRole("auditor") ? "/admin/audit" : "/admin";
}

declare module "vue-router" {
  interface RouteMeta {
    /** Shown without being signed in. */
    isOpen?: boolean;
    /** Shown as a wall where the window is as large as one. */
    hasWall?: boolean;
    /** What the page is called where only its name is seen: in the tab and in the history. */
    words?: Pair;
  }
}

/** The pages, each loaded when it is first opened; whoever is not known is sent to sign in first. */
export function createPages(): Router {
  const router = createRouter({ history: createWebHistory(), routes: [...routes] });
  router.beforeEach(async (to) => {
    if (to.meta.isOpen === true) return true;
    const person = session.value ?? (await loadSession().catch(() => null));
    if (person === null) return { name: "sign-in", query: { next: to.fullPath } };
    return to.name === "start" ? startPage() : true;
  });
  return router;
}
