import type { PlatformRpc, RpcContract } from './define-rpc';
import * as health from './health';
import * as artefacts from './musicgen.artefact';
import * as generations from './musicgen.generation';
import * as jobs from './musicgen.job';
import * as generationUsage from './musicgen.usage';
import * as vaultAdmin from './vault.admin';
import * as credentials from './vault.credential';
import * as oauth from './vault.oauth';
import * as platforms from './vault.platform';
import * as signatures from './vault.signing';
import * as tokens from './vault.token';
import * as validation from './vault.validation';

const isContract = (value: object): value is RpcContract => 'subject' in value && 'callers' in value;
const isFamily = (value: object): value is PlatformRpc => 'contracts' in value;

const contractsOf = (value: object): readonly RpcContract[] =>
  isFamily(value) ? value.contracts : isContract(value) ? [value] : [];

/** Every contract there is: permissions, the matrix test and the committed snapshot are made from this list. */
export const rpcContracts: readonly RpcContract[] = [
  health,
  generations,
  artefacts,
  generationUsage,
  jobs,
  credentials,
  oauth,
  platforms,
  signatures,
  tokens,
  validation,
  vaultAdmin,
].flatMap((file) => Object.values<object>(file).flatMap(contractsOf));

export * from './define-rpc';
export * from './health';
export * from './musicgen.artefact';
export * from './musicgen.generation';
export * from './musicgen.job';
export * from './musicgen.usage';
export * from './vault.admin';
export * from './vault.credential';
export * from './vault.oauth';
export * from './vault.platform';
export * from './vault.signing';
export * from './vault.token';
export * from './vault.validation';
