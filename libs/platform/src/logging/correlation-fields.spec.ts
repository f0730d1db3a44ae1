import { runCorrelated } from '../correlation/correlation';
import { correlationFields } from './correlation-fields';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const JOB = { id: '7', name: 'deliver-due', queue: 'deliveries' };

describe('correlationFields', () => {
  it('says of a line outside requests and jobs that it has no request', () => {
    expect(correlationFields()).toEqual({ request_id: '-' });
  });

  it('names the request, also after it has waited', async () => {
    const fields = await runCorrelated({ requestId: 'mine-1' }, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return correlationFields();
    });

    expect(fields).toEqual({ request_id: 'mine-1' });
    expect(correlationFields()).toEqual({ request_id: '-' });
  });

  it('names the job, its queue, and the trace', () => {
    expect(
      runCorrelated({ requestId: 'mine-1', job: JOB, traceparent: TRACEPARENT }, correlationFields),
    ).toEqual({
      request_id: 'mine-1',
      job_id: '7',
      job: 'deliver-due',
      queue: 'deliveries',
      trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
    });
  });

  it('keeps requests apart that run side by side', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `request-${index}`);
    const seen = await Promise.all(
      ids.map(async (requestId) => {
        const wait = async () => await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
        return await runCorrelated({ requestId }, async () => {
          await wait();
          return correlationFields().request_id;
        });
      }),
    );

    expect(seen).toEqual(ids);
  });
});
