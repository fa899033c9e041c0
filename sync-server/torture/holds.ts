/** The short form of a torture as a test. Its seed is new each time, and stands in the message where it fails. */
import { it } from "vitest";
import { Skipped, type Torture } from "./torture.ts";

export function holds<Size>(number: number, torture: Torture<Size>): void {
  it(`${number}. ${torture.title}`, { timeout: 240_000 }, async (context) => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const said: string[] = [];
    try {
      await torture.run(seed, torture.short, (line) => said.push(line));
    } catch (error) {
      if (error instanceof Skipped) return context.skip(error.message);
      const again = `To try it again: npm run torture -- ${number} --short --seed ${seed}`;
      throw new Error([(error as Error).message, ...said, again].join("\n"), { cause: error });
    }
  });
}
