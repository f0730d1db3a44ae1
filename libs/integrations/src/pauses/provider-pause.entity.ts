import { Column, Entity, PrimaryColumn } from 'typeorm';
import { PROVIDER_NAMES, type ProviderName } from '../listing-provider';

/** A provider that asked us to wait, seen by every process. */
@Entity('provider_pauses')
export class ProviderPause {
  @PrimaryColumn('enum', { enum: PROVIDER_NAMES, enumName: 'provider_enum' })
  provider!: ProviderName;

  @Column('timestamptz')
  pausedUntil!: Date;

  @Column('varchar', { length: 200 })
  reason!: string;

  @Column('timestamptz', { default: () => 'now()' })
  updatedAt!: Date;
}
