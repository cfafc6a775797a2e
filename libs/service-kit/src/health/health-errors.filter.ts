import { AppError, publicError } from '@musicgen/error-codes';
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { newId } from '../ids';

/** Errors of a service's health port, in the public format. */
@Catch()
export class HealthErrorsFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost) {
    const isUnknownPath = thrown instanceof HttpException && thrown.getStatus() === 404;
    const error = thrown instanceof AppError ? thrown : new AppError(isUnknownPath ? 'NOT_FOUND' : 'INTERNAL_ERROR');
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    void reply.status(error.status).send(publicError(error, newId('req')));
  }
}
