/**
 * All cells of a notebook as one TypeScript program: each cell is a module that exports what it declares and
 * imports what it may mean of the others'. Knows nothing of editors and workers; it only ever reads the code.
 */
import ts from "typescript";
import { type CellNames, prefixOf, readNames } from "./cellText.ts";
import {
  LANGUAGE,
  LANGUAGE_FOLDER,
  OWN_FOLDER,
  PACKAGES_FOLDER,
  type TypeLibrary,
} from "./typeLibrary.ts";

/**
 * Strict where that finds mistakes, lenient where it would nag: in a notebook nobody catches by type, or cares
 * about a label that nothing jumps to. That a parameter has no type is silenced where mistakes are told (check.ts),
 * and not here: without that option an empty list could never be added to.
 */
const options: ts.CompilerOptions = {
  strict: true,
  noImplicitThis: false,
  useUnknownInCatchVariables: false,
  strictPropertyInitialization: false,
  allowUnreachableCode: true,
  allowUnusedLabels: true,
  // What the kernel runs: modules with await at their top level, in today's JavaScript.
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  // A package is what it says it is: looking whether it could be called as a function takes long.
  esModuleInterop: false,
  lib: [LANGUAGE],
  types: [],
  noEmit: true,
};

const DATASETS = `${OWN_FOLDER}datasets.d.ts`;
/** What every cell sees without importing it. */
const GLOBALS = ["worker.d.ts", "elements.d.ts"].map((name) => OWN_FOLDER + name);

export interface CellSource {
  readonly id: string;
  readonly source: string;
}

/** A cell's module: where its text begins in it, and where it came from. */
interface CellFile {
  readonly id: string;
  readonly path: string;
  readonly source: string;
  readonly names: CellNames;
  prefix: string;
  text: string;
  version: number;
  snapshot: ts.IScriptSnapshot;
}

export class CellProgram {
  readonly service: ts.LanguageService;
  readonly #library: TypeLibrary;
  readonly #options: ts.CompilerOptions;
  readonly #snapshots = new Map<string, ts.IScriptSnapshot>();
  #cells = new Map<string, CellFile>();
  /** Ids are members' words, and no names for files: each is given one. */
  #files = new Map<string, CellFile>();
  #made = 0;
  #datasets: { text: string; version: number };
  /** The cell in which somebody writes: it sees all names, and not only those that it uses already. */
  #open: string | undefined;
  #version = 0;
  #ensemble: readonly string[] | undefined;

  /** `checkingLibrary`: what is wrong in the declarations themselves counts too. */
  constructor(library: TypeLibrary, checkingLibrary = false) {
    this.#library = library;
    this.#options = {
      ...options,
      skipLibCheck: !checkingLibrary,
      skipDefaultLibCheck: true,
    };
    this.#datasets = { text: library.files[DATASETS] ?? "", version: 0 };
    this.service = ts.createLanguageService(this.#host(), ts.createDocumentRegistry());
  }

  get program(): ts.Program {
    const program = this.service.getProgram();
    if (!program) throw new Error("the language service has no program");
    return program;
  }

  /** The cells of the notebook as they are now, in reading order. */
  setCells(cells: readonly CellSource[]): void {
    const before = this.#cells;
    this.#cells = new Map(
      cells.map(({ id, source }) => {
        const known = before.get(id);
        return [id, known?.source === source ? known : this.#fresh(id, source, known)];
      }),
    );
    this.#files = new Map([...this.#cells.values()].map((cell) => [cell.path, cell]));
    this.#link();
  }

  open(id: string): void {
    if (this.#open === id) return;
    this.#open = id;
    this.#link();
  }

  /** The declaration of the workspace's datasets: see datasetTypes.ts. */
  setDatasets(text: string): void {
    if (text !== this.#datasets.text)
      this.#datasets = { text, version: this.#datasets.version + 1 };
    this.#snapshots.delete(DATASETS);
  }

  source(id: string): string | undefined {
    return this.#cells.get(id)?.source;
  }

  /** The cell's module. */
  pathOf(id: string): string {
    return this.#cells.get(id)?.path ?? "/cells/none.ts";
  }

  /** How far the cell's text stands from the beginning of its module. */
  offsetOf(id: string): number {
    return this.#cells.get(id)?.prefix.length ?? 0;
  }

  /** The cell that this module is of. */
  cellAt(path: string): string | undefined {
    return this.#files.get(path)?.id;
  }

  /** The cell that declares a name for the others: the first one, where two do. */
  definerOf(name: string, except: string): string | undefined {
    for (const { id, names } of this.#cells.values())
      if (id !== except && names.shared.includes(name)) return id;
    return undefined;
  }

  /** What "ensemble" offers: the functions of its declaration. */
  get ensemble(): readonly string[] {
    this.#ensemble ??= [
      ...(this.#library.files[`${OWN_FOLDER}ensemble.d.ts`] ?? "").matchAll(
        /^export (?:declare )?(?:function|const) (\w+)/gm,
      ),
    ].map(([, name = ""]) => name);
    this.#ensemble = [...new Set(this.#ensemble)];
    return this.#ensemble;
  }

  #fresh(id: string, source: string, known: CellFile | undefined): CellFile {
    return {
      id,
      path: known?.path ?? `/cells/${++this.#made}.ts`,
      source,
      names: readNames(source),
      prefix: known?.prefix ?? "",
      text: "",
      version: 0, // until it is linked, as all are that are set
      snapshot: ts.ScriptSnapshot.fromString(""),
    };
  }

  /** Says to every cell what it exports and takes; one that says the same as before keeps its version. */
  #link(): void {
    const definers = new Map<string, string>();
    for (const { id, names } of this.#cells.values())
      for (const name of names.shared) if (!definers.has(name)) definers.set(name, id);
    for (const cell of this.#cells.values()) {
      cell.prefix = prefixOf(cell.names.shared, this.#importsOf(cell, definers));
      const text = cell.prefix + cell.source;
      if (text === cell.text) continue;
      cell.text = text;
      cell.version = ++this.#version;
      cell.snapshot = ts.ScriptSnapshot.fromString(text);
    }
  }

  #importsOf(
    { id, names }: CellFile,
    definers: ReadonlyMap<string, string>,
  ): Map<string, readonly string[]> {
    const imports = new Map<string, string[]>();
    const take = (name: string, from: string): void => {
      if (from === id || names.declared.has(name)) return;
      const path = this.pathOf(from);
      imports.set(path, [...(imports.get(path) ?? []), name]);
    };
    if (id === this.#open) for (const [name, from] of definers) take(name, from);
    else
      for (const word of names.words) {
        const from = definers.get(word);
        if (from !== undefined) take(word, from);
      }
    return imports;
  }

  #host(): ts.LanguageServiceHost {
    const { files, packages } = this.#library;
    const textOf = (path: string): string | undefined =>
      path === DATASETS ? this.#datasets.text : files[path];
    const exists = (path: string): boolean => this.#files.has(path) || textOf(path) !== undefined;
    return {
      getCompilationSettings: () => this.#options,
      getScriptFileNames: () => [...GLOBALS, ...this.#files.keys()],
      getScriptVersion: (path) =>
        String(this.#files.get(path)?.version ?? (path === DATASETS ? this.#datasets.version : 0)),
      getScriptSnapshot: (path) => {
        const known = this.#files.get(path)?.snapshot ?? this.#snapshots.get(path);
        if (known) return known;
        const text = textOf(path);
        if (text === undefined) return undefined;
        const made = ts.ScriptSnapshot.fromString(text);
        this.#snapshots.set(path, made);
        return made;
      },
      getCurrentDirectory: () => "/",
      getDefaultLibFileName: () => LANGUAGE_FOLDER + LANGUAGE,
      fileExists: exists,
      readFile: textOf,
      directoryExists: () => true,
      useCaseSensitiveFileNames: () => true,
      resolveModuleNameLiterals: (literals, from) =>
        literals.map(({ text }) => {
          const path = resolve(text, from, packages, exists);
          return {
            resolvedModule:
              path === undefined
                ? undefined
                : {
                    resolvedFileName: path,
                    extension: path.endsWith(".d.ts") ? ts.Extension.Dts : ts.Extension.Ts,
                    isExternalLibraryImport: path.startsWith(PACKAGES_FOLDER),
                  },
          };
        }),
    };
  }
}

function resolve(
  specifier: string,
  from: string,
  packages: TypeLibrary["packages"],
  exists: (path: string) => boolean,
): string | undefined {
  if (specifier.startsWith("/cells/")) return exists(specifier) ? specifier : undefined;
  if (!specifier.startsWith(".")) return packages[specifier];
  const path = new URL(specifier, `file://${from}`).pathname.replace(/\.js$/, "");
  return [`${path}.d.ts`, `${path.replace(/\/$/, "")}/index.d.ts`].find(exists);
}
