/**
 * Which rows of a very long table are drawn. Rows have one height, so that place and row follow from one another;
 * past the height that browsers can scroll, the way is squeezed, so that its end is still the last row.
 */

/** Chromium and Firefox stop at 33 and 17 million pixels. */
const TALLEST = 15_000_000;
/** Rows drawn beyond what is seen, so that scrolling meets rows and not paper. */
const SPARE = 8;

export interface RowWindow {
  /** The first row drawn, and the one after the last. */
  readonly start: number;
  readonly end: number;
  /** Heights of what is not drawn, above and below, in pixels. */
  readonly above: number;
  readonly below: number;
  /** The first and last row that can be seen, from 0. */
  readonly firstSeen: number;
  readonly lastSeen: number;
}

export function rowWindow(
  rows: number,
  rowHeight: number,
  scrollTop: number,
  viewHeight: number,
): RowWindow {
  const full = rows * rowHeight;
  const tall = Math.min(full, TALLEST);
  const seen = Math.max(1, Math.ceil(viewHeight / rowHeight));
  const way = Math.max(0, tall - viewHeight);
  const far = way === 0 ? 0 : Math.min(1, Math.max(0, scrollTop / way));
  const top = tall < full ? far * Math.max(0, full - viewHeight) : Math.min(scrollTop, way);
  const firstSeen = Math.min(Math.max(0, rows - 1), Math.floor(top / rowHeight));
  const lastSeen = Math.max(0, Math.min(rows, Math.floor((top + viewHeight) / rowHeight)) - 1);
  const start = Math.max(0, firstSeen - SPARE);
  const end = Math.min(rows, firstSeen + seen + SPARE);
  const drawn = (end - start) * rowHeight;
  // Where the drawn rows lie on the squeezed way, so that the first seen one is at the top of the view.
  const above = Math.max(0, Math.min(tall - drawn, scrollTop - (top - start * rowHeight)));
  return { start, end, above, below: Math.max(0, tall - above - drawn), firstSeen, lastSeen };
}

/** Where to scroll to for a row to be the first seen. */
export function scrollTopOf(
  row: number,
  rows: number,
  rowHeight: number,
  viewHeight: number,
): number {
  const full = rows * rowHeight;
  const wanted = row * rowHeight;
  if (full <= TALLEST || full <= viewHeight) return wanted;
  return (wanted / (full - viewHeight)) * (TALLEST - viewHeight);
}
