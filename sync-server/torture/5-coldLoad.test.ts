import { holds } from "./holds.ts";
import { coldLoad } from "./5-coldLoad.ts";

holds(5, coldLoad);
