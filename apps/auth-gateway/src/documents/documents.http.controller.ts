import { AppError } from '@musicgen/error-codes';
import { CONFIG } from '@musicgen/service-kit';
import { Controller, Get, Header, Inject, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import fs from 'node:fs';
import path from 'node:path';
// Not the package itself: that would load Swagger UI into this process.
import swaggerFolder from 'swagger-ui-dist/absolute-path';
import type { Config } from '../config';
import { docsPage, errorsPage, starter } from './pages';
import { openApiDocument } from './openapi';

const assets: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

/** Swagger UI styles its own elements; scripts come from here alone. */
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

/** The API's description, for programs and for people. */
@Controller()
export class DocumentsHttpController {
  private readonly document: string;

  constructor(@Inject(CONFIG) config: Config) {
    this.document = JSON.stringify(openApiDocument(config.publicUrl));
  }

  @Get('v1/openapi.json')
  @Header('content-type', 'application/json; charset=utf-8')
  openapi() {
    return this.document;
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', pagePolicy)
  docs() {
    return docsPage;
  }

  @Get('docs/errors')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', pagePolicy)
  errors() {
    return errorsPage();
  }

  @Get('docs/assets/:file')
  asset(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply) {
    if (file === 'start.js') {
      reply.type('text/javascript; charset=utf-8');
      return starter;
    }
    const type = assets[file];
    if (!type) throw new AppError('NOT_FOUND');
    void reply.type(type).header('cache-control', 'public, max-age=86400');
    return fs.promises.readFile(path.join(swaggerFolder(), file));
  }
}
