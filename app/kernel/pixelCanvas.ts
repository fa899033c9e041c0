/**
 * As much of a canvas as Plot paints on: whole pictures of pixels, and rectangles of one colour. It gives a
 * PNG at once, which the worker's own canvas cannot.
 */
import { rgb } from "d3";
import { encodeBase64 } from "../../lib/base/base64.ts";
import { encodePng } from "../../lib/kernel/png.ts";

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

export class PixelCanvas {
  width = 300;
  height = 150;
  #data: Uint8ClampedArray | undefined;

  getContext(kind: string): PixelContext | null {
    return kind === "2d" ? new PixelContext(this) : null;
  }

  get pixels(): Uint8ClampedArray {
    const size = this.width * this.height * 4;
    if (this.#data?.length !== size) this.#data = new Uint8ClampedArray(size);
    return this.#data;
  }

  toDataURL(): string {
    const { width, height, pixels } = this;
    return `data:image/png;base64,${encodeBase64(encodePng({ width, height, channels: 4, pixels }))}`;
  }
}

class PixelContext {
  fillStyle = "black";
  readonly #canvas: PixelCanvas;

  constructor(canvas: PixelCanvas) {
    this.#canvas = canvas;
  }

  createImageData(width: number, height: number): Pixels {
    return { width, height, data: new Uint8ClampedArray(width * height * 4) };
  }

  putImageData(image: Pixels, left: number, top: number): void {
    const { width, height, pixels } = this.#canvas;
    const [from, to] = [Math.max(0, left), Math.min(width, left + image.width)];
    for (let y = Math.max(0, top); y < Math.min(height, top + image.height); y++) {
      const start = ((y - top) * image.width + from - left) * 4;
      pixels.set(image.data.subarray(start, start + (to - from) * 4), (y * width + from) * 4);
    }
  }

  fillRect(left: number, top: number, width: number, height: number): void {
    const { r, g, b, opacity } = rgb(this.fillStyle);
    const { data, ...size } = this.createImageData(width, height);
    for (let i = 0; i < data.length; i += 4) data.set([r, g, b, opacity * 255], i);
    this.putImageData({ ...size, data }, left, top);
  }
}
