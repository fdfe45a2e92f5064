// The phone leaves its registrar, whose name nobody answers for any more: the question ends with the rest, unhandled by none.
import { expect } from "vitest";
import { story } from "./kit/story.ts";

story(
  "a registrar by name, its answer forgotten and DNS dead: a reset waits for no name and leaves no error behind",
  {
    needs: ["lab", "inside"],
    files: {
      "SIP001122334455.cnf":
        'line1_name: "1001"\nline1_password: "lab-1001"\nproxy1_address: "sip1.lab.example"\nproxy2_address: ""\n',
    },
  },
  async (rig, drive) => {
    const unhandled: unknown[] = [];
    const hear = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", hear);
    try {
      await rig.ready(20_000);
      await rig.wait(310_000); // the answer held for five minutes
      rig.lab.setFault("dns-dead");
      drive.desk().phone.order("reset");
      await rig.wait(20_000);
      await new Promise((resolve) => setImmediate(resolve));
      rig.lab.setFault(undefined);
      await rig.ready(120_000);
    } finally {
      process.off("unhandledRejection", hear);
    }
    expect(unhandled).toEqual([]);
  },
);
