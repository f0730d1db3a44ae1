import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('users')
@Index('ix_users_email', ['email'], { unique: true })
export class User {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('varchar', { length: 320 })
  email!: string;

  /** An argon2id hash for local accounts; `!` where the identity provider holds the password. */
  @Column('varchar', { length: 255 })
  hashedPassword!: string;

  @Column('varchar', { length: 120, nullable: true })
  displayName!: string | null;

  @Column('varchar', { length: 64, nullable: true })
  timezone!: string | null;

  @Column('varchar', { length: 3, nullable: true })
  currency!: string | null;

  /** Where eBay is asked for rules that name no marketplace; null for where the server asks. */
  @Column('varchar', { length: 20, nullable: true })
  ebayMarketplaceId!: string | null;

  @Column('boolean', { default: true })
  isActive!: boolean;

  /** Bearer tokens issued before this instant are refused; set by logout. */
  @Column('timestamptz', { nullable: true })
  tokensValidFrom!: Date | null;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { default: () => 'now()' })
  updatedAt!: Date;
}
