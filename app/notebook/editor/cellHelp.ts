/** What an editor of code asks about its text: a port, so that editors know nothing of workers and programs. */
import type { Explanation, Hover, SignatureHelp, Suggestions } from "../../language/answers.ts";
import type { Findings } from "../../language/notebookLanguage.ts";

/** Offsets are those of the text as it is now. Answers are undefined where there is nothing to say. */
export interface CellHelp {
  /** The editor has focus: what helps gets ready. */
  wake(): void;
  /** There is somebody to ask. */
  readonly ready: boolean;
  /** Calls once, as soon as there is; only the last caller's wish is kept. */
  whenReady(act: () => void): void;
  suggest(offset: number): Promise<Suggestions | undefined>;
  explain(offset: number, name: string): Promise<Explanation | undefined>;
  hover(offset: number): Promise<Hover | undefined>;
  signature(offset: number): Promise<SignatureHelp | undefined>;
  /** Goes to where a name is declared; false where that is in no cell. */
  goToDefinition(offset: number): Promise<boolean>;
  /** Tells what is wrong with the text, whenever that changes. */
  watch(tell: (found: Findings) => void): () => void;
  /** Where another cell stands on the page: "cell 3". */
  where(cell: string): string;
}
