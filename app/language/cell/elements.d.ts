/**
 * What the packages' declarations speak of and a cell cannot make itself: the elements that Plot and d3 draw, and
 * names of a page, its network and its graphics card. Types alone, so that no cell is offered what it has not.
 */
interface Node extends EventTarget {
  readonly nodeName: string;
  readonly parentNode: Node | null;
  readonly childNodes: NodeListOf<Node>;
  readonly firstChild: Node | null;
  readonly ownerDocument: Document | null;
  textContent: string | null;
  appendChild<T extends Node>(node: T): T;
  cloneNode(deep?: boolean): Node;
  insertBefore<T extends Node>(node: T, before: Node | null): T;
  removeChild<T extends Node>(node: T): T;
}
interface NodeListOf<T> extends Iterable<T> {
  readonly length: number;
  readonly [index: number]: T;
  item(index: number): T | null;
  forEach(act: (node: T, index: number) => void): void;
}
interface Element extends Node {
  readonly tagName: string;
  id: string;
  className: string;
  innerHTML: string;
  outerHTML: string;
  readonly children: Iterable<Element> & { readonly length: number; readonly [i: number]: Element };
  append(...nodes: (Node | string)[]): void;
  prepend(...nodes: (Node | string)[]): void;
  remove(): void;
  replaceChildren(...nodes: (Node | string)[]): void;
  getAttribute(name: string): string | null;
  hasAttribute(name: string): boolean;
  removeAttribute(name: string): void;
  setAttribute(name: string, value: string): void;
  querySelector<T extends Element = Element>(selector: string): T | null;
  querySelectorAll<T extends Element = Element>(selector: string): NodeListOf<T>;
}
interface CSSStyleDeclaration {
  [property: string]: any;
  setProperty(name: string, value: string | null, priority?: string): void;
}
interface HTMLElement extends Element {
  readonly style: CSSStyleDeclaration;
  title: string;
}
interface SVGElement extends Element {
  readonly style: CSSStyleDeclaration;
}
interface SVGSVGElement extends SVGElement {
  readonly width: any;
  readonly height: any;
}
interface SVGGElement extends SVGElement {}
interface SVGMarkerElement extends SVGElement {}
interface Document extends Node {
  readonly body: HTMLElement;
  createElement(name: string): HTMLElement;
  createElementNS(namespace: string | null, name: string): Element;
  createTextNode(text: string): Node;
}
interface XMLDocument extends Document {}
interface Window extends EventTarget {
  readonly document: Document;
}

interface HTMLImageElement extends HTMLElement {
  width: number;
  height: number;
}
interface HTMLVideoElement extends HTMLElement {
  width: number;
  height: number;
}
interface HTMLSourceElement extends HTMLElement {}
interface HTMLCanvasElement extends HTMLElement {
  width: number;
  height: number;
}
interface MediaTrackConstraints {}

interface ElementTagNameMap {
  a: HTMLElement;
  canvas: HTMLCanvasElement;
  div: HTMLElement;
  g: SVGGElement;
  p: HTMLElement;
  path: SVGElement;
  span: HTMLElement;
  svg: SVGSVGElement;
}
interface WheelEvent extends Event {
  readonly deltaX: number;
  readonly deltaY: number;
  readonly deltaMode: number;
  readonly ctrlKey: boolean;
}
interface AddEventListenerOptions {
  capture?: boolean;
  once?: boolean;
  passive?: boolean;
}
interface WindowEventMap {}
interface DocumentEventMap {}
interface ElementEventMap {}
interface HTMLElementEventMap {}
interface SVGElementEventMap {}
interface GlobalEventHandlersEventMap {}

interface Response {}
interface RequestInit {}
type RequestInfo = string;
interface IDBFactory {}
interface Storage {}

interface GPUBuffer {
  readonly size: number;
  destroy(): void;
}
interface WebGLContextAttributes {}
interface WebGLRenderingContext {}
interface WebGL2RenderingContext {}
interface WebGLBuffer {}
interface WebGLFramebuffer {}
interface WebGLProgram {}
interface WebGLQuery {}
interface WebGLShader {}
interface WebGLSync {}
interface WebGLTexture {}
interface WebGLUniformLocation {}
interface WebGLVertexArrayObject {}
interface WebGLVertexArrayObjectOES {}
interface Long {}
