/** Reads documents for what they name, beside the server. */
import { workerData } from "node:worker_threads";
import { answerJobs } from "../stores/jobThread.ts";
import { answerMarkJob } from "./marking.ts";

const known = new Set((workerData as { readonly known: readonly string[] }).known);
answerJobs(answerMarkJob(known));
