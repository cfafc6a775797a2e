import { DeveloperTokens } from './developer-tokens';
import { SignedTokens } from './signed-tokens.service';
import { SigningService } from './signing.service';

/** What is signed with secrets that never leave. */
export const signingProviders = [DeveloperTokens, SignedTokens, SigningService];
