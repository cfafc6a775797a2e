import { Clock } from '../clock';
import { CredentialChanges } from '../credentials/credential-changes';
import { DueGrantsStore } from './due-grants.store';
import { Grants } from './grants';
import { GrantsStore } from './grants.store';
import { RefreshBreakersStore } from './refresh-breakers.store';
import { RefreshOutcomes } from './refresh-outcomes.service';
import { RefreshWorker } from './refresh-worker';
import { RefreshService } from './refresh.service';
import { Renewals } from './renewals.service';
import { TokenCache } from './token-cache';
import { TokensService } from './tokens.service';
import { Uses } from './uses';

/** Tokens, kept, renewed and given away. */
export const grantsProviders = [
  ...[Clock, CredentialChanges, Grants, TokensService, TokenCache, Uses],
  ...[Renewals, RefreshService, RefreshOutcomes, RefreshWorker],
  ...[GrantsStore, DueGrantsStore, RefreshBreakersStore],
];
