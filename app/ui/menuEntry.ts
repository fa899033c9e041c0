/** One thing that a menu offers to do. */
import type { LucideProps } from "@lucide/svelte";
import type { Component } from "svelte";

export interface MenuEntry {
  readonly words: string;
  readonly icon?: Component<LucideProps>;
  /** The key that does the same, as it is written on the key. */
  readonly keys?: string;
  readonly disabled?: boolean;
  /** What it is, in a sentence under its words. */
  readonly about?: string;
  /** It is a switch, and stands so; the menu stays open. */
  readonly checked?: boolean;
  /** It takes something away. */
  readonly harm?: boolean;
  readonly act: () => void;
}
