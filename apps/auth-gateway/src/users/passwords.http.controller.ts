import {
  changePasswordRoute,
  forgotPasswordRoute,
  resetPasswordRoute,
  verifyEmailRoute,
} from '@musicgen/platform-contracts';
import { Controller } from '@nestjs/common';
import { Route, type Input } from '../http/route.decorator';
import { EmailLinksService } from './email-links.service';
import { PasswordsService } from './passwords.service';

@Controller()
export class PasswordsHttpController {
  constructor(
    private readonly passwords: PasswordsService,
    private readonly links: EmailLinksService,
  ) {}

  @Route(changePasswordRoute)
  change({ body, authenticated: { principal }, request }: Input<typeof changePasswordRoute>) {
    const who = { userId: principal.user_id, sessionId: principal.session_id!, address: request.ip };
    return this.passwords.change(who, body.current_password, body.password);
  }

  @Route(forgotPasswordRoute)
  forgot({ body }: Input<typeof forgotPasswordRoute>) {
    return this.links.send('reset_password', body.email);
  }

  @Route(resetPasswordRoute)
  reset({ body, request }: Input<typeof resetPasswordRoute>) {
    return this.links.resetPassword(body.token, body.password, request.ip);
  }

  @Route(verifyEmailRoute)
  verifyEmail({ body: { token, email } }: Input<typeof verifyEmailRoute>) {
    return token === undefined ? this.links.send('verify_email', email!) : this.links.verify(token);
  }
}
