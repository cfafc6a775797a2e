import { itMigrates } from '@musicgen/testing';
import { database } from './data-source';

describe('migrations of the gateway', () => itMigrates(database));
