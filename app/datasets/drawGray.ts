/** Paints one gray image, a byte for each pixel, onto a canvas of its size. */
export function drawGray(canvas: HTMLCanvasElement, bytes: Uint8Array): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const picture = context.createImageData(canvas.width, canvas.height);
  bytes.forEach((byte, i) => picture.data.set([byte, byte, byte, 255], i * 4));
  context.putImageData(picture, 0, 0);
}
