import { notificationFrame, resetFrame, retryField } from './frame';

const row = {
  user_id: '8f2a5009-c0a2-4f90-8f1b-c1716c26bf06',
  stream_id: 12,
  id: '4c8d9157-4a8c-4ea8-9d27-3ad2fc1e8f95',
  event_id: 'f2eec3e4-1f39-4a9f-9f39-2359f3983be0',
  event_type: 'NEW_MATCH',
  created_at: '2026-01-20T12:00:03.264886Z',
};

describe('frames', () => {
  it('spell a notification as the contract does', () => {
    expect(notificationFrame(row)).toEqual({
      id: 12,
      text:
        'id: 12\nevent: notification\ndata: {"notification_id": "4c8d9157-4a8c-4ea8-9d27-3ad2fc1e8f95", ' +
        '"event_id": "f2eec3e4-1f39-4a9f-9f39-2359f3983be0", "event_type": "NEW_MATCH", ' +
        '"created_at": "2026-01-20T12:00:03.264886+00:00"}\n\n',
    });
  });

  it('leave a whole second whole', () => {
    expect(notificationFrame({ ...row, created_at: '2026-01-20T12:00:03Z' }).text).toContain(
      '"created_at": "2026-01-20T12:00:03+00:00"}',
    );
  });

  it('give a reset an id to resume from', () => {
    expect(resetFrame(9, 'too_old')).toBe('id: 9\nevent: reset\ndata: {"reason": "too_old"}\n\n');
  });

  it('ask for whole milliseconds', () => {
    expect(retryField(2345.6)).toBe('retry: 2346\n\n');
  });
});
