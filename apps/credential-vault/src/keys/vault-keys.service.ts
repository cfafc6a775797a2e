import { ConfigError, KeyRing, LOGGER, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../clock';
import { canaryContext, canaryText, keyProblems } from './key-check';
import { KeysStore } from './keys.store';

/** Sees to it that the vault never runs with a key that is missing or another one than it was. */
@Injectable()
export class VaultKeys {
  constructor(
    private readonly store: KeysStore,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** At the start. Throws ConfigError: there is no fallback, and no key is ever made up. */
  async check(): Promise<void> {
    const [known, census] = [await this.store.listKeys(), await this.store.census()];
    const problems = keyProblems(this.ring, known, census);
    if (problems.length > 0) throw new ConfigError(problems);
    for (const { version, fingerprint } of known) {
      if (this.ring.versions.includes(version)) continue;
      await this.store.removeKey(version);
      this.logger.info({ version, fingerprint }, 'a key is not in the ring any more, and nothing needs it');
    }
    // A canary is sealed while its key is the newest: that is when it comes into use.
    const newest = this.ring.newest;
    if (known.some(({ version }) => version === newest)) return;
    const canary = this.ring.seal(canaryText, canaryContext(newest));
    const fingerprint = this.ring.fingerprint(newest);
    await this.store.addKey({ version: newest, fingerprint, canary, addedAt: this.clock.now() });
    this.logger.info({ version: newest, fingerprint }, 'a key came into use');
  }
}
