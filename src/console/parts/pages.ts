import { common } from "../text/common.ts";

/** The pages in the order of the header; what a person may not see will be absent, not disabled. */
export const pages = [
  { path: "/overview", words: common.overview },
  { path: "/devices", words: common.devices },
] as const;
