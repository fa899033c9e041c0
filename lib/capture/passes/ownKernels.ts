/**
 * Puts kernels in which no invocation waits for another in the place of TensorFlow.js's, which share memory and wait: what
 * is quick on a device that computes with a processor. They give the same bits.
 */
import type { Arithmetic } from "../arithmetic.ts";
import type { Command } from "../graph.ts";
import { filterGradientKernel } from "../kernels/filterGradient.ts";
import { convolutionKernel, inputGradientKernel } from "../kernels/pixels.ts";
import { productKernel, reducedProductKernel } from "../kernels/product.ts";
import { rowSumsKernel, softmaxKernel, transposeKernel } from "../kernels/rows.ts";
import type { Written } from "../kernels/written.ts";

export function withOwnKernels(commands: readonly Command[]): Command[] {
  return commands.map((command) =>
    command.arithmetic ? { ...command, ...kernelOf(command.arithmetic) } : command,
  );
}

function kernelOf(arithmetic: Arithmetic): Written {
  switch (arithmetic.kind) {
    case "product":
      return productKernel(arithmetic);
    case "reducedProduct":
      return reducedProductKernel(arithmetic);
    case "convolution":
      return convolutionKernel(arithmetic);
    case "inputGradient":
      return inputGradientKernel(arithmetic);
    case "filterGradient":
      return filterGradientKernel(arithmetic);
    case "rowSums":
      return rowSumsKernel(arithmetic);
    case "softmax":
      return softmaxKernel(arithmetic);
    case "transpose":
      return transposeKernel(arithmetic);
  }
}
