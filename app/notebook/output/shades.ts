/** Which of the seven shades stands for a count: none, then evenly up to the most in its row. */
const SHADES = 6;

export function shadeOf(count: number, most: number): string {
  if (count <= 0 || most <= 0) return "q0";
  return `q${Math.max(1, Math.min(SHADES, Math.round((count / most) * SHADES)))}`;
}
