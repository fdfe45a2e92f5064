// Keys on pages of XML services, whatever is pressed, and what a character panel says of them.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type KeyId, keyIds } from "#hal/contract/panel.ts";
import { panels } from "#test/screens/panels.ts";
import { idleView, sampleFacts, seenOf } from "#test/screens/samples.ts";
import { samplePage, serviceFacts, serviceView } from "#test/screens/services.ts";
import { drawing, everyTurn } from "#test/unit/screens/drawing.ts";
import { tallWindow } from "#ui/screens/list-window.ts";
import { render } from "#ui/screens/render.ts";
import { Front } from "./front.ts";

const names = ["menu", "text", "input", "directory", "image", "graphic-menu", "keys"] as const;
const opened = (name: (typeof names)[number]): Front => {
  const front = new Front({}, serviceFacts(serviceView(samplePage(name))));
  front.tap("services");
  front.acted();
  return front;
};

test("any keys in any order on any page leave a screen that can be drawn on every panel", () => {
  const keys = fc.array(fc.constantFrom(...keyIds), { maxLength: 30 });
  fc.assert(
    fc.property(fc.constantFrom(...names), keys, (name, pressed) => {
      const front = opened(name);
      for (const key of pressed) front.tap(key);
      front.wait(2000);
      for (const [, geometry] of panels) render(front.seen, geometry);
    }),
    { numRuns: 150, seed: 5 },
  );
});

test("leaving the pages by any way closes the services, once", () => {
  for (const way of ["services", "settings", "directories", "line1", "soft2"] as const satisfies KeyId[]) {
    const front = opened("text");
    front.tap(way);
    expect(front.acted(), way).toEqual([{ kind: "close-services" }]);
  }
});

test("the i key helps with what is open: choosing, or typing", () => {
  for (const [name, help] of [
    ["menu", "Scroll and press Select"],
    ["input", "Alpha: letters"],
  ] as const) {
    const front = opened(name);
    front.tap("info");
    expect(front.screen().slice(1).join(" ")).toContain(help);
  }
});

test("a place on a page is kept for the way back, and a page that was fetched anew keeps it", () => {
  const front = opened("menu");
  front.tap("down", "down");
  const menu = serviceView(samplePage("menu"), { serial: 1 });
  const see = (service: typeof menu): void => {
    front.seen = { ...front.seen, facts: { ...sampleFacts, ...serviceFacts(service) } };
  };
  see(serviceView(samplePage("directory"), { serial: 2 }));
  front.tap("down");
  expect(front.screen()[0]).toBe("Campus Directory");
  see(menu);
  front.tap("soft1");
  expect(front.acted()).toEqual([
    { kind: "follow-service", url: "http://bus.example.com/next", query: "", values: [] },
  ]);
});

describe("character panels have no row for the prompt", () => {
  const seen = (failed: boolean) =>
    seenOf(idleView, {
      facts: {
        ...sampleFacts,
        ...serviceFacts(
          serviceView(samplePage("menu"), failed ? { failure: { kind: "refused", status: 404 } } : {}),
        ),
      },
      ui: opened("menu").seen.ui,
    });

  test("a page's own takes turns with the heading", () => {
    expect(everyTurn(seen(false), "cells-20x4").map(([first]) => first)).toEqual([
      "Campus Services",
      "Choose a service",
    ]);
  });

  test("a reason stands in its place, on the smallest in turns with the row", () => {
    expect(drawing(seen(true), "cells-20x4")[0]).toMatch(/10\.77\.0\.5: no such|page/);
    expect(everyTurn(seen(true), "cells-16x2").map(([first]) => first)).toEqual([
      ">1 Canteen",
      "10.77.0.5: no",
      "such page",
    ]);
  });
});

test("rows of several lines: the chosen one is whole, and no more is shown than there is room for", () => {
  const lines = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(lines, fc.nat(), fc.integer({ min: 3, max: 9 }), (heights, at, count) => {
      const selected = at % heights.length;
      const { first, last } = tallWindow(heights, selected, count);
      expect(first <= selected && selected <= last).toBe(true);
      const taken = heights.slice(first, last + 1).reduce((sum, height) => sum + height, 0);
      expect(taken).toBeLessThanOrEqual(count);
      const isAll = first === 0 && last === heights.length - 1;
      const next = Math.min(heights[first - 1] ?? 9, heights[last + 1] ?? 9);
      expect(isAll || taken + next > count).toBe(true);
    }),
    { seed: 7 },
  );
});
