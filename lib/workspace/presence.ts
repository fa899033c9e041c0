/** Who is here, and where: what a tab announces in a room's awareness, parsed before it is believed. */
import { asNumber, asRecord, asString } from "../base/json.ts";
import type { MemberId } from "../base/ids.ts";
import type { CellProgress } from "../kernel/capability.ts";
import type { Presence } from "./session.ts";

const MAX_WORDS = 120;

/** A presence from outside, its words cut to a length that fits a list; undefined where it is none. */
export function parsePresence(value: unknown): Presence | undefined {
  const state = asRecord(value);
  const member = asString(state?.["member"]);
  const name = asString(state?.["name"]);
  if (!state || member === undefined || member === "" || name === undefined) return undefined;
  const at = parsePlace(asRecord(state["at"]));
  const running = parseRunning(asRecord(state["running"]));
  return {
    member: member.slice(0, MAX_WORDS) as MemberId,
    name: name.slice(0, MAX_WORDS),
    ...(at ? { at } : {}),
    ...(running ? { running } : {}),
  };
}

/** Everybody in a room once, by member, however many tabs they have open; this tab's member first. */
export function presentMembers(states: Iterable<unknown>, me: MemberId): Presence[] {
  const byMember = new Map<MemberId, Presence>();
  for (const state of states) {
    const presence = parsePresence(state);
    if (!presence) continue;
    const known = byMember.get(presence.member);
    if (!known || (!known.running && presence.running)) byMember.set(presence.member, presence);
  }
  const mine = (presence: Presence): number => (presence.member === me ? 0 : 1);
  return [...byMember.values()].sort(
    (a, b) => mine(a) - mine(b) || a.name.localeCompare(b.name) || (a.member < b.member ? -1 : 1),
  );
}

function parsePlace(at: Record<string, unknown> | undefined): Presence["at"] {
  const page = asString(at?.["page"]);
  const label = asString(at?.["label"]);
  const spot = asString(at?.["spot"]);
  const cell = asString(at?.["cell"]);
  if (page === undefined || label === undefined) return undefined;
  return {
    page: page.slice(0, MAX_WORDS),
    label: label.slice(0, MAX_WORDS),
    ...(spot === undefined ? {} : { spot: spot.slice(0, MAX_WORDS) }),
    ...(cell === undefined ? {} : { cell: cell.slice(0, MAX_WORDS) }),
  };
}

function parseRunning(running: Record<string, unknown> | undefined): Presence["running"] {
  const cell = asString(running?.["cell"]);
  const device = asString(running?.["device"]);
  const since = asNumber(running?.["since"]);
  if (cell === undefined || device === undefined || since === undefined) return undefined;
  const progress = parseProgress(asRecord(running?.["progress"]));
  return {
    cell: cell.slice(0, MAX_WORDS),
    device: device.slice(0, MAX_WORDS),
    since,
    ...(progress ? { progress } : {}),
  };
}

function parseProgress(progress: Record<string, unknown> | undefined): CellProgress | undefined {
  const label = asString(progress?.["label"]);
  const fraction = asNumber(progress?.["fraction"]);
  if (label === undefined || fraction === undefined) return undefined;
  return {
    label: label.slice(0, MAX_WORDS),
    fraction: Math.min(1, Math.max(0, fraction)),
    leftMs: asNumber(progress?.["leftMs"]) ?? null,
    ...(progress?.["open"] === true ? { open: true as const } : {}),
  };
}
