/**
 * What a traced server did, call by call, as strace -f -y -s prints it: when a call began, when it ended, on which
 * file or socket, and with which bytes. Knows nothing of what it is read for.
 */
export interface Syscall {
  readonly name: string;
  /** A path, or "TCP:[127.0.0.1:4321->127.0.0.1:5000]". */
  readonly on: string;
  /** What was written, in one piece, and only as much of it as the call took. */
  readonly bytes: Buffer;
  /** Places in the trace: of two calls the one that ended at a smaller place than the other began was before it. */
  readonly began: number;
  readonly ended: number;
}

const CALL = /^(\d+)\s+(\w+)\((.*)$/s;
const RESUMED = /^(\d+)\s+<\.\.\. (\w+) resumed>(.*)$/s;
const UNFINISHED = " <unfinished ...>";
const RESULT = /\)\s+= (-?\d+)[^)]*$/;

/** Calls that failed, and calls that never came back, are left out. In the order in which they ended. */
export function readSyscalls(trace: string): Syscall[] {
  const calls: Syscall[] = [];
  const open = new Map<string, { name: string; text: string; began: number }>();
  for (const [place, line] of trace.split("\n").entries()) {
    const resumed = RESUMED.exec(line);
    const found = resumed ?? CALL.exec(line);
    if (!found) continue;
    const [, pid = "", name = "", text = ""] = found;
    const key = `${pid} ${name}`;
    if (!resumed && text.endsWith(UNFINISHED)) {
      open.set(key, { name, text: text.slice(0, -UNFINISHED.length), began: place });
      continue;
    }
    const begun = resumed ? open.get(key) : { name, text: "", began: place };
    open.delete(key);
    const call = begun && readCall(name, begun.text + text, begun.began, place);
    if (call) calls.push(call);
  }
  return calls;
}

function readCall(name: string, text: string, began: number, ended: number): Syscall | undefined {
  const result = Number(RESULT.exec(text)?.[1] ?? -1);
  const on = /^\d+<((?:->|[^<>\\]|\\.)*)>/.exec(text)?.[1];
  if (result < 0 || on === undefined) return undefined;
  const parts = [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((part) => unescape(part[1] ?? ""));
  return { name, on, bytes: Buffer.concat(parts).subarray(0, result), began, ended };
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, v: 11, f: 12 };

/** C's way to write bytes as text: \n, \", \\, \x00 and octal \0 to \377. */
function unescape(text: string): Buffer {
  const bytes: number[] = [];
  for (const [, plain, octal, hex, letter] of text.matchAll(
    /([^\\])|\\([0-7]{1,3})|\\x([0-9a-f]{2})|\\(.)/gs,
  )) {
    if (plain !== undefined) bytes.push(plain.charCodeAt(0));
    else if (octal !== undefined) bytes.push(parseInt(octal, 8));
    else if (hex !== undefined) bytes.push(parseInt(hex, 16));
    else bytes.push(ESCAPES[letter ?? ""] ?? (letter ?? "").charCodeAt(0));
  }
  return Buffer.from(bytes);
}
