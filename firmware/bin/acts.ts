// What a person wants of the phone beside calls: settings, restart, contrast, rings, unlocking.
import { erased } from "#firmware/boot/erase.ts";
import type { RestartLevel } from "#firmware/boot/events.ts";
import type { Provisioning } from "#firmware/config/client.ts";
import type { UrlSettings } from "#firmware/config/phone-config.ts";
import type { ServiceBrowser } from "#firmware/xml/client.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { Front } from "#ui/front/front.ts";
import type { Act } from "#ui/input/acts.ts";
import { ringCadences, ringTone } from "#ui/tones/rings.ts";
import type { Base } from "./base.ts";
import type { MenuFacts } from "./menu-facts.ts";
import type { Personal } from "./personal.ts";
import type { RingChoice } from "./ring-choice.ts";

/** The password of a phone that was given none (reference CFG-055). */
const publicPassword = "cisco";

/** What acts work on. */
export interface ActNeeds {
  readonly personal: Personal;
  readonly rings: RingChoice;
  /** A call rings: no ring is tried over it. */
  isRinging(): boolean;
  /** Gives the lease back. */
  releaseAddress(): void;
  readonly browser: ServiceBrowser;
  /** Where the services and directories keys lead. */
  urls(): Pick<UrlSettings, "services" | "directory"> | undefined;
  readonly menu: MenuFacts;
  readonly provisioning: Provisioning;
  front(): Front;
  order(level: RestartLevel): void;
}

/** Does what a person wants; answers with a note where the screen says nothing by itself. */
export function createActs(base: Base, needs: ActNeeds): (act: Act) => void {
  const { hal, runtime } = base;
  const { menu, personal, rings, browser } = needs;
  const log = runtime.log("act");

  const erase = async (): Promise<void> => {
    await hal.storage.erase(erased["Erase Configuration"]);
    needs.order("hard-reset"); // nothing in memory remembers either
  };
  const unlock = (password: string | undefined): void => {
    const wanted = needs.provisioning.config?.access.password?.reveal();
    // By `**#` only where there is no secret to keep (reference SET-008, SET-010).
    const isRight = password === undefined ? wanted === undefined : password === (wanted ?? publicPassword);
    menu.setUnlocked(isRight);
    needs.front().tell(isRight ? "unlocked" : "wrongPassword");
  };
  const save = (values: Readonly<Record<string, string>>, isRestarting: boolean): void => {
    const refusal = needs.provisioning.type(values);
    if (refusal !== undefined) {
      log.info(`${refusal.name} not taken: ${refusal.refused}`);
      needs.front().tell("isLocked");
      return;
    }
    needs.front().tell("saved");
    if (isRestarting) needs.order("reset");
  };

  /** One turn of the ring on the ringer output. */
  const playRing = async (name: string): Promise<void> => {
    const sound = await rings.find(name);
    if (sound === undefined) needs.front().tell("ringMissing", { name });
    else if (!needs.isRinging())
      hal.media.command({ kind: "ring", ring: ringTone(sound, ringCadences.dr1, true) });
  };
  const chooseRing = async (name: string): Promise<void> => {
    const isThere = await rings.choose(name);
    menu.changed();
    needs.front().tell(isThere ? "saved" : "ringMissing", { name });
  };
  const attempt = (what: string, work: Promise<void>): void => {
    work.catch((error: unknown) => {
      if (!base.signal.aborted) runtime.fail(what, error);
    });
  };

  const openAt = (url: string | undefined): void => {
    if (url !== undefined) browser.open(url);
  };

  return (act) => {
    switch (act.kind) {
      case "restart":
        needs.order("restart");
        break;
      case "reset":
        needs.order("reset");
        break;
      case "set-contrast":
        personal.setContrast(act.percent, act);
        menu.changed();
        break;
      case "play-ring":
        attempt("ring", playRing(act.name));
        break;
      case "set-ring":
        attempt("ring", chooseRing(act.name));
        break;
      case "keep-volume":
        break; // volumes are kept as they are changed
      case "store-entry":
        needs
          .front()
          .tell(
            personal.store(act.index, { name: act.name, number: act.number }) ? "saved" : "directoryFull",
          );
        menu.changed();
        break;
      case "delete-entry":
        personal.remove(act.index);
        menu.changed();
        break;
      case "release-address":
        needs.releaseAddress();
        needs.order("reset");
        break;
      case "unlock":
        unlock(act.password);
        break;
      case "lock":
        menu.setUnlocked(false);
        break;
      case "save-settings":
        save(act.values, act.isRestarting);
        break;
      case "erase-configuration":
        erase().catch((error: unknown) => {
          if (!(error instanceof HalError)) return runtime.fail("erase", error);
          needs.front().tell("isLocked");
        });
        break;
      case "open-services":
        openAt(needs.urls()?.services);
        break;
      case "open-directory":
        openAt(needs.urls()?.directory);
        break;
      case "follow-service":
        browser.follow(act.url, act);
        break;
      case "update-service":
        browser.update();
        break;
      case "leave-service":
        browser.back();
        break;
      case "close-services":
        browser.close();
        break;
      case "press-key":
        needs.front().press({ kind: "key", key: act.key, isDown: true });
        needs.front().press({ kind: "key", key: act.key, isDown: false });
        break;
    }
  };
}
