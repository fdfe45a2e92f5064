// The whole phone as its console, its mirror and its reports see it: the parts that phone.ts composes.
import type { Boot } from "#firmware/boot/client.ts";
import type { RestartLevel } from "#firmware/boot/events.ts";
import type { Calls } from "#firmware/call/client.ts";
import type { DialPlan } from "#firmware/call/dialplan/plan.ts";
import type { PhoneView } from "#firmware/call/view.ts";
import type { PhoneConfig } from "#firmware/config/phone-config.ts";
import type { StreamStatistics } from "#hal/contract/media.ts";
import type { Stream } from "#hal/contract/stream.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import type { Front } from "#ui/front/front.ts";
import type { Base } from "./base.ts";
import type { Captures } from "./captures.ts";
import type { Counted } from "./counted.ts";
import type { MenuFacts } from "./menu-facts.ts";
import type { NetworkSide } from "./network-side.ts";
import type { Services } from "./services.ts";
import type { Telephony } from "./telephony.ts";
import type { Traces } from "./traces.ts";

/** A phone at work. What the console, the report and the page are made from. */
export interface Phone {
  readonly base: Base;
  readonly boot: Boot;
  readonly calls: Calls;
  readonly front: Front;
  readonly menu: MenuFacts;
  readonly network: NetworkSide;
  readonly services: Services;
  readonly telephony: Telephony;
  readonly captures: Captures;
  readonly traces: Traces;
  readonly counted: Counted;
  /** Each configuration as it comes into force. */
  readonly configured: Stream<PhoneConfig>;
  /** PEM certificates of this site, believed beside the built-in set. */
  trusted(): readonly string[];
  view(): PhoneView;
  config(): PhoneConfig | undefined;
  dialPlan(): DialPlan | undefined;
  /** Newest figures of each stream, ended ones too. */
  statistics(): ReadonlyMap<string, StreamStatistics>;
  /** When this phone began, on its clock: times that people read count from here. */
  readonly startedAt: MonoMs;
  /** Somebody at the phone or the console wants a restart. */
  order(level: RestartLevel): void;
  /** Ends calls and unregisters, as before an orderly stop: a second at most. */
  farewell(): Promise<void>;
  /** Ends the phone: no alarm, listener or socket of it is left. */
  stop(): Promise<void>;
}
