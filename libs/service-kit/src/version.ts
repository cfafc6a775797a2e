/** The platform's version, as `/status` and the OpenAPI document tell it; all services are released together. */
export const version = '0.1.0';
