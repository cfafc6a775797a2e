import { AppError, publicError } from '@musicgen/error-codes';
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { newId } from '../ids';

/** Errors of a service's health port, in the public format. */
@Catch()
export class HealthErrorsFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost) {
    const isUnknownPath = thrown instanceof HttpException && thrown.getStatus() === 404;
    const error = thrown instanceof AppError ? thrown : new AppError(isUnknownPath ? 'NOT_FOUND' : 'INTERNAL_ERROR');
    const http = host.switchToHttp();
    http.getRequest<FastifyRequest>();
    void http
      .getResponse<FastifyReply>()
      .status(error.status)
      .send(publicError(error, newId('req')));
  }
}
