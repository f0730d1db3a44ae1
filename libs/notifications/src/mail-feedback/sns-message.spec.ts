import { isSnsCertificate, isSnsUrl } from './sns-message';

const PATH = '/SimpleNotificationService-0123456789abcdef.pem';
const IRELAND = 'arn:aws:sns:eu-west-1:111122223333:feedback';

describe('the certificate of an SNS message', () => {
  it.each([
    [IRELAND, 'https://sns.eu-west-1.amazonaws.com'],
    ['arn:aws-us-gov:sns:us-gov-west-1:111122223333:feedback', 'https://sns.us-gov-west-1.amazonaws.com'],
    ['arn:aws-cn:sns:cn-north-1:111122223333:feedback', 'https://sns.cn-north-1.amazonaws.com.cn'],
  ])('of %s comes from %s', (topic, origin) => {
    expect(isSnsCertificate(`${origin}${PATH}`, topic, undefined)).toBe(true);
  });

  it.each([
    `https://sns.us-east-1.amazonaws.com${PATH}`,
    `https://sns.eu-west-1.amazonaws.com.cn${PATH}`,
    `https://sns.eu-west-1.amazonaws.com.evil.example${PATH}`,
    `https://sns.eu-west-1.amazonaws.com:8443${PATH}`,
    `http://sns.eu-west-1.amazonaws.com${PATH}`,
    `https://user@sns.eu-west-1.amazonaws.com${PATH}`,
    `https://sns.eu-west-1.amazonaws.com${PATH}?Action=GetTopicAttributes`,
    `https://sns.eu-west-1.amazonaws.com/other/..${PATH}/x`,
    'nonsense',
  ])('of a topic in Ireland does not come from %s', (url) => {
    expect(isSnsCertificate(url, IRELAND, undefined)).toBe(false);
  });

  it('comes from nowhere for what is no topic', () => {
    expect(isSnsUrl(`https://sns.eu-west-1.amazonaws.com${PATH}`, 'feedback', undefined)).toBe(false);
  });

  it('may come from what stands in for SNS', () => {
    expect(isSnsCertificate(`http://127.0.0.1:9999${PATH}`, IRELAND, 'http://127.0.0.1:9999')).toBe(true);
    expect(isSnsCertificate(`http://127.0.0.1:9998${PATH}`, IRELAND, 'http://127.0.0.1:9999')).toBe(false);
  });
});
