export { type Note, type SpanSpec, Tracing } from './tracing';
export { TracingModule } from './tracing.module';
