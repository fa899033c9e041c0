/**
 * Outputs come from other people's cells through a shared document: here they become what a renderer can
 * count on, cut to a size that a page can bear, or undefined. Knows nothing of components.
 */
import { type Json, asArray, asNumber, asRecord, asString } from "../../../lib/base/json.ts";
import { MOST_IN_TABLE, MOST_ROWS as MOST_STORED_ROWS } from "../../../lib/datasets/shownTable.ts";
import { parseBlobManifest } from "../../../lib/document/blobManifest.ts";
import type {
  ConsoleOutput,
  ErrorOutput,
  MatrixOutput,
  ModelOutput,
  TableOutput,
  TensorOutput,
  TreeOutput,
} from "../../../lib/kernel/mime.ts";

const MOST_ROWS = 1_000;
const MOST_CHUNKS = 64;
const LONGEST_VALUE = 1_000;
const MOST_COLUMNS = 100;
const MOST_LABELS = 40;
const MOST_VALUES = 1000;
const MOST_FRAMES = 50;
const MOST_LAYERS = 500;
const MOST_NODES = 20_000;
const DEEPEST_TREE = 40;
const LONGEST_CELL = 400;
const LONGEST_TEXT = 100_000;
const LONGEST_MARKUP = 2_000_000;
const LONGEST_FILE = 4_000_000;

const columnTypes = ["number", "text", "boolean", "date", "other"] as const;
const reasons = ["too-much", "stopped", "not-kept"] as const;
const levels = ["log", "info", "warn", "error", "debug"] as const;

export function parseTable(value: unknown): TableOutput | undefined {
  const table = asRecord(value);
  if (!table || !Array.isArray(table["columns"]) || !Array.isArray(table["head"])) return undefined;
  const columns = asArray(table["columns"])
    .slice(0, MOST_COLUMNS)
    .map((one) => {
      const column = asRecord(one);
      return {
        name: cut(asString(column?.["name"]) ?? "", LONGEST_CELL),
        type: columnTypes.find((type) => type === column?.["type"]) ?? "other",
        ...optional("longest", asNumber(column?.["longest"])),
      };
    });
  const head = asArray(table["head"])
    .slice(0, MOST_ROWS)
    .map((row) => columns.map((_, i) => shortValue(asArray(row)[i] ?? null)));
  const whole = parseWhole(table["whole"]);
  const rows = Math.max(head.length, whole?.rows ?? 0, asNumber(table["rows"]) ?? 0);
  return {
    columns,
    head,
    rows,
    ...optional("width", asNumber(table["width"])),
    ...optional("whole", whole),
    ...optional(
      "missing",
      reasons.find((reason) => reason === table["missing"]),
    ),
  };
}

function parseWhole(value: unknown): TableOutput["whole"] {
  const whole = asRecord(value);
  const blob = parseBlobManifest(whole?.["blob"]);
  const rows = asNumber(whole?.["rows"]);
  if (!blob || rows === undefined || !Number.isSafeInteger(rows)) return undefined;
  const fits = blob.size <= MOST_IN_TABLE && blob.chunks.length <= MOST_CHUNKS;
  return fits && rows >= 0 && rows <= MOST_STORED_ROWS ? { rows, blob } : undefined;
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [name in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [name in Name]: Value });
}

export function parseMatrix(value: unknown): MatrixOutput | undefined {
  const matrix = asRecord(value);
  const labels = asArray(matrix?.["labels"]).map((label) => cut(textOf(label), LONGEST_CELL));
  if (labels.length === 0 || labels.length > MOST_LABELS) return undefined;
  const counts = asArray(matrix?.["counts"]);
  if (counts.length !== labels.length) return undefined;
  return {
    labels,
    counts: counts.map((row) => labels.map((_, i) => asNumber(asArray(row)[i]) ?? 0)),
  };
}

export function parseTensor(value: unknown): TensorOutput | undefined {
  const tensor = asRecord(value);
  const dtype = asString(tensor?.["dtype"]);
  if (!tensor || dtype === undefined || !Array.isArray(tensor["shape"])) return undefined;
  return {
    shape: asArray(tensor["shape"])
      .slice(0, 8)
      .map((size) => asNumber(size) ?? 0),
    dtype: cut(dtype, 20),
    values: asArray(tensor["values"]).slice(0, MOST_VALUES) as Json[],
    ...parseTensorExtras(tensor),
  };
}

function parseTensorExtras(
  tensor: Record<string, unknown>,
): Pick<TensorOutput, "columns" | "range" | "picture"> {
  const columns = asNumber(tensor["columns"]);
  const range = asRecord(tensor["range"]);
  const [min, max] = [asNumber(range?.["min"]), asNumber(range?.["max"])];
  const picture = asRecord(tensor["picture"]);
  const png = parsePng(picture?.["png"]);
  return {
    ...(columns !== undefined && Number.isInteger(columns) && columns > 0 ? { columns } : {}),
    ...(min !== undefined && max !== undefined
      ? { range: { min, max, odd: asNumber(range?.["odd"]) ?? 0 } }
      : {}),
    ...(png !== undefined
      ? {
          picture: {
            png,
            words: cut(asString(picture?.["words"]) ?? "", LONGEST_CELL),
            first: picture?.["first"] === true,
          },
        }
      : {}),
  };
}

export function parseModel(value: unknown): ModelOutput | undefined {
  const model = asRecord(value);
  if (!model || !Array.isArray(model["layers"])) return undefined;
  return {
    name: cut(asString(model["name"]) ?? "model", LONGEST_CELL),
    layers: asArray(model["layers"])
      .slice(0, MOST_LAYERS)
      .map((one) => {
        const layer = asRecord(one);
        const words = (key: string): string => cut(asString(layer?.[key]) ?? "", LONGEST_CELL);
        return {
          name: words("name"),
          type: words("type"),
          output: words("output"),
          params: asNumber(layer?.["params"]) ?? null,
          trainable: layer?.["trainable"] !== false,
        };
      }),
    params: asNumber(model["params"]) ?? null,
    trainable: asNumber(model["trainable"]) ?? null,
    compiled: cut(asString(model["compiled"]) ?? "", LONGEST_CELL),
  };
}

/** Of a tree that is too big the rest is left out; plain JSON is a tree as well. */
export function parseTree(value: unknown): TreeOutput | undefined {
  return treeNode(value, DEEPEST_TREE, { left: MOST_NODES });
}

function treeNode(value: unknown, depth: number, walk: { left: number }): TreeOutput | undefined {
  walk.left--;
  if (value === null || typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "string") return cut(value, LONGEST_TEXT);
  const branch = asRecord(value);
  const says = asString(branch?.["says"]);
  if (says !== undefined) return { says: cut(says, LONGEST_CELL) };
  const count = asNumber(branch?.["count"]);
  if (count === undefined || !Array.isArray(branch?.["of"])) return undefined;
  const parts: (readonly [string, TreeOutput])[] = [];
  for (const part of asArray(branch["of"])) {
    if (walk.left <= 0 || depth === 0) break;
    const node = treeNode(asArray(part)[1], depth - 1, walk);
    if (node === undefined) return undefined;
    parts.push([cut(asString(asArray(part)[0]) ?? "", LONGEST_CELL), node]);
  }
  return { is: cut(asString(branch["is"]) ?? "", 80), count, of: parts };
}

/** Plain JSON as such a tree. */
export function treeOfJson(value: Json): TreeOutput {
  return jsonNode(value, DEEPEST_TREE, { left: MOST_NODES });
}

function jsonNode(value: Json, depth: number, walk: { left: number }): TreeOutput {
  walk.left--;
  if (typeof value !== "object" || value === null)
    return typeof value === "string" ? cut(value, LONGEST_TEXT) : value;
  const entries: [string, Json][] = Object.entries(value);
  const named = !Array.isArray(value);
  const shown = depth === 0 ? [] : entries.slice(0, Math.max(0, walk.left));
  return {
    is: named ? "{}" : "",
    count: entries.length,
    of: shown.map(([key, one]) => [
      named ? cut(key, LONGEST_CELL) : "",
      jsonNode(one, depth - 1, walk),
    ]),
  };
}

export function parseError(value: unknown): ErrorOutput | undefined {
  const error = asRecord(value);
  if (!error) return undefined;
  const name = asString(error["name"]) ?? "Error";
  const message = asString(error["message"]) ?? "";
  return {
    name: cut(name, 80),
    message: cut(message === "" ? name : message, LONGEST_TEXT),
    line: lineNumber(error["line"]),
    column: lineNumber(error["column"]),
    stack: asArray(error["stack"])
      .slice(0, MOST_FRAMES)
      .flatMap((one) => {
        const frame = asRecord(one);
        const cell = asString(frame?.["cell"]);
        const line = lineNumber(frame?.["line"]);
        return cell === undefined || line === null
          ? []
          : [{ cell, line, column: lineNumber(frame?.["column"]) ?? 1 }];
      }),
  };
}

export function parseConsole(value: unknown): ConsoleOutput | undefined {
  const line = asRecord(value);
  const text = asString(line?.["text"]);
  if (text === undefined) return undefined;
  return {
    level: levels.find((level) => level === line?.["level"]) ?? "log",
    text: cut(text, LONGEST_TEXT),
  };
}

const BEGINNINGS = { jpeg: /^\/9j\//, webp: /^UklGR/, gif: /^R0lGOD/ };

/** A picture's file as the URL of an image, or undefined where it is not of this kind. */
export function parseFile(kind: keyof typeof BEGINNINGS, value: unknown): string | undefined {
  return typeof value === "string" &&
    value.length <= LONGEST_FILE &&
    BEGINNINGS[kind].test(value) &&
    /^[A-Za-z0-9+/]+={0,2}$/.test(value)
    ? `data:image/${kind};base64,${value}`
    : undefined;
}

/** The bytes of a PNG as base64, or undefined where it is something else. */
export function parsePng(value: unknown): string | undefined {
  return typeof value === "string" && /^iVBORw0KGgo[A-Za-z0-9+/]+={0,2}$/.test(value)
    ? value
    : undefined;
}

export function parseText(value: unknown): string | undefined {
  return typeof value === "string" ? cut(value, LONGEST_TEXT) : undefined;
}

/** SVG or HTML; half of it would be nonsense, so what is too long is refused. */
export function parseMarkup(value: unknown): string | undefined {
  return typeof value === "string" && value.length <= LONGEST_MARKUP ? value : undefined;
}

/** Any value in a few words, for one cell of a table. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "object" && value !== null) return cut(JSON.stringify(value), LONGEST_CELL);
  return String(value);
}

function lineNumber(value: unknown): number | null {
  const line = asNumber(value);
  return line !== undefined && Number.isInteger(line) && line > 0 ? line : null;
}

function shortValue(value: unknown): Json {
  return typeof value === "string" ? cut(value, LONGEST_VALUE) : (value as Json);
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
