/**
 * Keeps what somebody reads where it is on the screen while cells above it grow, shrink, come and go: the browser's own
 * anchoring does not reach through this page, and some browsers have none. Knows cells only as elements.
 */

/** Pieces that can be held on to, from the smallest. */
const PIECES = ".part, .output, .well, .body, li";
const STEP = 24;

interface Anchor {
  readonly piece: Element;
  /** In the window, and on the page. */
  readonly top: number;
  readonly at: number;
}

/** `own`: whether it was this person who made the cell show what it shows. Gives back how to stop. */
export function holdPlace(list: HTMLElement, own: (cell: string) => boolean): () => void {
  /** What stands at the top edge of the window, and all that it is part of. */
  let anchors: readonly Anchor[] = [];
  /** The cell that this person types into. */
  let typing: Anchor | undefined;

  const note = (): void => {
    anchors = piecesAtTop(list).map(anchorOf);
    const focused = document.activeElement?.closest(".cm-editor")?.closest("li");
    typing = focused && list.contains(focused) && isSeen(focused) ? anchorOf(focused) : undefined;
  };
  const hold = (held: Anchor | undefined): void => {
    if (!held || scrollY < 1 || list.offsetHeight === 0) return; // it may be hidden
    const moved = held.piece.getBoundingClientRect().top - held.top;
    if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: "instant" });
  };
  const held = (): Anchor | undefined => anchors.find(({ piece }) => piece.isConnected);
  const scrolled = (): void => {
    const now = held();
    // A page that got shorter scrolls by itself, and tells of that before it tells of sizes: nobody asked for it.
    if (now && Math.abs(anchorOf(now.piece).at - now.at) >= 1) hold(now);
    note();
  };
  const sizes = new ResizeObserver((entries) => {
    const others = !entries.some(({ target }) => {
      const cell = cellIn(target);
      return cell !== undefined && own(cell);
    });
    hold(others && typing?.piece.isConnected === true ? typing : held());
    note();
  });
  const items = list.querySelector("ol") ?? list;
  const watch = (): void => {
    for (const item of items.children) sizes.observe(item);
    sizes.observe(list);
  };
  const changes = new MutationObserver(watch);
  changes.observe(items, { childList: true });
  watch();
  addEventListener("scroll", scrolled, { passive: true });
  list.addEventListener("focusin", note);
  note();
  return () => {
    changes.disconnect();
    sizes.disconnect();
    removeEventListener("scroll", scrolled);
    list.removeEventListener("focusin", note);
  };
}

/** The smallest piece at the top edge first, under the bars that stay there. */
function piecesAtTop(list: HTMLElement): Element[] {
  const box = list.getBoundingClientRect();
  const padding = Number.parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop);
  const from = Math.max(box.top, Number.isFinite(padding) ? padding : 0) + 2;
  for (let y = from; y < Math.min(innerHeight, box.bottom); y += STEP) {
    const met = document.elementFromPoint(box.left + box.width / 2, y);
    const pieces: Element[] = [];
    for (
      let piece = met?.closest(PIECES);
      piece && list.contains(piece);
      piece = piece.parentElement?.closest(PIECES)
    )
      pieces.push(piece);
    if (pieces.length > 0) return pieces;
  }
  return [];
}

function anchorOf(piece: Element): Anchor {
  const { top } = piece.getBoundingClientRect();
  return { piece, top, at: top + scrollY };
}

function isSeen(piece: Element): boolean {
  const { top, bottom } = piece.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

function cellIn(item: Element): string | undefined {
  return item.querySelector<HTMLElement>(":scope > [data-cell]")?.dataset["cell"];
}
