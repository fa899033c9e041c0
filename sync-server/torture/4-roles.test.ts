import { holds } from "./holds.ts";
import { roles } from "./4-roles.ts";

holds(4, roles);
