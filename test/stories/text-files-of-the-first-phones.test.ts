// The chain of seed 001: the phone's own file, then the default file, then anew; and never the default again once the
// phone has registered by it.
import { expect } from "vitest";
import { plugIn } from "./kit/files.ts";
import { deskTest } from "./kit/story.ts";

const own = "SIP001122334455.cnf";
const shared = "SEPDEFAULT.cnf";
const text =
  'proxy1_address: "10.77.110.1"\nproxy_register: 1\nline1_name: "1001"\nline1_password: "lab-1001"\nsntp_mode: unicast\nsntp_server: 10.77.110.1\n';

deskTest(
  "BOOT-051 neither file: the configuration begins anew, visibly; the default file registers it, and is not asked for again",
  async () => {
    const none = { "SIPDefault.cnf": undefined, [own]: undefined };
    const first = await plugIn({ profile: "legacy-cnf", files: none });
    await first.clock.runUntil("two passes", () => first.reads().length >= 4);
    expect(first.reads()).toEqual([own, shared, own, shared]);
    expect(first.phase()).toBe("config");
    expect(first.phone.boot.view().trouble?.code).toBe("config-not-found");
    expect(first.statuses().filter((line) => line.startsWith("file-not-found"))).toHaveLength(4);

    // Auto-registration is switched on: the default file is served.
    first.lab.files.set(shared, new TextEncoder().encode(text));
    await first.reach("run");
    expect(first.phone.config()?.files.map(({ name }) => name)).toEqual([shared]);
    const asked = first.reads().filter((name) => name === shared).length;
    first.phone.order("restart");
    await first.clock.advance(60_000);
    expect(first.reads().filter((name) => name === shared)).toHaveLength(asked);
    await first.unplug();

    // The call manager has made a file for this phone.
    const second = await plugIn({
      profile: "legacy-cnf",
      flash: first.flash,
      files: { ...none, [own]: text },
    });
    await second.reach("run");
    expect(second.reads().filter((name) => name.endsWith(".cnf"))).toEqual([own]);
    await second.unplug();
    expect([...first.fatal, ...second.fatal]).toEqual([]);
  },
);
