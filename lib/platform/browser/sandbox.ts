/**
 * The kernel's worker in its sandboxed frame: no network, no storage, no way to the page but one port.
 * What it says is for others to parse. A frame that does not answer any more is gone, and that is told.
 */
import { FRAME_SCRIPT, frameScriptHash, framePolicy } from "./frameScript.ts";

const BEAT_MS = 2_000;
const MOST_MISSED = 3;
const OUT_OF_MEMORY =
  "it stopped by itself, most likely because its cells used more memory than there is";

export interface SandboxListener {
  message(value: unknown): void;
  /** It is of no more use; why, in words. Called once at most, and not after close(). */
  died(reason: string): void;
}

export class Sandbox {
  readonly #frame: HTMLIFrameElement;
  readonly #port: MessagePort;
  readonly #control: MessagePort;
  readonly #beat: ReturnType<typeof setInterval>;
  #missed = 0;
  #closed = false;
  #listener: SandboxListener | undefined;
  /** Why it is gone, until somebody listens. */
  #reason: string | undefined;

  private constructor(frame: HTMLIFrameElement, runtime: Blob, gpu: boolean) {
    this.#frame = frame;
    const worker = new MessageChannel();
    const control = new MessageChannel();
    this.#port = worker.port1;
    this.#control = control.port1;
    const died = (reason: string): void => {
      if (this.#closed) return;
      this.close();
      this.#reason = reason;
      this.#listener?.died(reason);
    };
    this.#control.onmessage = ({
      data,
    }: MessageEvent<{ kind?: unknown; message?: unknown } | null>) => {
      if (data?.kind === "pong") this.#missed = 0;
      if (data?.kind !== "failed") return;
      died(`the kernel failed${typeof data.message === "string" ? `: ${data.message}` : ""}`);
    };
    // A worker that is out of memory is gone without a word: its end of the port closes.
    this.#port.addEventListener("close", () => died(OUT_OF_MEMORY));
    // Browsers without that event, and a frame whose whole process is gone.
    this.#beat = setInterval(() => {
      if (++this.#missed > MOST_MISSED) died(OUT_OF_MEMORY);
      else this.#control.postMessage({ kind: "ping" });
    }, BEAT_MS);
    const boot = { kind: "boot", runtime, gpu };
    frame.contentWindow?.postMessage(boot, "*", [worker.port2, control.port2]);
  }

  /**
   * Starts a worker and lets it load the runtime; it says nothing before it is told to start. `gpu`: it will want one,
   * which can get ready meanwhile.
   */
  static async open(runtime: Blob, gpu = false): Promise<Sandbox> {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.setAttribute("aria-hidden", "true");
    frame.title = "Kernel";
    frame.tabIndex = -1;
    frame.style.display = "none";
    const policy = framePolicy(await frameScriptHash());
    frame.srcdoc = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}"><script>${FRAME_SCRIPT}</script>`;
    const loaded = new Promise((resolve) =>
      frame.addEventListener("load", resolve, { once: true }),
    );
    document.body.append(frame);
    await loaded;
    return new Sandbox(frame, runtime, gpu);
  }

  /** True where it can be of no use any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** To be called once. What it said before waits for it. */
  listen(listener: SandboxListener): void {
    this.#listener = listener;
    if (this.#reason !== undefined) return listener.died(this.#reason);
    this.#port.onmessage = (event: MessageEvent<unknown>) => {
      if (!this.#closed) listener.message(event.data);
    };
  }

  post(message: unknown, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  /** Ends the worker at once, whatever it is doing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#beat);
    this.#control.postMessage({ kind: "terminate" });
    this.#port.close();
    // The frame goes once it has had the message; with it goes whatever is left.
    setTimeout(() => {
      this.#control.close();
      this.#frame.remove();
    });
  }
}
