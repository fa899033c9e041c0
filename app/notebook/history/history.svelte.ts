/**
 * The history of the notebook that is open, as far as the page has to know before anybody looks at it: which version
 * stands in the notebook's place, whether somebody wants to save one, and the ways there by key and palette.
 */
import HistoryIcon from "@lucide/svelte/icons/history";
import Save from "@lucide/svelte/icons/save";
import { tick } from "svelte";
import type { VersionId } from "../../../lib/base/ids.ts";
import type { Connection } from "../../../lib/workspace/session.ts";
import { toast } from "../../ui/toast.ts";
import { isCommand } from "../../workspace/commandKey.ts";
import { type PageCommand, offerCommands } from "../../workspace/pageCommands.ts";
import { isBeside } from "../panel/panelChoice.ts";
import type { PanelState } from "../panel/panelState.svelte.ts";
import { savedWords } from "./savedWords.ts";

export interface HistoryWorld {
  readonly panel: PanelState;
  readonly connection: () => Connection;
  readonly editable: () => boolean;
  /** The notebook itself is shown again: gives the focus back to it, without scrolling. */
  readonly onback: () => void;
}

export class NotebookHistory {
  readonly #world: HistoryWorld;
  #shown = $state.raw<VersionId>();
  #wantsToSave = $state(false);
  #scroll = 0;
  #untell: (() => void) | undefined;

  /** Made with its page, and at its command as long as that is there. */
  constructor(world: HistoryWorld) {
    this.#world = world;
    $effect(() => offerCommands(this.#commands()));
    $effect(() => {
      const pressed = (event: KeyboardEvent): void => {
        if (!isCommand(event, "s")) return;
        event.preventDefault();
        this.tellSaved();
      };
      addEventListener("keydown", pressed);
      return () => removeEventListener("keydown", pressed);
    });
  }

  #commands(): readonly PageCommand[] {
    const show = {
      key: "history",
      words: "Show the history",
      icon: HistoryIcon,
      act: () => this.#world.panel.open("history"),
    };
    const save = {
      key: "save-version",
      words: "Save version…",
      icon: Save,
      act: () => this.askToSave(),
    };
    return this.#world.editable() ? [save, show] : [show];
  }

  /** The version that stands in the notebook's place; undefined while that is the notebook itself. */
  get shown(): VersionId | undefined {
    return this.#shown;
  }

  /** Somebody wants to give a name to what is there now: the field for it takes the focus when it is here. */
  get wantsToSave(): boolean {
    return this.#wantsToSave;
  }

  show(version: VersionId): void {
    if (this.#shown === undefined) this.#scroll = scrollY;
    this.#shown = version;
    if (!isBeside()) this.#world.panel.open(undefined);
    void tick().then(() => scrollTo({ top: 0, behavior: "instant" }));
  }

  back(): void {
    if (this.#shown === undefined) return;
    this.#shown = undefined;
    void tick().then(() => {
      scrollTo({ top: this.#scroll, behavior: "instant" });
      this.#world.onback();
    });
  }

  askToSave(): void {
    this.#wantsToSave = true;
    this.#world.panel.open("history");
  }

  asked(): void {
    this.#wantsToSave = false;
  }

  /** Whoever presses the key for saving is told that it is done already, and that a state can be given a name. */
  tellSaved(): void {
    this.#untell?.();
    const editable = this.#world.editable();
    this.#untell = toast(
      savedWords(this.#world.connection(), editable),
      editable ? { words: "Save version…", act: () => this.askToSave() } : undefined,
    );
  }
}
