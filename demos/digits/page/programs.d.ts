import type { Program } from "./engine.js";

/** What the compiler wrote: put into the page when it is built. */
export const programs: { network: Program; unbounded: Program };
