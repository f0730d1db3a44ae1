import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What remains of a hard-deleted account: tokens issued before `deletedAt` must not bring it back. */
@Entity('deleted_users')
export class DeletedUser {
  @PrimaryColumn('uuid')
  userId!: string;

  @Column('timestamptz', { default: () => 'now()' })
  deletedAt!: Date;
}
