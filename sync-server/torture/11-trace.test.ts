import { holds } from "./holds.ts";
import { trace } from "./11-trace.ts";

holds(11, trace);
