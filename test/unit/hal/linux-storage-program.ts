// Writes one key after the other and says each number once it is durable, until it is killed.
import { openStorage } from "#hal/linux/storage.ts";
import { sourceWorkers } from "#hal/linux/workers.ts";

const store = openStorage({
  directory: process.argv[2] ?? "",
  worker: sourceWorkers().store,
  failed: (error) => {
    throw error;
  },
});
for (let number = 0; ; number++) {
  const value = new Uint8Array(3000).fill(number);
  await store.write([
    { shelf: "calls", key: `a${number}`, value },
    { shelf: "calls", key: `b${number}`, value },
  ]);
  process.stdout.write(`${number}\n`);
}
