// The services browser: what is fetched, shown, given up and forgotten, whatever comes late.
import { expect, test } from "vitest";
import type { TimerEvent } from "#firmware/runtime/machine.ts";
import { type BrowserEvent, type BrowserState, browser, viewOf } from "#firmware/xml/browser.ts";
import type { ServicePage } from "#firmware/xml/notices.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { createSeededRandom } from "#hal/sim/random.ts";

const page = (title: string): ServicePage => ({
  title,
  prompt: "",
  body: { kind: "text", text: "" },
  keys: [],
});
const random = createSeededRandom(1);

/** A browser, and everything it did. */
class Tried {
  state: BrowserState = browser.initial;
  now = 0 as MonoMs;
  readonly fetched: string[] = [];
  readonly told: string[] = [];

  send(...events: readonly (BrowserEvent | TimerEvent)[]): this {
    for (const event of events) {
      const step = browser.step(this.state, event, { now: this.now, random });
      this.state = step.state;
      if (step.isIgnored !== true && step.why !== undefined) this.told.push(step.why);
      for (const effect of step.effects) this.fetched.push(effect.url);
    }
    return this;
  }

  /** The page that is waited for comes. */
  arrives(title: string, more: Partial<Extract<BrowserEvent, { kind: "page" }>> = {}): this {
    const { serial } = this.state;
    const url = this.state.kind === "fetching" ? this.state.url : "";
    return this.send({
      kind: "page",
      serial,
      url,
      page: page(title),
      refresh: undefined,
      isExpired: false,
      ...more,
    });
  }

  seen(): string {
    const view = viewOf(this.state);
    if (view === undefined) return "nothing";
    const what =
      view.deadline !== undefined ? "+" : view.failure === undefined ? "" : `!${view.failure.kind}`;
    return `${view.page?.title ?? ""}${what}`;
  }
}

const open = (url = "http://a/1"): BrowserEvent => ({ kind: "open", url });
const follow = (url = "http://a/2"): BrowserEvent => ({ kind: "follow", url });
const back: BrowserEvent = { kind: "back" };
const timer: TimerEvent = { kind: "timer", name: "page" };

test("opens, follows, goes back, and is closed by going back from the first page", () => {
  const tried = new Tried().send(open()).arrives("one").send(follow()).arrives("two");
  expect(viewOf(tried.state)?.hasBefore).toBe(true);
  expect([tried.seen(), tried.send(back).seen(), tried.send(back).seen()]).toEqual(["two", "one", "nothing"]);
  expect(tried.send(back).seen()).toBe("nothing");
});

test("an answer that comes late, twice or for an older question is ignored", () => {
  const tried = new Tried().send(open()).arrives("one").send(follow("http://a/2"), follow("http://a/3"));
  tried.send({
    kind: "page",
    serial: 2,
    url: "http://a/2",
    page: page("two"),
    refresh: undefined,
    isExpired: false,
  });
  expect(tried.seen()).toBe("one+");
  tried.arrives("three").arrives("three again");
  tried.send({ kind: "failed", serial: 3, failure: { kind: "broken" } });
  tried.send({ kind: "asking", serial: 3, server: { host: "a", proxy: undefined } });
  expect(tried.seen()).toBe("three");
  tried.send(follow(), back).arrives("too late", { serial: 4 });
  expect(tried.seen()).toBe("three");
  tried.send({ kind: "close" }).arrives("after the end");
  expect(tried.seen()).toBe("nothing");
});

test("no answer at all: after 20 s the page before is there with the reason; Update asks again, Exit leaves it", () => {
  const tried = new Tried().send(open());
  expect(browser.timers(tried.state)).toEqual([{ name: "page", at: 20_000 }]);
  tried.send(timer);
  expect([tried.seen(), viewOf(tried.state)?.hasBefore, browser.timers(tried.state)]).toEqual([
    "!no-answer",
    false,
    [],
  ]);
  expect(tried.send({ kind: "update" }).arrives("one").seen()).toBe("one");
  expect(tried.send(follow(), timer).seen()).toBe("one!no-answer");
  expect(tried.send({ kind: "update" }).arrives("two").seen()).toBe("two");
  expect(tried.send(back).seen()).toBe("one");
  expect(tried.fetched).toEqual(["http://a/1", "http://a/1", "http://a/2", "http://a/2"]);
});

test("a page refreshed at its own address keeps its number, so that what was typed stays; another one does not", () => {
  const tried = new Tried().send(open()).arrives("one", { refresh: { afterSec: 5, url: undefined } });
  const { serial } = viewOf(tried.state) ?? {};
  expect(browser.timers(tried.state)).toEqual([{ name: "refresh", at: 5000 }]);
  tried
    .send({ kind: "timer", name: "refresh" })
    .arrives("one", { refresh: { afterSec: 5, url: "http://a/2" } });
  expect(viewOf(tried.state)?.serial).toBe(serial);
  tried.send({ kind: "timer", name: "refresh" }).arrives("two");
  expect(viewOf(tried.state)?.serial).not.toBe(serial);
  expect(viewOf(tried.state)?.hasBefore).toBe(false);
  expect(tried.send(timer).seen()).toBe("two"); // an alarm of the past
});

test("sixteen pages are remembered, one that expired is not come back to, opening anew forgets them all", () => {
  const tried = new Tried().send(open()).arrives("1");
  for (let n = 2; n <= 40; n++)
    tried.send(follow(`http://a/${n}`)).arrives(String(n), { isExpired: n === 39 });
  const titles: string[] = [];
  for (; tried.seen() !== "nothing"; tried.send(back)) titles.push(tried.seen());
  const kept = Array.from({ length: 15 }, (_, at) => String(38 - at));
  expect(titles).toEqual(["40", ...kept]);
  tried.send(open()).arrives("1").send(follow()).arrives("2").send(open("http://b/")).arrives("b").send(back);
  expect(tried.seen()).toBe("nothing");
});

test("what was typed is in no log line", () => {
  const tried = new Tried().send(open("http://a/x?pin=4711")).arrives("one", { url: "http://a/x?pin=4711" });
  tried.send(follow("http://a/y?pin=4711"), timer, { kind: "update" }, back, back);
  expect(tried.told.length).toBeGreaterThan(4);
  expect(tried.told.filter((line) => line.includes("4711"))).toEqual([]);
});
