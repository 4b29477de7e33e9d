/** What the compiler wrote: put into the report when it is written. */
export const parameters: Float64Array;

/** Ten outputs, then the last hidden neurons: an array each, with a number for each row. */
export function forward(params: Float64Array, rows: Float64Array): Float64Array[];
