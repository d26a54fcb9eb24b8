import { createApp } from "vue";
import App from "./App.vue";
import { whenUnauthorised } from "./api/client.ts";
import { createPages } from "./router.ts";
import { stopLive } from "./state/live.ts";
import { keepPreferences } from "./state/preferences.ts";
import { session } from "./state/session.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/marks.css";

const pages = createPages();
keepPreferences();
whenUnauthorised(() => {
  session.value = null;
  stopLive();
  const { name, fullPath } = pages.currentRoute.value;
  if (name !== "sign-in") void pages.replace({ name: "sign-in", query: { next: fullPath } });
});
createApp(App).use(pages).mount("#app");
