import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

/** The service that answers `/api` while the console is developed with Vite's own server. */
const apiUrl = process.env.ZCP_CONSOLE_API ?? "http://127.0.0.1:8080";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  plugins: [vue()],
  server: { host: "127.0.0.1", proxy: { "/api": apiUrl } },
  build: {
    outDir: fileURLToPath(new URL("../../dist/console", import.meta.url)),
    emptyOutDir: true,
    // Control rooms run browsers on older Chromium.
    target: "chrome87",
    // The content security policy allows files of this origin only, no data addresses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
});
