// Is the power that was granted enough for this board? (Reference boot-and-provisioning 1.3 and 1.4.)
import { type Boot, type BootStep, unwarned, warned } from "./state.ts";

const watts = (milliwatts: number): number => Math.round(milliwatts / 100) / 10;

/** Warns of a grant below what the board asks for; a better one ends the warning. Undefined: nobody has said. */
export function judgedGrant<S extends Boot>(state: S, grantedMilliwatts: number | undefined): S {
  const { requestedMilliwatts } = state.settings;
  if (requestedMilliwatts === undefined || grantedMilliwatts === undefined) return state;
  if (grantedMilliwatts >= requestedMilliwatts) return unwarned(state, "power-short");
  const facts = { granted: watts(grantedMilliwatts), wanted: watts(requestedMilliwatts) };
  return warned(state, { code: "power-short", facts });
}

/** The step with the switch's word judged, where it came by the protocol that negotiates. */
export function withGrant(
  step: BootStep,
  by: "cdp" | "lldp",
  grantedMilliwatts: number | undefined,
): BootStep {
  const { state } = step;
  if (state.kind === "off" || state.powerBy !== by) return step;
  return { ...step, state: judgedGrant(state, grantedMilliwatts) };
}
