import { holds } from "./holds.ts";
import { sigkill } from "./1-sigkill.ts";

holds(1, sigkill);
