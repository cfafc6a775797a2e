import { hash, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;
const SHAPE = /^[A-Za-z0-9_-]{43}$/;

/** A secret that says nothing by itself: whoever shows it is looked up by its hash. */
export const makeOpaqueSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');

export const isOpaqueSecret = (text: string): boolean => SHAPE.test(text);

/** What is stored of it. 256 random bits need no slow hash. */
export const hashOpaqueSecret = (secret: string): string => hash('sha256', secret, 'hex');
