import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** The last stream id given to a user; its row lock makes ids appear in the order in which they are committed. */
@Entity('user_streams')
export class UserStream {
  @ForeignKey('User', { onDelete: 'CASCADE' })
  @PrimaryColumn('uuid')
  userId!: string;

  @Column('bigint', { default: 0 })
  lastId!: number;
}
