/** What the page that is open offers in the palette, beside what the workspace does. */
import type { LucideProps } from "@lucide/svelte";
import type { Component } from "svelte";
import { type Observable, Settable } from "../../lib/base/observable.ts";

export interface PageCommand {
  readonly key: string;
  readonly words: string;
  readonly icon: Component<LucideProps>;
  readonly act: () => void;
}

const commands = new Settable<readonly PageCommand[]>([]);

export const offered: Observable<readonly PageCommand[]> = commands;

/** Gives back how to take them away again. */
export function offerCommands(mine: readonly PageCommand[]): () => void {
  commands.set([...commands.current, ...mine]);
  return () => commands.set(commands.current.filter((one) => !mine.includes(one)));
}
