/**
 * What a model and its optimizer hold, taken and brought back to the bit. An optimizer's own `setWeights` is not enough:
 * Adam would compute its powers of beta anew, with other last bits; so its variables are taken as they are.
 */
import type * as tf from "@tensorflow/tfjs";
import type { Dtype, Numbers, StoredArray, TrainingState } from "./checkpointFile.ts";

type Tf = typeof tf;
/** What can be kept: a model, or the variables of a hand-written one. */
export type Trainable =
  tf.LayersModel | tf.Variable | readonly tf.Variable[] | Readonly<Record<string, tf.Variable>>;
export type Weights = Pick<TrainingState, "weights" | "slots" | "numbers" | "optimizer">;

interface Slot {
  readonly originalName: string;
  readonly variable: tf.Variable;
}

/** Handles on everything as it is at this moment: training may go on at once, while they are read. */
export function holdWeights(
  tf: Tf,
  model: Trainable,
  optimizer: tf.Optimizer | undefined,
): () => Promise<Weights> {
  const variables = variablesOf(tf, model);
  const slots = optimizer ? slotsOf(tf, optimizer) : [];
  const all = [...variables, ...slots.map(([, one]) => one)];
  const held = all.map((one) => tf.keep(tf.tidy(() => tf.clone(one))));
  const names = [...variables.map((one) => one.name), ...slots.map(([name]) => name)];
  const numbers = optimizer ? numbersOf(optimizer) : {};
  return async () => {
    try {
      const read = await readAll(tf, held);
      const arrays = read.map((values, i): StoredArray => {
        const { shape, dtype } = held[i] as tf.Tensor;
        return { name: names[i] ?? "", shape, dtype: dtype as Dtype, values };
      });
      return {
        weights: arrays.slice(0, variables.length),
        slots: arrays.slice(variables.length),
        numbers,
        optimizer: optimizer?.getClassName() ?? "",
      };
    } finally {
      tf.dispose(held);
    }
  };
}

/** Throws an Error fit to read where the state is another model's, and then changes nothing. */
export function bringBack(
  tf: Tf,
  model: Trainable,
  optimizer: tf.Optimizer | undefined,
  state: Weights,
): void {
  const variables = variablesOf(tf, model);
  const mismatch = variables.findIndex((one, i) => !fits(one, state.weights[i]));
  if (variables.length !== state.weights.length || mismatch >= 0)
    throw new Error(
      `This checkpoint is of another model: it has ${shapesOf(state.weights)}, and this model ${shapesOf(variables)}.`,
    );
  if (optimizer && state.optimizer !== "" && optimizer.getClassName() !== state.optimizer)
    throw new Error(
      `This checkpoint was made with the optimizer ${state.optimizer}, and this is ${optimizer.getClassName()}.`,
    );
  variables.forEach((one, i) => assign(tf, one, state.weights[i] as StoredArray));
  if (optimizer && state.optimizer !== "") bringBackOptimizer(tf, optimizer, state);
}

function variablesOf(tf: Tf, model: Trainable): tf.Variable[] {
  if (model instanceof tf.Variable) return [model];
  if (Array.isArray(model)) return [...(model as readonly tf.Variable[])];
  if (!(model instanceof tf.LayersModel))
    return Object.values(model as Readonly<Record<string, tf.Variable>>);
  return model.weights.map((one) => (one as unknown as { readonly val: tf.Variable }).val);
}

/** An optimizer's variables by its fields: single ones, and lists with one for each weight, "field:name". */
function slotsOf(tf: Tf, optimizer: tf.Optimizer): [name: string, variable: tf.Variable][] {
  return Object.entries(optimizer).flatMap(([field, value]: [string, unknown]) => {
    if (isVariable(tf, value)) return [[field, value] as [string, tf.Variable]];
    if (!isSlots(tf, value)) return [];
    return value.map((one): [string, tf.Variable] => [
      `${field}:${one.originalName}`,
      one.variable,
    ]);
  });
}

function bringBackOptimizer(tf: Tf, optimizer: tf.Optimizer, state: Weights): void {
  const fields = optimizer as unknown as Record<string, unknown>;
  for (const [field, value] of Object.entries(fields)) {
    if (isVariable(tf, value)) {
      const stored = state.slots.find((one) => one.name === field);
      if (fits(value, stored)) assign(tf, value, stored);
    } else if (isSlots(tf, value)) {
      for (const one of value) one.variable.dispose();
      const of = `${field}:`;
      fields[field] = state.slots
        .filter((one) => one.name.startsWith(of))
        .map((stored): Slot => {
          const tensor = tensorOf(tf, stored);
          const variable = tf.variable(tensor, false);
          tensor.dispose();
          return { originalName: stored.name.slice(of.length), variable };
        });
    }
  }
  for (const [key, number] of Object.entries(state.numbers)) {
    if (fields[key] === number || typeof (fields[key] ?? 0) !== "number") continue;
    const setRate = fields["setLearningRate"];
    if (key === "learningRate" && typeof setRate === "function") setRate.call(optimizer, number);
    else fields[key] = number;
  }
}

function isVariable(tf: Tf, value: unknown): value is tf.Variable {
  return value instanceof tf.Variable;
}

/** An empty list is one too: before the first step an optimizer has none of its slots. */
function isSlots(tf: Tf, value: unknown): value is readonly Slot[] {
  if (!Array.isArray(value)) return false;
  return (value as Partial<Slot>[]).every((one) => one?.variable instanceof tf.Variable);
}

function numbersOf(optimizer: tf.Optimizer): Record<string, number> {
  const numbers = Object.entries(optimizer).filter(
    (one): one is [string, number] => typeof one[1] === "number",
  );
  return Object.fromEntries(numbers);
}

/** Many small readings from a GPU cost more than one: what are floats is joined first. */
async function readAll(tf: Tf, held: readonly tf.Tensor[]): Promise<Numbers[]> {
  const floats = held.filter((one) => one.dtype === "float32");
  const rest = held.filter((one) => one.dtype !== "float32");
  const others = Promise.all(rest.map((one) => one.data()));
  const joined =
    floats.length > 0 ? tf.tidy(() => tf.concat(floats.map((one) => one.reshape([-1])))) : null;
  const all = (await joined?.data<"float32">()) ?? new Float32Array();
  joined?.dispose();
  const read = await others;
  let at = 0;
  return held.map((one) => {
    if (one.dtype !== "float32") return read[rest.indexOf(one)] as Numbers;
    return all.slice(at, (at += one.size));
  });
}

function fits(variable: tf.Variable, stored: StoredArray | undefined): stored is StoredArray {
  return stored?.dtype === variable.dtype && String(stored.shape) === String(variable.shape);
}

function assign(tf: Tf, variable: tf.Variable, stored: StoredArray): void {
  const tensor = tensorOf(tf, stored);
  variable.assign(tensor);
  tensor.dispose();
}

function tensorOf(tf: Tf, { values, shape, dtype }: StoredArray): tf.Tensor {
  return tf.tensor(values, [...shape], dtype);
}

function shapesOf(all: readonly { readonly shape: readonly number[] }[]): string {
  const words = all.slice(0, 4).map(({ shape }) => (shape.length === 0 ? "1" : shape.join("×")));
  const more = all.length > words.length ? ", …" : "";
  return `${all.length} arrays of weights (${words.join(", ")}${more})`;
}
