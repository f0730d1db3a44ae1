import { SesSimulator } from '../../../../test/simulators/ses/ses-simulator';
import { SesMailSender } from './ses-mail-sender';

describe('a mail through Amazon SES', () => {
  const ses = new SesSimulator();
  beforeAll(async () => {
    await ses.start();
    process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
    process.env.AWS_SECRET_ACCESS_KEY = 'secret';
  });
  afterAll(async () => {
    await ses.stop();
  });

  it('is given up for the moment when there is no answer in time', async () => {
    const settings = {
      SES_REGION: 'us-east-1',
      SES_SENDER_EMAIL: 'alerts@wax.example',
      SES_CONFIGURATION_SET: undefined,
      SES_ENDPOINT_URL: ses.url,
    };
    const sender = new SesMailSender(settings, 50);
    ses.inject({ kind: 'hang' });
    const mail = {
      to: 'digger@collector.example',
      subject: 'Alpha',
      text: 'Alpha',
      html: 'Alpha',
      headers: {},
    };

    const sending = sender.send(mail, new AbortController().signal);

    await expect(sending).rejects.toMatchObject({ code: 'ses_timeout', isRetryable: true });
    await sender.close();
  });
});
