/** The server is killed while many write to it; what it had acknowledged has to be there for a stranger. */
import { signIn } from "../../lib/platform/node/client.ts";
import { type Chance, chanceFrom } from "../../lib/testing/chance.ts";
import { until } from "../testing/testServer.ts";
import { notebookRoom, readItems } from "./reader.ts";
import { type ServerProcess, startProcess } from "./serverProcess.ts";
import { type Torture, must } from "./torture.ts";
import { type Writer, keepWriting, openWriter } from "./writer.ts";

interface Outcome {
  readonly sent: number;
  readonly acknowledged: number;
  readonly lost: readonly string[];
}

export const sigkill: Torture<{ readonly kills: number }> = {
  title: "SIGKILL under load: every durably acknowledged update is there afterwards",
  short: { kills: 3 },
  long: { kills: 100 },
  async run(seed, { kills }, say) {
    const total = { sent: 0, acknowledged: 0, lost: 0 };
    const server = await startProcess();
    try {
      for (let kill = 0; kill < kills; kill++) {
        const { sent, acknowledged, lost } = await killOnce(server, chanceFrom(seed + kill));
        total.sent += sent;
        total.acknowledged += acknowledged;
        total.lost += lost.length;
        if (lost.length > 0) say(`seed ${seed + kill}: ${lost.slice(0, 5).join(", ")}`);
      }
    } finally {
      await server.close();
    }
    say(
      `${kills} kills, seeds ${seed} to ${seed + kills - 1}: ${total.sent} edits sent, ` +
        `${total.acknowledged} acknowledged, ${total.lost} of them lost`,
    );
    must(total.lost === 0, `${total.lost} acknowledged edits are lost`);
    must(total.acknowledged > 50 * kills, "next to nothing was acknowledged: this proved nothing");
  },
};

async function killOnce(server: ServerProcess, chance: Chance): Promise<Outcome> {
  const place = await server.found();
  const { token } = await signIn(place, place.owner);
  const rooms = Array.from({ length: chance.between(1, 3) }, (_, i) => notebookRoom(i));
  const writers: Writer[] = [];
  for (let i = chance.between(2, 6); i > 0; i--)
    writers.push(await openWriter(place, chance.pick(rooms), token, `w${i}`));
  const window = chance.pick([1, 10, 200]);
  const padding = chance.pick([0, 50, 2000]);
  const enough = chance.between(60, 1500);
  let killed = false;
  const writing = writers.map((one) => keepWriting(one, window, () => killed, padding));
  const acknowledged = (): number => writers.reduce((sum, one) => sum + one.acknowledged(), 0);
  await until(() => acknowledged() >= enough, "enough is acknowledged");
  await server.kill();
  killed = true;
  await Promise.all(writing);
  // Nobody is left who could send again what was lost.
  await Promise.all(writers.map(({ socket }) => socket.closed));
  await server.start();
  const lost: string[] = [];
  for (const room of rooms) {
    const found = await readItems(place, place.owner, room);
    for (const writer of writers) if (writer.room === room) lost.push(...writer.missing(found));
  }
  const sent = writers.reduce((sum, one) => sum + one.sent, 0);
  return { sent, acknowledged: acknowledged(), lost };
}
