import { Checks } from './checks.service';
import { DailyValidation } from './daily-validation.service';
import { Prober } from './prober.service';
import { RefusalsStore } from './refusals.store';
import { StoredTokens } from './stored-tokens.service';
import { ValidationService } from './validation.service';
import { ValidationStore } from './validation.store';
import { Verdicts } from './verdicts.service';

/** How credentials are checked, when somebody asks and every day. */
export const validationProviders = [
  ...[Prober, StoredTokens, Checks, Verdicts],
  ...[ValidationService, ValidationStore, RefusalsStore, DailyValidation],
];
