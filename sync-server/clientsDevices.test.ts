// A person with several devices, and one who has lost them all, in browsers of their own against the real server.
import { afterEach, beforeEach, expect, it } from "vitest";
import type { WorkspaceId } from "../lib/base/ids.ts";
import type { AuditRecord } from "../lib/governance/audit.ts";
import type { BrowserWorkspaces } from "../lib/platform/browser/workspaces.ts";
import { parseDeviceLink } from "../lib/workspace/deviceLink.ts";
import { readRecovery } from "../lib/workspace/recoveryKey.ts";
import type { WorkspaceSession } from "../lib/workspace/session.ts";
import {
  type Clients,
  code,
  kindOf,
  offline,
  openClients,
  saved,
  textOf,
} from "./testing/clients.ts";
import { until } from "./testing/testServer.ts";

let clients: Clients;
beforeEach(async () => {
  clients = await openClients();
});
afterEach(() => clients.close());

const linkOf = (path: string): NonNullable<ReturnType<typeof parseDeviceLink>> =>
  parseDeviceLink(path.slice(path.indexOf("#") + 1))!;

async function audited(session: WorkspaceSession): Promise<string[]> {
  const { records } = await session.audit.read(0);
  return (records as AuditRecord[]).map(({ kind, name }) => `${kind} ${name}`);
}

/** A second browser of whoever sits at `tab`, in by a link from it. */
async function secondDevice(
  tab: BrowserWorkspaces,
  ...ids: WorkspaceId[]
): Promise<BrowserWorkspaces> {
  const { path } = await tab.devices.invite(ids);
  const phone = await clients.browser().tab();
  expect(await phone.devices.bringIn(linkOf(path))).toEqual(
    ids.map((workspace) => ({ workspace })),
  );
  return phone;
}

it("a second device comes into all chosen workspaces by one link, as the same person, the first one being away", async () => {
  const { session, tab, browser, id } = await clients.found();
  (await textOf(session)).insert(0, "kept");
  await saved(session);
  const other = await tab.create("Whales");
  await saved(await tab.open(other));
  const { path } = await tab.devices.invite([id, other]);
  await browser.close();
  const phone = await clients.browser().tab();
  await phone.devices.bringIn(linkOf(path));
  expect(phone.myName.current).toBe("Mira");
  // Nobody opened it, and yet the home page knows what it is called.
  await until(() => phone.list.current.some(({ title }) => title === "Whales"));
  const there = await phone.open(id);
  expect(there.me.current).toEqual(session.me.current);
  await until(async () => (await textOf(there)).toJSON() === "kept");
  (await textOf(there)).insert(0, "also ");
  await saved(there);
  expect(there.members.current).toHaveLength(1);
  expect(there.people.current.devices.map(({ mine }) => mine)).toEqual([false, true]);
  expect(there.people.current.devices.every(({ name }) => name !== undefined)).toBe(true);
});

it("shows both devices of a person as one among those who are here", async () => {
  const { session, tab, id } = await clients.found();
  await saved(session);
  const phone = await (await secondDevice(tab, id)).open(id);
  const rooms = await Promise.all([session, phone].map((one) => one.open("index")));
  for (const { awareness } of rooms)
    awareness.setLocalState({ member: session.me.current.id, name: "Mira" });
  await until(() => rooms.every(({ awareness }) => awareness.getStates().size === 2));
});

it("a device link is good once, for who belongs to nobody else there, and needs the server", async () => {
  const { session, tab, id } = await clients.found();
  const { path } = await tab.devices.invite([id]);
  const jun = await clients.join(session);
  const failed = async (where: BrowserWorkspaces): Promise<unknown> =>
    (await where.devices.bringIn(linkOf(path)))[0]?.failure;
  expect(await failed(jun.tab)).toBe("another-member");
  expect(await failed(await clients.browser().tab())).toBeUndefined();
  expect(await failed(await clients.browser().tab())).toBe("invite-unknown");
  await clients.server.stop();
  await offline(session);
  expect(await code(tab.devices.invite([id]))).toBe("server-unreachable");
  expect(session.people.current.devices).toHaveLength(3);
  await clients.server.start();
  await saved(session);
});

it("a device that is taken away is shut out while it is open, and its person stays", async () => {
  const { session, tab, id } = await clients.found();
  await saved(session);
  const phone = await (await secondDevice(tab, id)).open(id);
  await saved(phone);
  await until(() => session.people.current.devices.length === 2);
  const lost = session.people.current.devices.find(({ mine }) => !mine)!;
  await session.removeDevice(lost.key);
  await until(() => kindOf(phone) === "refused");
  await saved(session);
  expect(await audited(session)).toContain("device-remove Mira");
});

it("a recovery key brings the last owner back in a new browser, also into what was made after it", async () => {
  const { session, tab, browser, id } = await clients.found();
  await saved(session);
  const made = await tab.devices.saveRecovery([id]);
  expect(made.waiting).toEqual([]);
  const later = await tab.create("Later");
  await saved(await tab.open(later));
  await browser.close();
  const fresh = await clients.browser().tab();
  const key = readRecovery(`${made.code} /w/${id} /w/${later}`);
  expect(key.ok && (await fresh.devices.recover(key))).toEqual([
    { workspace: id },
    { workspace: later },
  ]);
  const back = await fresh.open(id);
  expect(back.me.current).toMatchObject({ name: "Mira", role: "owner" });
  await saved(back);
  // A new key takes the old one's place.
  await fresh.devices.saveRecovery([id]);
  expect(back.people.current.devices.filter(({ recovery }) => recovery)).toHaveLength(1);
  const thief = await clients.browser().tab();
  const again = key.ok ? await thief.devices.recover({ ...key, workspaces: [id] }) : [];
  expect(again).toEqual([{ workspace: id, failure: "recovery-unknown" }]);
});

it("a recovery key that was made offline counts once the device has been online", async () => {
  const { session, tab, id } = await clients.found();
  await saved(session);
  await clients.server.stop();
  await offline(session);
  const made = await tab.devices.saveRecovery([id]);
  expect(made.waiting).toEqual([id]);
  await clients.server.start();
  await saved(session);
  const key = readRecovery(made.path);
  const fresh = await clients.browser().tab();
  expect(key.ok && (await fresh.devices.recover(key))).toEqual([{ workspace: id }]);
});

it("second devices and expired invites come back with everything else to a server that lost it all", async () => {
  const { session, tab, id } = await clients.found();
  await saved(session);
  const { path } = await tab.devices.invite([id]);
  const phone = await clients.browser().tab();
  await phone.devices.bringIn(linkOf(path));
  const there = await phone.open(id);
  await saved(session, there);
  await until(() => session.people.current.devices.length === 2);
  await clients.server.wipe();
  await offline(session);
  await clients.server.start();
  await saved(session, there);
  expect(there.me.current.role).toBe("owner");
});

it("an invite is shown as not yet delivered until the server has it", async () => {
  const { session } = await clients.found();
  await saved(session);
  await clients.server.stop();
  await offline(session);
  await session.invite({ role: "viewer", uses: 1, expiresAt: Date.now() + 60_000 });
  expect(session.people.current.invites.map(({ delivered }) => delivered)).toEqual([false]);
  await clients.server.start();
  await until(() => session.people.current.invites[0]?.delivered === true);
  await session.withdraw(session.people.current.invites[0]!.key);
  expect(session.people.current.invites).toEqual([]);
});

it("what happens offline is told to the audit log later, once, also by a tab that was closed meanwhile", async () => {
  const { session, browser, id } = await clients.found();
  await saved(session);
  await clients.server.stop();
  await offline(session);
  await session.report({ kind: "delete", what: "notebook", id: "a", name: "First" });
  await session.report({ kind: "export", what: "workspace", id, name: "Penguins" });
  await browser.close();
  await clients.server.start();
  const again = await (await browser.tab()).open(id);
  await saved(again);
  await until(async () => (await audited(again)).length === 3);
  expect(await audited(again)).toEqual(["found Mira", "delete Mira", "export Mira"]);
  await again.audit.see({ seq: 3, hash: "x" });
  expect(await again.audit.seen()).toEqual({ seq: 3, hash: "x" });
});

it("the ownership is handed over and the old owner may leave, but never the last one", async () => {
  const { session: mira } = await clients.found();
  const jun = await clients.join(mira);
  const me = mira.me.current.id;
  expect(await code(mira.remove(me))).toBe("last-owner");
  await mira.transfer(jun.session.me.current.id);
  await until(() => jun.session.me.current.role === "owner");
  expect(mira.me.current.role).toBe("editor");
  await mira.remove(me);
  await until(() => kindOf(mira) === "refused");
  await until(() => jun.session.members.current.length === 1);
  const told = (await audited(jun.session)).filter((one) => !one.startsWith("refusals"));
  expect(told.slice(-2)).toEqual(["transfer Mira", "leave Mira"]);
});
