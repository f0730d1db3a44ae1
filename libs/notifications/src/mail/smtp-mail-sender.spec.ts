import { type AddressInfo, createServer } from 'node:net';
import { SmtpMailSender } from './smtp-mail-sender';

describe('a mail over SMTP', () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write('220 mail.example ESMTP\r\n');
    socket.resume();
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.close();
  });

  it('is given up by itself within the time for a send when the server falls silent', async () => {
    const { port } = server.address() as AddressInfo;
    const settings = {
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      SMTP_SENDER_EMAIL: 'alerts@wax.example',
      isProductionLike: false,
    };
    const sender = new SmtpMailSender(settings, 500);
    const mail = {
      to: 'digger@collector.example',
      subject: 'Alpha',
      text: 'Alpha',
      html: 'Alpha',
      headers: {},
    };

    await expect(sender.send(mail)).rejects.toMatchObject({ code: 'smtp_etimedout', isRetryable: true });
    await sender.close();
  });
});
