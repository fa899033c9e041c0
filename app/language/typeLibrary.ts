/** The declarations that cells are read against, as one value: texts by path, and where the names of packages lead. */

export interface TypeLibrary {
  /** Texts by absolute path. */
  readonly files: Readonly<Record<string, string>>;
  /** What stands after `from`, where it is no path: the file that it means. */
  readonly packages: Readonly<Record<string, string>>;
}

/** Where the language's own declarations lie. */
export const LANGUAGE_FOLDER = "/lib/";
/** The root of the language's own declarations. */
export const LANGUAGE = "lib.es2023.d.ts";
/** Where ours lie: what a worker has, and what "ensemble" is. */
export const OWN_FOLDER = "/ensemble/";
/**
 * Where the packages' lie. Not "node_modules": under that name TypeScript would look for a package.json beside
 * each of their files whenever a cell changes.
 */
export const PACKAGES_FOLDER = "/packages/";
