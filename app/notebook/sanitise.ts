/**
 * What other people wrote, made harmless before it reaches the page: one purifier, three strictnesses.
 * Nothing here ever yields a script, a handler or a form; what may be styled is shown in isolation.
 */
import DOMPurify, { type Config } from "dompurify";

const PROSE_TAGS = [
  ..."a blockquote br code del em h1 h2 h3 h4 h5 h6 hr img li ol p pre s span strong sub sup".split(
    " ",
  ),
  ..."table tbody td th thead tr ul".split(" "),
];
const PROSE_ATTRIBUTES = "align alt class href src start title".split(" ");
const OWN_SCHEMES = /^(?:https?:|mailto:|#|\/(?!\/))/i;

const prose: Config = {
  ALLOWED_TAGS: PROSE_TAGS,
  ALLOWED_ATTR: PROSE_ATTRIBUTES,
  ADD_URI_SAFE_ATTR: ["align", "start"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|data:image\/(?:png|jpeg|gif|webp);|#|\/(?!\/))/i,
};

const frame: Config = {
  FORBID_TAGS: ["base", "button", "form", "iframe", "input", "link", "meta", "select", "textarea"],
  FORBID_ATTR: ["action", "formaction", "target"],
  ADD_TAGS: ["style"],
  FORCE_BODY: true,
};

const picture: Config = {
  USE_PROFILES: { svg: true, svgFilters: true },
  ADD_TAGS: ["style"],
  FORBID_TAGS: ["a", "foreignObject", "animate", "set"],
  RETURN_DOM: true,
};

/** Rendered Markdown as nodes that may stand in the page itself. Links lead out in a tab of their own. */
export function sanitiseProse(html: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(html, {
    ...prose,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const link of fragment.querySelectorAll("a[href]")) {
    const href = link.getAttribute("href") ?? "";
    if (!OWN_SCHEMES.test(href)) link.removeAttribute("href");
    else if (/^https?:/i.test(href)) {
      link.setAttribute("target", "_blank");
      link.setAttribute("rel", "noopener noreferrer");
    }
    link.classList.add("link");
  }
  return fragment;
}

/** HTML fit for a frame without scripts: it keeps its styles, which cannot leave the frame. */
export function sanitiseForFrame(html: string): string {
  return DOMPurify.sanitize(html, frame);
}

export interface Picture {
  /** Well-formed SVG text. */
  readonly svg: string;
  readonly width: number | null;
  readonly height: number | null;
  /** What the picture says it shows. */
  readonly label: string | null;
}

/** The inks of the theme, for a picture that is drawn with `currentColor`. */
export interface Inks {
  readonly ink: string;
  readonly paper: string;
}

/**
 * An SVG fit for an `<img>`, which can neither run nor load nor style anything. An image does not inherit the
 * page's colours, so they are written on its root; undefined where the text holds no svg element.
 */
export function sanitiseSvg(text: string, inks: Inks): Picture | undefined {
  const body = DOMPurify.sanitize(text, picture) as unknown as HTMLElement;
  const root = body.querySelector("svg");
  if (!root) return undefined;
  const style = root.getAttribute("style") ?? "";
  root.setAttribute(
    "style",
    `color: ${inks.ink}; --plot-background: ${inks.paper}; font-variant-numeric: tabular-nums; ${style}`,
  );
  if (!root.hasAttribute("fill")) root.setAttribute("fill", "currentColor");
  inkBlack(root);
  root.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const box = (root.getAttribute("viewBox") ?? "")
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  return {
    svg: new XMLSerializer().serializeToString(root),
    width: size(root.getAttribute("width")) ?? size(box[2]),
    height: size(root.getAttribute("height")) ?? size(box[3]),
    label: root.getAttribute("aria-label") ?? root.querySelector("title")?.textContent ?? null,
  };
}

const BLACK = /^(?:black|#000|#000000|rgb\(0, ?0, ?0\))$/i;
const WHITE = /^(?:white|#fff|#ffffff)$/i;

/** Black marks are drawn in the theme's ink, or they would vanish in the dark; unless the picture brings white paper. */
function inkBlack(root: SVGSVGElement): void {
  const painted = [...root.querySelectorAll("[fill], [stroke]")];
  if (painted.some((mark) => WHITE.test(mark.getAttribute("fill") ?? ""))) return;
  for (const mark of painted)
    for (const paint of ["fill", "stroke"])
      if (BLACK.test(mark.getAttribute(paint) ?? "")) mark.setAttribute(paint, "currentColor");
}

function size(value: string | number | null | undefined): number | null {
  const number = typeof value === "string" ? Number.parseFloat(value) : (value ?? Number.NaN);
  return Number.isFinite(number) && number > 0 && number < 20_000 ? number : null;
}
