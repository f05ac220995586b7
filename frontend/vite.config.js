// What the pages run in a browser: two small entries, and an island a file, each loaded where a page has one.
import { defineConfig } from "vite";
import { europePlugin } from "./map/europe.js";

export default defineConfig({
  base: "./",
  plugins: [europePlugin()],
  publicDir: false,
  build: {
    assetsInlineLimit: 0,
    emptyOutDir: true,
    license: { fileName: "licences.md" },
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { site: "src/site.js", theme: "src/theme.js" },
      output: {
        assetFileNames: "[name]-[hash][extname]",
        chunkFileNames: "[name]-[hash].js",
        entryFileNames: "[name]-[hash].js",
      },
    },
    sourcemap: false,
    target: "es2022",
  },
});
