import { DeveloperTokens } from './developer-tokens';
import { SigningService } from './signing.service';

/** What is signed with secrets that never leave. */
export const signingProviders = [DeveloperTokens, SigningService];
