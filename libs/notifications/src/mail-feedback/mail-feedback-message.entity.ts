import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A message of Amazon SNS that counted already; SNS repeats itself. */
@Entity('mail_feedback_messages')
@Index('ix_mail_feedback_messages_received', ['receivedAt'])
export class MailFeedbackMessage {
  @PrimaryColumn('varchar', { length: 100 })
  messageId!: string;

  @Column('timestamptz', { default: () => 'now()' })
  receivedAt!: Date;
}
