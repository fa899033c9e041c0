/** The six states that have a mark of their own, for cells, runs and steps alike. */
export type MarkState = "idle" | "stale" | "queued" | "running" | "done" | "error";
