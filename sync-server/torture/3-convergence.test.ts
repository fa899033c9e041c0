import { holds } from "./holds.ts";
import { convergence } from "./3-convergence.ts";

holds(3, convergence);
