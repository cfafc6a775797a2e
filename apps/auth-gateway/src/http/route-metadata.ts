/** Metadata key of a handler's route contract: the guard reads it, and a test that no handler lacks it. */
export const ROUTE = 'route';
