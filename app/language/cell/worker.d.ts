/**
 * What a cell has besides the language: the part of a worker that is of use in one. There is no network, no
 * storage and no page, so that naming those is a mistake and not a suggestion. Names that only the packages'
 * declarations speak of are types without values, in elements.d.ts.
 */
interface Console {
  log(...values: any[]): void;
  info(...values: any[]): void;
  warn(...values: any[]): void;
  error(...values: any[]): void;
  debug(...values: any[]): void;
  table(data: any, columns?: string[]): void;
  assert(condition?: boolean, ...values: any[]): void;
  count(label?: string): void;
  dir(value: any): void;
  group(...values: any[]): void;
  groupEnd(): void;
  time(label?: string): void;
  timeEnd(label?: string): void;
  timeLog(label?: string, ...values: any[]): void;
  trace(...values: any[]): void;
}
/** What is logged stands under the cell. */
declare const console: Console;

declare function setTimeout(act: (...values: any[]) => void, ms?: number, ...values: any[]): number;
declare function clearTimeout(timer: number | undefined): void;
declare function setInterval(
  act: (...values: any[]) => void,
  ms?: number,
  ...values: any[]
): number;
declare function clearInterval(timer: number | undefined): void;
declare function queueMicrotask(act: () => void): void;
declare function structuredClone<T>(value: T, options?: { transfer?: any[] }): T;
declare function atob(base64: string): string;
declare function btoa(binary: string): string;

interface Performance {
  /** Milliseconds since the kernel started. */
  now(): number;
  readonly timeOrigin: number;
  mark(name: string): void;
}
declare const performance: Performance;

interface Crypto {
  getRandomValues<T extends ArrayBufferView>(array: T): T;
  randomUUID(): `${string}-${string}-${string}-${string}-${string}`;
}
declare const crypto: Crypto;

interface Navigator {
  readonly hardwareConcurrency: number;
  readonly language: string;
  readonly userAgent: string;
}
declare const navigator: Navigator;

interface TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}
declare const TextEncoder: { prototype: TextEncoder; new (): TextEncoder };
interface TextDecoder {
  decode(bytes?: ArrayBuffer | ArrayBufferView, options?: { stream?: boolean }): string;
}
declare const TextDecoder: {
  prototype: TextDecoder;
  new (encoding?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder;
};

interface Blob {
  readonly size: number;
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  slice(start?: number, end?: number, type?: string): Blob;
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
  text(): Promise<string>;
}
declare const Blob: {
  prototype: Blob;
  new (
    parts?: (ArrayBuffer | ArrayBufferView | Blob | string)[],
    options?: { type?: string },
  ): Blob;
};
interface File extends Blob {
  readonly name: string;
  readonly lastModified: number;
}

interface ReadableStream<T = any> {
  readonly locked: boolean;
  cancel(reason?: any): Promise<void>;
  getReader(): { read(): Promise<{ done: boolean; value: T | undefined }>; releaseLock(): void };
  pipeThrough<U>(through: { readable: ReadableStream<U>; writable: any }): ReadableStream<U>;
  [Symbol.asyncIterator](): AsyncIterator<T>;
}
declare const ReadableStream: {
  prototype: ReadableStream;
  new <T = any>(source?: any, strategy?: any): ReadableStream<T>;
};

interface URL {
  hash: string;
  host: string;
  hostname: string;
  href: string;
  pathname: string;
  search: string;
  readonly origin: string;
  readonly searchParams: URLSearchParams;
  toString(): string;
}
declare const URL: { prototype: URL; new (url: string | URL, base?: string | URL): URL };
interface URLSearchParams extends Iterable<[string, string]> {
  get(name: string): string | null;
  getAll(name: string): string[];
  has(name: string): boolean;
  set(name: string, value: string): void;
  append(name: string, value: string): void;
  delete(name: string): void;
}
declare const URLSearchParams: {
  prototype: URLSearchParams;
  new (from?: string | Record<string, string> | string[][]): URLSearchParams;
};

interface EventInit {
  bubbles?: boolean;
  cancelable?: boolean;
}
interface Event {
  readonly type: string;
  readonly target: EventTarget | null;
  readonly currentTarget: EventTarget | null;
  readonly timeStamp: number;
  preventDefault(): void;
  stopPropagation(): void;
}
declare const Event: { prototype: Event; new (type: string, options?: EventInit): Event };
interface CustomEvent<T = any> extends Event {
  readonly detail: T;
}
type Listener = ((event: any) => void) | { handleEvent(event: any): void };
interface EventTarget {
  addEventListener(type: string, listener: Listener | null, options?: any): void;
  removeEventListener(type: string, listener: Listener | null, options?: any): void;
  dispatchEvent(event: Event): boolean;
}
declare const EventTarget: { prototype: EventTarget; new (): EventTarget };

interface AbortSignal extends EventTarget {
  readonly aborted: boolean;
  readonly reason: any;
  throwIfAborted(): void;
}
declare const AbortSignal: {
  prototype: AbortSignal;
  abort(reason?: any): AbortSignal;
  any(signals: AbortSignal[]): AbortSignal;
  timeout(ms: number): AbortSignal;
};
interface AbortController {
  readonly signal: AbortSignal;
  abort(reason?: any): void;
}
declare const AbortController: { prototype: AbortController; new (): AbortController };

interface ImageData {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}
declare const ImageData: {
  prototype: ImageData;
  new (width: number, height: number): ImageData;
  new (data: Uint8ClampedArray, width: number, height?: number): ImageData;
};
interface ImageBitmap {
  readonly width: number;
  readonly height: number;
  close(): void;
}
declare function createImageBitmap(
  image: Blob | ImageData | ImageBitmap | OffscreenCanvas,
  options?: any,
): Promise<ImageBitmap>;

interface OffscreenCanvas extends EventTarget {
  width: number;
  height: number;
  getContext(kind: "2d", options?: any): CanvasRenderingContext2D | null;
  getContext(kind: "webgl2" | "webgl" | "bitmaprenderer", options?: any): any;
  convertToBlob(options?: { type?: string; quality?: number }): Promise<Blob>;
  transferToImageBitmap(): ImageBitmap;
}
declare const OffscreenCanvas: {
  prototype: OffscreenCanvas;
  new (width: number, height: number): OffscreenCanvas;
};
interface CanvasPath {
  arc(x: number, y: number, radius: number, start: number, end: number, back?: boolean): void;
  arcTo(x1: number, y1: number, x2: number, y2: number, radius: number): void;
  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void;
  closePath(): void;
  ellipse(
    x: number,
    y: number,
    radiusX: number,
    radiusY: number,
    rotation: number,
    start: number,
    end: number,
    back?: boolean,
  ): void;
  lineTo(x: number, y: number): void;
  moveTo(x: number, y: number): void;
  quadraticCurveTo(x1: number, y1: number, x: number, y: number): void;
  rect(x: number, y: number, width: number, height: number): void;
}
interface CanvasRenderingContext2D extends CanvasPath {
  readonly canvas: OffscreenCanvas;
  fillStyle: any;
  strokeStyle: any;
  font: string;
  globalAlpha: number;
  globalCompositeOperation: string;
  imageSmoothingEnabled: boolean;
  lineCap: "butt" | "round" | "square";
  lineJoin: "bevel" | "miter" | "round";
  lineWidth: number;
  textAlign: "center" | "end" | "left" | "right" | "start";
  textBaseline: "alphabetic" | "bottom" | "hanging" | "ideographic" | "middle" | "top";
  beginPath(): void;
  clearRect(x: number, y: number, width: number, height: number): void;
  clip(): void;
  createImageData(width: number, height: number): ImageData;
  createLinearGradient(x0: number, y0: number, x1: number, y1: number): any;
  drawImage(image: ImageBitmap | OffscreenCanvas, x: number, y: number, ...rest: number[]): void;
  fill(): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number, maxWidth?: number): void;
  getImageData(x: number, y: number, width: number, height: number): ImageData;
  measureText(text: string): { readonly width: number };
  putImageData(data: ImageData, x: number, y: number): void;
  restore(): void;
  rotate(angle: number): void;
  save(): void;
  scale(x: number, y: number): void;
  setLineDash(segments: number[]): void;
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void;
  stroke(): void;
  strokeRect(x: number, y: number, width: number, height: number): void;
  strokeText(text: string, x: number, y: number, maxWidth?: number): void;
  translate(x: number, y: number): void;
}
