import { SesSimulator } from '../../../../test/simulators/ses/ses-simulator';
import { SesMailSender } from './ses-mail-sender';

describe('a mail through Amazon SES', () => {
  const ses = new SesSimulator();
  const settings = () => ({
    SES_REGION: 'us-east-1',
    SES_SENDER_EMAIL: 'alerts@wax.example',
    SES_CONFIGURATION_SET: undefined,
    SES_ENDPOINT_URL: ses.url,
  });
  const mail = {
    to: 'digger@collector.example',
    subject: 'Alpha',
    text: 'Alpha',
    html: 'Alpha',
    headers: {},
  };
  beforeAll(async () => {
    await ses.start();
    process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
    process.env.AWS_SECRET_ACCESS_KEY = 'secret';
  });
  afterAll(async () => {
    await ses.stop();
  });

  it('is sent by an SDK that could not be loaded at first', async () => {
    let failures = 1;
    jest.doMock('@aws-sdk/client-sesv2', () => {
      failures -= 1;
      if (failures >= 0) throw new Error('cannot be loaded');
      return jest.requireActual<object>('@aws-sdk/client-sesv2');
    });
    const sender = new SesMailSender(settings());

    await expect(sender.send(mail, new AbortController().signal)).rejects.toMatchObject({
      isRetryable: true,
    });
    await expect(sender.send(mail, new AbortController().signal)).resolves.toEqual(expect.any(String));

    await sender.close();
    jest.dontMock('@aws-sdk/client-sesv2');
  });

  it('is given up for the moment when there is no answer in time', async () => {
    const sender = new SesMailSender(settings(), 50);
    ses.inject({ kind: 'hang' });
    const sending = sender.send(mail, new AbortController().signal);

    await expect(sending).rejects.toMatchObject({ code: 'ses_timeout', isRetryable: true });
    await sender.close();
  });
});
