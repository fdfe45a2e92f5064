// What an ICMP packet says about an echo request of ours, from packets written by hand after RFC 791 and 792.
import { expect, test } from "vitest";
import { readAnswer } from "#hal/linux/prober.ts";

const ours = { id: 0x1234, to: "192.0.2.40", from: "192.0.2.40", tookMs: 1.5 };
const header = (protocol: number, from: readonly number[], to: readonly number[]): number[] => [
  ...[0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocol, 0, 0],
  ...from,
  ...to,
];
const me = [192, 0, 2, 20];
const them = [192, 0, 2, 40];
const router = [192, 0, 2, 1];
const echo = (type: number, id = 0x1234): number[] => [type, 0, 0, 0, id >> 8, id & 0xff, 0, 1];
const quoting = (type: number, from: readonly number[], quoted: readonly number[]): Uint8Array =>
  Uint8Array.of(...header(1, from, me), type, 0, 0, 0, 0, 0, 0, 0, ...quoted);
const request = [...header(1, me, them), ...echo(8)];

test("a reply with our id from whom we asked is the answer, any other is not", () => {
  expect(readAnswer(Uint8Array.of(...header(1, them, me), ...echo(0)), ours)).toEqual({
    kind: "reply",
    tookMs: 1.5,
  });
  expect(readAnswer(Uint8Array.of(...header(1, them, me), ...echo(0, 7)), ours)).toBeUndefined();
  expect(
    readAnswer(Uint8Array.of(...header(1, router, me), ...echo(0)), { ...ours, from: "192.0.2.1" }),
  ).toBeUndefined();
  expect(readAnswer(Uint8Array.of(...header(1, them, me), ...echo(8)), ours)).toBeUndefined();
});

test("time exceeded and unreachable name who said so, if they quote our request", () => {
  const fromRouter = { ...ours, from: "192.0.2.1" };
  expect(readAnswer(quoting(11, router, request), fromRouter)).toEqual({
    kind: "expired",
    from: "192.0.2.1",
    tookMs: 1.5,
  });
  expect(readAnswer(quoting(3, router, request), fromRouter)).toEqual({
    kind: "unreachable",
    from: "192.0.2.1",
  });
  const others = [...header(17, me, them), ...echo(8)];
  expect(readAnswer(quoting(3, router, others), fromRouter)).toBeUndefined();
  expect(readAnswer(quoting(3, router, [...header(1, me, router), ...echo(8)]), fromRouter)).toBeUndefined();
});

test("a packet cut anywhere is no answer", () => {
  const whole = quoting(11, router, request);
  for (let length = 0; length < whole.length; length++)
    expect(readAnswer(whole.subarray(0, length), ours)).toBeUndefined();
});
