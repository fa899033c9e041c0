import { captured } from "./12-captured.ts";
import { holds } from "./holds.ts";

holds(12, captured);
