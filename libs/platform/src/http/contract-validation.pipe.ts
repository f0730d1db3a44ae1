import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { ValidationError } from '../errors/app-error';
import { toValidationItems } from './validation-items';

const SOURCES: Partial<Record<ArgumentMetadata['type'], 'body' | 'query' | 'path'>> = {
  body: 'body',
  query: 'query',
  param: 'path',
};

/**
 * Holds a body, query or path parameter against the Zod schema of its decorator (`@Body({ schema })`).
 * @throws ValidationError with the contract's items
 */
@Injectable()
export class ContractValidationPipe implements PipeTransform<unknown, unknown> {
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    const source = SOURCES[metadata.type];
    const { schema } = metadata;
    if (source === undefined || !(schema instanceof z.ZodType)) return value;
    // An empty body, or the JSON text `null`, is as good as none.
    const given = source === 'body' && (value === null || value === '') ? undefined : value;
    const result = schema.safeParse(given, { reportInput: true });
    if (result.success) return result.data;
    throw new ValidationError(toValidationItems(result.error.issues, source, metadata.data));
  }
}
