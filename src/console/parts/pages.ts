import { computed } from "vue";
import type { Role } from "../../contracts/status.ts";
import { hasRole } from "../state/session.ts";
import { common } from "../text/common.ts";
import type { Pair } from "../text/language.ts";

interface ConsolePage {
  readonly path: string;
  readonly words: Pair;
  readonly roles: readonly Role[];
}

/** The pages in the order of the header, and who sees them. */
const all: readonly ConsolePage[] = [
  {
    path: "/overview",
    words: common.overview,
    roles: ["manager", "enterprise", "regulator", "display"],
  },
  {
    path: "/devices",
    words: common.devices,
    roles: ["manager", "enterprise", "auditor", "sysadmin", "secadmin"],
  },
  { path: "/admin", words: common.admin, roles: ["sysadmin", "secadmin", "auditor"] },
];

/** What a person may not see is absent, not disabled. */
export const pages = computed(() => all.filter(({ roles }) => hasRole(...roles)));
