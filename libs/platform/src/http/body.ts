import express, { type RequestHandler } from 'express';

const LIMIT = '100kb';
const JSON_TYPES = /^(application\/json|[^;]+\/[^;]+\+json)\s*(;|$)/i;
const isJson = (contentType: string | undefined): boolean =>
  contentType !== undefined && JSON_TYPES.test(contentType);

/** JSON bodies are parsed; any other body stays text, which no schema accepts as an object. */
export const bodyParsers = (): RequestHandler[] => [
  express.json({ limit: LIMIT, strict: false, type: (request) => isJson(request.headers['content-type']) }),
  express.text({ limit: LIMIT, type: (request) => !isJson(request.headers['content-type']) }),
];
