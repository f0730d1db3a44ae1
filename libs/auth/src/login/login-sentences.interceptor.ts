import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { ValidationError, type ValidationItem } from '@waxwatch/platform/errors';
import { catchError, type Observable, throwError } from 'rxjs';

const SENTENCES: Record<string, string> = {
  email: 'Please enter a valid email address.',
  password: 'Please enter your password.',
};
const LINK = 'This sign-in link is not valid or has run out. Please start again.';
const FORM = 'Please enter your email address and your password.';

/** The form shows the message of a refusal to whoever fills it in, so that it has to be a sentence. */
@Injectable()
export class LoginSentences implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next
      .handle()
      .pipe(
        catchError((error: unknown) =>
          throwError(() =>
            error instanceof ValidationError
              ? new ValidationError(error.items, sentenceFor(error.items))
              : error,
          ),
        ),
      );
  }
}

export function sentenceFor(items: readonly ValidationItem[]): string {
  const fields = items.map(({ loc }) => loc[1]);
  if (fields.includes(undefined) || (fields.includes('email') && fields.includes('password'))) return FORM;
  const [first] = fields;
  return SENTENCES[String(first)] ?? LINK;
}
