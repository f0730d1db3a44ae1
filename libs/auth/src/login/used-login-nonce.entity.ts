import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A hand-over to the mobile app happens once; its nonce is remembered for as long as it could be shown again. */
@Entity('used_login_nonces')
@Index('ix_used_login_nonces_expires', ['expiresAt'])
export class UsedLoginNonce {
  /** SHA-256, in hexadecimal. */
  @PrimaryColumn('varchar', { length: 64 })
  nonceHash!: string;

  @Column('timestamptz')
  expiresAt!: Date;
}
