import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import vue from "@vitejs/plugin-vue";
import { defineConfig, type Plugin } from "vite";

/** The service that answers `/api` while the console is developed with Vite's own server. */
const apiUrl = process.env.ZCP_CONSOLE_API ?? "http://127.0.0.1:8080";

const outDir = fileURLToPath(new URL("../../dist/console", import.meta.url));
/** Below this size a compressed copy saves no packet. */
const compressFromBytes = 1_400;

/** Writes compressed copies beside the files, which the service sends to whoever takes them. */
function compressed(): Plugin {
  return {
    name: "compressed-copies",
    apply: "build",
    closeBundle: () => {
      for (const entry of readdirSync(outDir, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(?:js|css|svg|html)$/.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const content = readFileSync(path);
        if (content.length < compressFromBytes) continue;
        // One step below the best takes a tenth of its time.
        const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
        writeFileSync(`${path}.br`, brotliCompressSync(content, { params }));
        writeFileSync(`${path}.gz`, gzipSync(content));
      }
    },
  };
}

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  plugins: [vue(), compressed()],
  server: { host: "127.0.0.1", proxy: { "/api": apiUrl } },
  build: {
    outDir,
    emptyOutDir: true,
    // Control rooms run browsers on older Chromium.
    target: "chrome87",
    // The content security policy allows files of this origin only, no data addresses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
});
