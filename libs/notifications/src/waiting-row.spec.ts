import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type WaitingRow, zoneOf } from './waiting-row';

describe('a time zone that does not exist', () => {
  const rowOf = (user_id: string): WaitingRow => ({
    id: randomUUID(),
    user_id,
    event_id: randomUUID(),
    event_type: 'NEW_MATCH',
    created_at: '2027-03-27T21:30:00Z',
    failures: 0,
    is_held: false,
    event_created_at: '2027-03-27T21:30:00Z',
    rule_id: null,
    watch_release_id: null,
    listing_id: null,
    payload: {},
    email: 'digger@collector.example',
    zone: 'Europe/Atlantis',
    quiet_hours_start: null,
    quiet_hours_end: null,
    frequency: 'instant',
    daily_cap: null,
    is_urgent: false,
    still_valid: null,
    snoozed_until: null,
    refusal: null,
  });

  it('is told once for each user, and UTC does in its place', () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    const [one, other] = [randomUUID(), randomUUID()];

    const zones = [one, other, one, one].map((userId) => zoneOf(rowOf(userId)));

    expect(zones).toEqual(['UTC', 'UTC', 'UTC', 'UTC']);
    expect(warn.mock.calls).toEqual(
      [one, other].map((user_id) => [{ event: 'notifications.preferences.invalid_timezone', user_id }]),
    );
    warn.mockRestore();
  });
});
