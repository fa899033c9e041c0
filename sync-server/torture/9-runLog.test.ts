import { holds } from "./holds.ts";
import { runLog } from "./9-runLog.ts";

holds(9, runLog);
