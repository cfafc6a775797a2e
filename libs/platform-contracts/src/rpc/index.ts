import type { RpcContract } from './define-rpc';
import * as health from './health';
import * as generations from './musicgen.generation';
import * as credentials from './vault.credential';

const isContract = (value: object): value is RpcContract => 'subject' in value && 'callers' in value;

/** Every contract there is: permissions, the matrix test and the committed snapshot are made from this list. */
export const rpcContracts: readonly RpcContract[] = [health, generations, credentials].flatMap((file) =>
  Object.values<object>(file).filter(isContract),
);

export * from './define-rpc';
export * from './health';
export * from './musicgen.generation';
export * from './vault.credential';
