import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { swapRandom } from "../platform/browser/workerWorld.ts";
import { type Capture, captureTraining } from "./captureTraining.ts";

let capture: Capture;
beforeAll(async () => {
  await tf.setBackend("cpu");
  capture = captureTraining(tf, {
    ...{ swapRandom, now: () => 0, isOn: () => true },
    ...{ told: () => undefined, stepping: () => undefined, holding: () => undefined },
  });
});

describe("a step that a cell captures", () => {
  it("does without WebGPU what it does by itself, with what it is given or what it was", () => {
    const [two, three] = [tf.scalar(2), tf.scalar(3)];
    const step = capture((one: tf.Scalar, other: tf.Scalar) => one.mul(other), {
      inputs: [two, two],
    });
    expect(step().dataSync()[0]).toBe(4);
    expect(step(two, three).dataSync()[0]).toBe(6);
  });

  it("is a function, or an error says how to write it", () => {
    expect(() => capture(tf.scalar(1) as never)).toThrow("capture() takes a function");
  });
});
