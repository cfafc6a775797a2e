/** Changes whenever the same request would give another score. */
export const ENGINE_VERSION = 'composer-1.2.0';
