import { PROVIDER_NAMES, type ProviderName } from '@waxwatch/integrations';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** When a provider's polls were last planned; one worker at a time takes the turn. */
@Entity('poll_plans')
export class PollPlan {
  @PrimaryColumn('enum', { enum: PROVIDER_NAMES, enumName: 'provider_enum' })
  provider!: ProviderName;

  @Column('timestamptz', { default: () => 'now()' })
  plannedAt!: Date;

  /** What the last plan gave out, relative to the budget, so that shared questions came out right. */
  @Column('real', { default: 1 })
  fit!: number;
}
