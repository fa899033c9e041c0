import { holds } from "./holds.ts";
import { hostile } from "./7-hostile.ts";

holds(7, hostile);
