import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The page and the API share one origin; while developing, the API is a running `damask serve`.
const server = process.env.DAMASK_URL ?? "http://127.0.0.1:8400";
const proxy = { "/api": { target: server }, "^/i/": { target: server } };

// What the server sends with the page: whatever breaks under it breaks here first.
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'; media-src 'self'; " +
  "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export default defineConfig({
  plugins: [react()],
  // Browsers that know light-dark() and nesting: the colours of both schemes stay in one token.
  build: {
    target: ["chrome123", "edge123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What every screen needs and no release of Damask changes: browsers keep it.
            { name: "base", test: /node_modules\/(react|react-dom|scheduler|react-router|@tanstack)\// },
          ],
        },
      },
    },
  },
  server: { proxy },
  preview: { proxy, headers: { "Content-Security-Policy": policy } },
});
