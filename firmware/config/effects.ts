// Effects of the provisioning machine, made from what its parts decided.
import type { Delivery } from "./courier.ts";
import { type Memory, memoryChanges } from "./memory.ts";
import type { ConfigNotice, StatusMessage } from "./notices.ts";
import type { Effect } from "./provisioning-state.ts";

/** Tells whoever listens. */
export function notify(notice: ConfigNotice): Effect {
  return { kind: "notify", notice };
}

/** One line for the status messages. */
export function tell(status: StatusMessage): Effect {
  return notify({ kind: "status", status });
}

/** The requests of a delivery, each told first. */
export function fetches(delivery: Delivery): readonly Effect[] {
  return delivery.requests.flatMap(({ id, request }) => [
    notify({ kind: "asking", name: request.name, server: request.server, transport: request.transport }),
    { kind: "fetch", id, request } as const,
  ]);
}

/** Writes what changed, in one transaction; nothing where nothing changed. */
export function store(before: Memory, after: Memory): readonly Effect[] {
  const changes = memoryChanges(before, after);
  return changes.length === 0 ? [] : [{ kind: "store", changes }];
}
