import { holds } from "./holds.ts";
import { twice } from "./6-twice.ts";

holds(6, twice);
