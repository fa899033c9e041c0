/** Folds long logs beside the server, so that neither people nor commits wait for it. */
import { foldLog } from "./foldLog.ts";
import { answerJobs } from "./jobThread.ts";

answerJobs(foldLog);
