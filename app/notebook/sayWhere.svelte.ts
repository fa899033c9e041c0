/** Tells the others where in this notebook this person is, and that they are gone when the page is left. */
import { onDestroy } from "svelte";
import type { Awareness } from "y-protocols/awareness";
import type { Member } from "../../lib/workspace/session.ts";
import { announce, leavePage } from "./presence.ts";

interface Where {
  readonly me: () => Pick<Member, "id" | "name">;
  readonly page: string;
  readonly title: () => string;
  /** The cell that has the focus, or had it last. */
  readonly cell: () => string | undefined;
  readonly numberOf: (cell: string) => number | undefined;
  /** In which cell: "cell 8". */
  readonly onspot: (spot: string | undefined) => void;
}

export function sayWhere(awareness: Awareness, where: Where): void {
  $effect(() => {
    const { id, name } = where.me();
    const cell = where.cell();
    const at = { page: where.page, label: where.title(), ...(cell === undefined ? {} : { cell }) };
    announce(awareness, { member: id, name, at });
  });
  const number = $derived.by(() => {
    const cell = where.cell();
    return cell === undefined ? undefined : where.numberOf(cell);
  });
  $effect(() => where.onspot(number === undefined ? undefined : `cell ${number}`));
  onDestroy(() => {
    where.onspot(undefined);
    leavePage(awareness);
  });
}
