import { holds } from "./holds.ts";
import { blobs } from "./10-blobs.ts";

holds(10, blobs);
