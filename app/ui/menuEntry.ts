/** One thing that a menu offers to do. */
import type { LucideProps } from "@lucide/svelte";
import type { Component } from "svelte";

export interface MenuEntry {
  readonly words: string;
  readonly icon?: Component<LucideProps>;
  /** The key that does the same, as it is written on the key. */
  readonly keys?: string;
  readonly disabled?: boolean;
  /** It takes something away. */
  readonly harm?: boolean;
  readonly act: () => void;
}
