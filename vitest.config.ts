import { defineConfig } from "vitest/config";

// Virtual-time stories replace a process's clocks, so each test file has a process of its own.
const isolated = { pool: "forks", isolate: true } as const;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "desk",
          ...isolated,
          include: ["test/unit/**/*.test.ts", "test/fuzz/**/*.test.ts", "test/stories/**/*.test.ts"],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "net", // real kernel, real servers, real time: started by test/net/run.ts alone
          ...isolated,
          include: ["test/net/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "browser", // headless Chromium, real time: started by test/browser/run.ts alone
          ...isolated,
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
