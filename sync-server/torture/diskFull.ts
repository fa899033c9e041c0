/**
 * The disk runs full while somebody writes: the server says so and takes nothing that it cannot keep, gives out what
 * it has, and goes on when there is space.
 */
import { createHash } from "node:crypto";
import { signIn } from "../../lib/platform/node/client.ts";
import { chanceFrom } from "../../lib/testing/chance.ts";
import { until } from "../testing/testServer.ts";
import { notebookRoom, readItems } from "./reader.ts";
import { startOnSmallDisk } from "./smallDisk.ts";
import { type Say, must } from "./torture.ts";
import { openWriter } from "./writer.ts";

const ROOM = notebookRoom(2);

export async function fillDisk(seed: number, say: Say): Promise<void> {
  const chance = chanceFrom(seed);
  const disk = await startOnSmallDisk();
  const { server } = disk;
  try {
    const place = await server.found();
    const { token } = await signIn(place, place.owner);
    const before = await openWriter(place, ROOM, token, "before");
    const full = before.socket.closed;
    let refused: string | undefined;
    void full.then((reason) => (refused = reason));
    while (refused === undefined) {
      before.write(chance.between(1_000, 60_000));
      await until(() => before.acknowledged() === before.sent || refused !== undefined);
    }
    // A limit on a file's length is no full disk to SQLite, only a failure.
    const word = disk.kind === "file system" ? "disk-full" : "server-failed";
    must(refused.includes(word), `a full disk was called "${refused}"`);
    must(server.runs(), `the server ended on a full disk: ${server.said()}`);
    const check = async (when: string): Promise<void> => {
      const wrong = before.missing(await readItems(place, place.owner, ROOM));
      must(wrong.length === 0, `${when}: ${wrong.slice(0, 5).join(", ")}`);
    };
    await check("on a full disk");
    const bytes = chance.bytes(1024 * 1024);
    const put = async (): Promise<{ status: number; text: string }> => {
      const digest = createHash("sha256").update(bytes).digest("hex");
      const url = `${place.origin}/w/${place.workspace}/blobs/${digest}`;
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(url, { method: "PUT", headers, body: bytes });
      return { status: response.status, text: await response.text() };
    };
    if (disk.kind === "file system") {
      const { status, text } = await put();
      must(status === 507 && text.includes("disk-full"), `a blob got ${status} ${text}`);
    }
    await disk.makeSpace();
    const after = await openWriter(place, ROOM, token, "after");
    for (let i = 0; i < 50; i++) after.write(1000);
    await until(() => after.acknowledged() === 50, "it goes on when there is space");
    const taken = await put();
    must(taken.status === 204, `with space again a blob got ${taken.status} ${taken.text}`);
    await server.kill();
    await after.socket.closed;
    await server.start();
    await check("after there was space again");
    must(
      after.missing(await readItems(place, place.owner, ROOM)).length === 0,
      "what was written when there was space again is lost",
    );
    say(
      `full disk (a small ${disk.kind}): refused as "${refused}" after ${before.acknowledged()} ` +
        `acknowledged edits, all kept; it went on when there was space`,
    );
  } finally {
    await disk.close();
  }
}
