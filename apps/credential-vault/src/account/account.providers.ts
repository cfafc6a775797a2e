import { AccountErasure } from './account-erasure.service';
import { AccountStore } from './account.store';

export const accountProviders = [AccountErasure, AccountStore];
