/** The colours and letters of a chart: the page's tokens as they are now, since a picture inherits nothing. */
import { theme } from "../output/theme.ts";

export interface Look {
  readonly ink: string;
  readonly quiet: string;
  readonly line: string;
  readonly strong: string;
  readonly paper: string;
  readonly accent: string;
  readonly bars: string;
  readonly categories: readonly string[];
  readonly amounts: readonly string[];
}

/** Followed as the theme changes, where it is read in an effect. */
export function readLook(): Look {
  const { ink, paper } = theme.inks;
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const token = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const tokens = (name: string, from: number, to: number): string[] =>
    Array.from({ length: to - from + 1 }, (_, i) => token(`${name}-${from + i}`));
  const look = {
    ink,
    paper,
    quiet: token("ink-3"),
    line: token("line"),
    strong: token("line-strong"),
    accent: token("accent"),
    bars: token("bars"),
    categories: tokens("cat", 1, 8),
    amounts: tokens("seq", 0, 6),
  };
  probe.remove();
  return look;
}
