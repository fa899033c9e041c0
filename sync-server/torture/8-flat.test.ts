import { holds } from "./holds.ts";
import { flat } from "./8-flat.ts";

holds(8, flat);
