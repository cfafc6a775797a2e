import {
  changePasswordRoute,
  forgotPasswordRoute,
  resetPasswordRoute,
  verifyEmailRoute,
} from '@musicgen/platform-contracts';
import { Controller } from '@nestjs/common';
import { actorOf } from '../audit/actor';
import type { Input } from '../http/input';
import { Route } from '../http/route.decorator';
import { EmailLinksService } from './email-links.service';
import { PasswordsService } from './passwords.service';

@Controller()
export class PasswordsHttpController {
  constructor(
    private readonly passwords: PasswordsService,
    private readonly links: EmailLinksService,
  ) {}

  @Route(changePasswordRoute)
  change({ body, call, request }: Input<typeof changePasswordRoute>) {
    const by = actorOf({ call, request });
    return this.passwords.change(call.principal, body.current_password, body.password, by);
  }

  @Route(forgotPasswordRoute)
  forgot({ body }: Input<typeof forgotPasswordRoute>) {
    return this.links.send('reset_password', body.email);
  }

  @Route(resetPasswordRoute)
  reset({ body, call, request }: Input<typeof resetPasswordRoute>) {
    return this.links.resetPassword(body.token, body.password, actorOf({ call, request }));
  }

  @Route(verifyEmailRoute)
  verifyEmail({ body: { token, email } }: Input<typeof verifyEmailRoute>) {
    return token === undefined ? this.links.send('verify_email', email!) : this.links.verify(token);
  }
}
