// A call manager sends text in pieces: the panel shows it whole, the server has an answer, Exit goes back.
import { expect } from "vitest";
import { order } from "#test/lab/sccp/order.ts";
import { story } from "#test/stories/kit/story.ts";
import { manager, site } from "./site.ts";

const xml =
  "<CiscoIPPhoneText><Title>Canteen</Title><Prompt>Until two</Prompt><Text>Soup of the day\nBread</Text></CiscoIPPhoneText>";

story(
  "SCCP-063 user data is joined, shown and answered, in one message and in three",
  { needs: ["lab"], settings: site() },
  async (rig) => {
    await rig.ready();
    const station = manager(rig).only();
    const ids = { application: 9089, line: 0, callRef: 0, transaction: 5 };
    const answers = () => station.heard.filter(({ kind }) => kind.startsWith("deviceToUserDataResponse"));
    const third = Math.ceil(xml.length / 3);
    [0, 1, 2].forEach((sequence) => {
      const data = xml.slice(sequence * third, (sequence + 1) * third);
      station.send(order("userToDeviceDataV1", { ...ids, dataLength: data.length, sequence, data }));
    });
    await rig.reads("Canteen", "Soup of the day", "Bread", "Until two");
    expect(answers()).toMatchObject([
      { kind: "deviceToUserDataResponseV1", transaction: 5, application: 9089 },
    ]);
    const other = xml.replace("Canteen", "Weather");
    station.send(
      order("userToDeviceData", { ...ids, transaction: 6, dataLength: other.length, data: other }),
    );
    await rig.reads("Weather");
    expect(await rig.shows("Canteen")).toBe(false);
    expect(answers()).toHaveLength(2);
    await rig.softkey("Exit");
    expect(await rig.shows("Weather")).toBe(false);
    await rig.reads("NewCall");
    station.send(order("userToDeviceData", { ...ids, transaction: 7, dataLength: 5, data: "<not " }));
    await rig.wait(100);
    expect((await rig.show("lcd")).softkeys).toContain("NewCall");
  },
);
