// The media worker's program: an engine of firmware/media on the loop of hal/linux.
import { isMainThread, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { createMediaEngine } from "#firmware/media/engine.ts";
import { warmUp } from "#firmware/media/warm-up.ts";
import { runMediaLoop } from "#hal/linux/media-loop.ts";
import type { MediaOrder, MediaWorkerData } from "#hal/linux/media-protocol.ts";
import { createRandom } from "#hal/linux/random.ts";

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  const data = workerData as MediaWorkerData; // given by media-host.ts
  const settings = { sampleRateHz: data.sampleRateHz, random: createRandom() };
  warmUp(createMediaEngine(settings));
  runMediaLoop({
    data,
    engine: createMediaEngine(settings),
    receive: () => receiveMessageOnPort(port)?.message as MediaOrder | undefined, // sent by media-host.ts alone
    post: (news) => port.postMessage(news),
  });
}
