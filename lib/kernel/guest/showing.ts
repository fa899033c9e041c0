/** What "ensemble" offers for showing things: `display`, `md`, `html`, `svg` and `confusionMatrix`. */
import type { GuestModule } from "../capability.ts";
import { matrixBundle } from "../outputs.ts";
import { countConfusion } from "../outputs/confusion.ts";
import { html, md, svg } from "../outputs/markup.ts";
import { shownAs } from "../outputs/shows.ts";

export const showingGuest: GuestModule = (guest) => ({
  /** Shows a value under the cell; with an `id` it takes the place of what was shown with it before. */
  display: (value: unknown, options?: { id?: string }) => guest.display(value, options),
  md,
  html,
  svg,
  /** Which class was taken for which, as a picture; `.counts` and `.labels` hold the numbers. */
  confusionMatrix: (...args: Parameters<typeof countConfusion>) => {
    const matrix = countConfusion(...args);
    return { ...matrix, [shownAs]: () => matrixBundle(matrix) };
  },
});
