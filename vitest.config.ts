import { defineConfig } from "vitest/config";

// Nothing here keeps state in a module or replaces a global beyond one call, so the files of the desk share a process
// (and one import of the firmware). Where hardware, kernel or a browser are real, each file has a process of its own.
const shared = { pool: "forks", isolate: false } as const;
const isolated = { pool: "forks", isolate: true } as const;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "desk",
          ...shared,
          include: ["test/unit/**/*.test.ts", "test/fuzz/**/*.test.ts", "test/stories/**/*.test.ts"],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "net", // real kernel, real servers, real time: started by test/net/run.ts alone
          ...isolated,
          include: ["test/net/**/*.test.ts"],
          setupFiles: ["test/net/setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "net-stories", // the same stories as on the desk, of a handset in a namespace; by test/net/run.ts too
          ...shared,
          env: { OFFHOOK_TIER: "net" },
          setupFiles: ["test/net/setup.ts"],
          include: ["test/stories/**/*.test.ts"],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: "image", // the built image under QEMU, real time: started by test/qemu/run.ts alone
          ...isolated,
          setupFiles: ["test/net/setup.ts"],
          include: ["test/qemu/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
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
