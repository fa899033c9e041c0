/** One thing that a menu offers to do. */
import type { Component } from "svelte";
import type { SVGAttributes } from "svelte/elements";

export interface MenuEntry {
  readonly words: string;
  readonly icon?: Component<SVGAttributes<SVGSVGElement>>;
  /** The key that does the same, as it is written on the key. */
  readonly keys?: string;
  readonly disabled?: boolean;
  /** It takes something away. */
  readonly harm?: boolean;
  readonly act: () => void;
}
