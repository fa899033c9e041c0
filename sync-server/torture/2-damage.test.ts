import { holds } from "./holds.ts";
import { damage } from "./2-damage.ts";

holds(2, damage);
