/** Rows that something is to be said about: how many, and the lines of the first few. */
const LINES_NAMED = 3;

export class SomeLines {
  rows = 0;
  readonly lines: number[] = [];

  add(line: number): void {
    this.rows += 1;
    if (this.lines.length < LINES_NAMED) this.lines.push(line);
  }
}
