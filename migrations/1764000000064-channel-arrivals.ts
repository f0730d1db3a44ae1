import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE channel_arrivals (
     user_channel_id uuid NOT NULL,
     notification_id uuid NOT NULL,
     CONSTRAINT "PK_bc628ae104de66d1f8723728956" PRIMARY KEY (user_channel_id, notification_id),
     CONSTRAINT "FK_26212d771efbbe128495d9b2ab8" FOREIGN KEY (user_channel_id) REFERENCES user_channels (id) ON DELETE CASCADE,
     CONSTRAINT "FK_dd19eeb6eec05385b5d756c8599" FOREIGN KEY (notification_id) REFERENCES notifications (id) ON DELETE CASCADE
   )`,
  'CREATE INDEX ix_channel_arrivals_notification ON channel_arrivals (notification_id)',
];

/** Which of a user's browsers have a notification that others still lack. */
export class ChannelArrivals1764000000064 implements MigrationInterface {
  readonly name = 'ChannelArrivals1764000000064';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE channel_arrivals');
  }
}
