import { whyOff } from './availability';

const settings = { QUEUE_DASHBOARD_ENABLED: undefined, QUEUE_EAGER: false, isProductionLike: false };

describe('the queue dashboard', () => {
  it('is there in development, unless switched off', () => {
    expect(whyOff(settings)).toBeNull();
    expect(whyOff({ ...settings, QUEUE_DASHBOARD_ENABLED: false })).toBe('QUEUE_DASHBOARD_ENABLED=false');
  });

  it('is not there in production, unless switched on', () => {
    expect(whyOff({ ...settings, isProductionLike: true })).toBe(
      'production-like environments need QUEUE_DASHBOARD_ENABLED=true',
    );
    expect(whyOff({ ...settings, isProductionLike: true, QUEUE_DASHBOARD_ENABLED: true })).toBeNull();
  });

  it('is never there without queues to show', () => {
    expect(whyOff({ ...settings, QUEUE_EAGER: true, QUEUE_DASHBOARD_ENABLED: true })).toBe(
      'the queue runs in-process (QUEUE_EAGER=true)',
    );
  });
});
