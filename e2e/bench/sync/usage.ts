/** What a process has used, as Linux counts it: all of its threads, in seconds and MiB. */
import { readFile } from "node:fs/promises";

/** The kernel counts in hundredths of a second, whatever its own clock does. */
const TICKS_A_SECOND = 100;
const UTIME = 11;
const STIME = 12;

/** CPU-seconds that the process has used since it began, in user and system mode. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readProc(pid, "stat");
  // The name of the program comes second, in brackets, and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[UTIME]) + Number(fields[STIME])) / TICKS_A_SECOND;
}

/** Resident memory, MiB. */
export async function residentMemory(pid: number): Promise<number> {
  const status = await readProc(pid, "status");
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

async function readProc(pid: number, file: string): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/${file}`, "utf8");
  } catch (error) {
    throw new Error("what a process uses is read from /proc, which only Linux has", {
      cause: error,
    });
  }
}
