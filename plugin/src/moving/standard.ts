/** What stands for standard output and standard input, in the place of a file. */
export const STANDARD = "-";
