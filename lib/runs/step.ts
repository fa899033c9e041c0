/** The steps that a person counts in a loop of their own. */

export function checkedStep(step: number): number {
  if (!Number.isSafeInteger(step) || step < 0)
    throw new Error(`A step counts up from 0, and ${step} is not a whole number from 0 on.`);
  return step;
}
