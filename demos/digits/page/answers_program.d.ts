import type { Prepared } from "./engine.js";

/** What the compiler wrote: put into the report when it is written. Ten outputs, then the last hidden neurons. */
export function prepare(params: Float64Array, batch: number): Pick<Prepared, "forward">;
