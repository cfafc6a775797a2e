import { KeyRotationService } from './key-rotation.service';
import { KeysStore } from './keys.store';
import { VaultKeys } from './vault-keys.service';

export const keysProviders = [KeyRotationService, KeysStore, VaultKeys];
