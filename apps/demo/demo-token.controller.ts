import { Controller, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { LocalIssuer, Public } from '@waxwatch/auth';
import { Returns } from '@waxwatch/platform/http';
import { z } from 'zod';
import { DEMO_COLLECTOR, TOKEN_SECONDS } from './demo-collector';

export const DEMO_TOKEN_PATH = '/demo/token';

const DemoToken = z.object({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  expires_in: z.int(),
});

/** Lets the page of the demo sign in without asking. */
@ApiExcludeController()
@Public()
@Controller('demo')
export class DemoTokenController {
  constructor(private readonly issuer: LocalIssuer) {}

  @Post('token')
  @Returns(200, DemoToken)
  token(): z.input<typeof DemoToken> {
    const accessToken = this.issuer.issueToken(DEMO_COLLECTOR, { expiresIn: TOKEN_SECONDS, alg: 'ES256' });
    return { access_token: accessToken, token_type: 'bearer', expires_in: TOKEN_SECONDS };
  }
}
