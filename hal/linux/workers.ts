// Where the worker threads' programs are: sources in a work tree, bundle entries in an image. firmware/bin knows.

export interface WorkerPaths {
  readonly io: URL;
  readonly store: URL;
}

/** The sources beside this file. */
export function sourceWorkers(): WorkerPaths {
  return {
    io: new URL("./io/io-worker.ts", import.meta.url),
    store: new URL("./store-worker.ts", import.meta.url),
  };
}
