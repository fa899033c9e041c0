/** Counts the dispatches of a realm, whoever asks for them. */

let count = 0;

export function dispatched(): number {
  return count;
}

/** Counts every one from here on, which takes less than a hundredth of what a dispatch takes. */
export function countDispatches(): void {
  const { prototype } = GPUComputePassEncoder;
  const counting =
    <Args extends unknown[]>(dispatch: (...args: Args) => undefined) =>
    (self: GPUComputePassEncoder, args: Args): undefined => {
      count++;
      return dispatch.apply(self, args);
    };
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the pass again
  const counted = counting(prototype.dispatchWorkgroups);
  prototype.dispatchWorkgroups = function (...args) {
    return counted(this, args);
  };
}
