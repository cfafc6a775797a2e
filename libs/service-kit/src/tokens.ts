/** The service's parsed configuration. */
export const CONFIG = Symbol('config');

/** The service's log. */
export const LOGGER = Symbol('logger');
