// What a person wants of the phone beside calls: settings, restart, contrast, rings, unlocking.
import { erased } from "#firmware/boot/erase.ts";
import type { RestartLevel } from "#firmware/boot/events.ts";
import type { Provisioning } from "#firmware/config/client.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { Front } from "#ui/front/front.ts";
import type { Act } from "#ui/input/acts.ts";
import { builtInRings, ringCadences, ringTone } from "#ui/tones/rings.ts";
import type { Base } from "./base.ts";
import type { MenuFacts } from "./menu-facts.ts";

/** How long a ring is heard when it is tried. */
const ringTrialRepeats = true;

/** What acts work on. */
export interface ActNeeds {
  readonly menu: MenuFacts;
  readonly provisioning: Provisioning;
  front(): Front;
  order(level: RestartLevel): void;
}

/** Does what a person wants; answers with a note where the screen says nothing by itself. */
export function createActs(base: Base, needs: ActNeeds): (act: Act) => void {
  const { hal, runtime } = base;
  const { menu } = needs;
  const log = runtime.log("act");

  const erase = async (): Promise<void> => {
    await hal.storage.erase(erased["Erase Configuration"]);
    needs.order("reset");
  };
  const unlock = (password: string | undefined): void => {
    const wanted = needs.provisioning.config?.access.password?.reveal();
    const isRight = wanted === undefined ? password === undefined : password === wanted;
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

  return (act) => {
    switch (act.kind) {
      case "restart":
        needs.order("restart");
        break;
      case "reset":
        needs.order("reset");
        break;
      case "set-contrast":
        hal.panel.setContrast(act.percent);
        menu.setContrast(act.percent);
        break;
      case "play-ring":
      case "set-ring":
        playRing(base, act.name);
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
      default:
        log.info(`${act.kind}: not on this phone yet`);
    }
  };
}

/** One turn of the ring on the ringer output. */
function playRing({ hal }: Base, name: string): void {
  const sound = Object.values(builtInRings).find((ring) => ring.name === name) ?? builtInRings.chirp1;
  hal.media.command({ kind: "ring", ring: ringTone(sound, ringCadences.dr1, ringTrialRepeats) });
}
