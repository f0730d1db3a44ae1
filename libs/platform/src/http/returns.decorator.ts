import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  HttpCode,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { Response } from 'express';
import { map, type Observable } from 'rxjs';
import type { z } from 'zod';
import { NEXT_CURSOR_HEADER, type Page } from './pagination';

/** What a handler answers with passes its schema, so that no other field leaves the server. */
class ResponseSchema implements NestInterceptor {
  constructor(private readonly schema: z.ZodType) {}

  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((value: unknown) => this.schema.parse(value)));
  }
}

/** The handler answers with a `Page`; the body is the bare array, the next cursor travels in a header. */
class PageResponse implements NestInterceptor {
  constructor(private readonly item: z.ZodType) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(
      map((page: Page<unknown>) => {
        if (page.nextCursor !== null) response.setHeader(NEXT_CURSOR_HEADER, page.nextCursor);
        return page.items.map((item) => this.item.parse(item));
      }),
    );
  }
}

/** Status and body schema of a success; also its documentation. */
export const Returns = (status: number, schema: z.ZodType, description = 'Success'): MethodDecorator =>
  applyDecorators(
    HttpCode(status),
    UseInterceptors(new ResponseSchema(schema)),
    ApiResponse({ status, description, standardSchema: schema }),
  );

/** What a failure of this status means here; which failures every route has, the document knows by itself. */
export const Refuses = (status: number, description: string): MethodDecorator =>
  ApiResponse({ status, description });

const pageResponse = (item: z.ZodType, description: string): MethodDecorator =>
  ApiResponse({
    status: 200,
    description,
    standardSchema: item.array(),
    headers: {
      [NEXT_CURSOR_HEADER]: { description: 'Cursor of the next page, if any', schema: { type: 'string' } },
    },
  });

/** 200 with a bare array of `item`, newest first, and `x-next-cursor` where there is more. */
export const ReturnsPage = (item: z.ZodType, description = 'Newest first'): MethodDecorator =>
  applyDecorators(HttpCode(200), UseInterceptors(new PageResponse(item)), pageResponse(item, description));

/**
 * The same for a handler that answers with the `JsonText` of a `WireRows`, in which only named columns are; `item`
 * is for the documentation.
 */
export const ReturnsWirePage = (item: z.ZodType, description = 'Newest first'): MethodDecorator =>
  applyDecorators(HttpCode(200), pageResponse(item, description));
