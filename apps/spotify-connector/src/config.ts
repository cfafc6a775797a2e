import { serviceConfig } from '@musicgen/service-kit';

export const config = serviceConfig;
