// Buttons, soft keys and user data as servers send them, down to the orders and notices that follow.
import { expect, test } from "vitest";
import { codecFor } from "#firmware/sccp/messages/codec.ts";
import type { ServerOrder } from "#firmware/sccp/notices.ts";
import { Body, frameOf } from "./body.ts";
import { notices, Play, sent } from "./play.ts";

const decode = (id: number, body: Uint8Array) => codecFor(11).decodeServer(frameOf(id, body)).message;

/** Orders of one kind that followed from a message. */
function orders<K extends ServerOrder["kind"]>(play: Play, id: number, body: Uint8Array, kind: K) {
  return notices(play.message(decode(id, body))).flatMap((notice) =>
    notice.kind === "order" && notice.order.kind === kind
      ? [notice.order as Extract<ServerOrder, { readonly kind: K }>] // the kind was just compared
      : [],
  );
}

/** ButtonTemplateRes with 42 places: these definitions, the rest filled with `empty`. */
function buttonTemplate(
  offset: number,
  total: number,
  definitions: readonly (readonly [instance: number, type: number])[],
  empty: number,
): Uint8Array {
  const body = new Body().words(offset, definitions.length, total);
  for (let i = 0; i < 42; i++) body.bytes(...(definitions[i] ?? [0, empty]));
  return body.done();
}

test("SCCP-024 types 0x00 and 0xFF are keys without a meaning, and parts are put where their offset says", () => {
  const play = new Play().registered();
  for (const empty of [0x00, 0xff]) {
    const definitions = [
      [1, 0x09],
      [0, empty],
      [1, 0x02],
    ] as const;
    const [order] = orders(play, 0x97, buttonTemplate(0, 3, definitions, empty), "buttons");
    expect(order?.buttons.map(({ kind }) => kind)).toEqual(["line", "none", "speed-dial"]);
  }
  const [first] = orders(
    play,
    0x97,
    buttonTemplate(
      0,
      4,
      [
        [1, 9],
        [2, 9],
      ],
      0xff,
    ),
    "buttons",
  );
  expect(first?.buttons).toHaveLength(2);
  const [whole] = orders(
    play,
    0x97,
    buttonTemplate(
      2,
      4,
      [
        [1, 2],
        [2, 2],
      ],
      0xff,
    ),
    "buttons",
  );
  expect(whole?.buttons.map(({ kind, instance }) => `${kind} ${instance}`)).toEqual([
    "line 1",
    "line 2",
    "speed-dial 1",
    "speed-dial 2",
  ]);
});

test("SCCP-026 a set names template entries from 1 on, and 0 keeps its place empty", () => {
  const play = new Play().registered();
  const template = new Body().words(0, 2, 2);
  for (const [label, event] of [
    ["Redial", 1],
    ["NewCall", 2],
  ] as const)
    template.text(label, 16).words(event);
  orders(play, 0x108, template.zeros(30 * 20).done(), "softkey-sets");
  const sets = new Body().words(0, 1, 1).bytes(2, 0, 1, ...Array<number>(13).fill(0));
  const [order] = orders(play, 0x109, sets.zeros(32 + 15 * 48).done(), "softkey-sets");
  expect(order?.sets[0]?.map((key) => key?.event)).toEqual([2, undefined, 1]);
});

/** UserToDeviceData: ids, the length the server claims, and what is really there. */
const userData = (claimed: number, text: string): Uint8Array =>
  new Body().words(1, 1, 42, 7, claimed).text(text, text.length).done();

test("SCCP-072 a claimed XML length beyond the body is clipped to it, a shorter one is obeyed", () => {
  for (const [claimed, read] of [
    [0xffff_ffff, "<a>text</a>"],
    [11, "<a>text</a>"],
    [3, "<a>"],
    [0, ""],
  ] as const) {
    const play = new Play().registered();
    const effects = play.message(decode(0x11e, userData(claimed, "<a>text</a>")));
    expect(notices(effects)).toEqual([
      { kind: "user-data", application: 1, at: { line: 1, ref: 42 }, transaction: 7, data: read },
    ]);
    expect(sent(effects)).toEqual(["deviceToUserDataResponse"]);
  }
});
