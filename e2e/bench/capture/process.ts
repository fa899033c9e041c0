/** The process of one turn: it is told what to measure, says what it found, and ends. */
import process from "node:process";
import type { Task } from "./task.ts";
import { takeTurn } from "./turn.ts";

process.once("message", (task: Task) => {
  void takeTurn(task).then(
    (turn) => process.send?.({ turn }, () => process.exit()),
    (error: unknown) => process.send?.({ failed: String(error) }, () => process.exit()),
  );
});

process.once("disconnect", () => process.exit());
