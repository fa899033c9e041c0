/** What stands before the positions, on the last line of a cell's code. */
export const POSITIONS_MARK = "//# positions=";
