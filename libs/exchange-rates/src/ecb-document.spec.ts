import { readEcbDocument, UnreadableRatesError } from './ecb-document';

const day = (lines: string, date = '2026-03-13'): string => `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
	<gesmes:subject>Reference rates</gesmes:subject>
	<gesmes:Sender>
		<gesmes:name>European Central Bank</gesmes:name>
	</gesmes:Sender>
	<Cube>
		<Cube time='${date}'>
			${lines}
		</Cube>
	</Cube>
</gesmes:Envelope>`;

const GOOD = `<Cube currency='USD' rate='1.1476'/><Cube currency='JPY' rate='182.85'/><Cube currency='GBP' rate='0.86503'/>
  <Cube currency='IDR' rate='19395.07'/><Cube currency='SEK' rate='10.7545'/>`;

describe('readEcbDocument', () => {
  it('reads the day and its rates as they are written', () => {
    expect(readEcbDocument(day(GOOD))).toEqual({
      date: '2026-03-13',
      rates: { USD: '1.1476', JPY: '182.85', GBP: '0.86503', IDR: '19395.07', SEK: '10.7545' },
    });
  });

  it.each([
    ['an HTML page', '<html><body>Maintenance</body></html>'],
    ['no XML', 'rate limit'],
    ['nothing', ''],
    ['a document that was cut', day(GOOD).slice(0, -60)],
    ['no rates', day('')],
    ['hardly any rates', day(`<Cube currency='USD' rate='1.1'/>`)],
    ['no dollar', day(GOOD.replace('USD', 'PLN'))],
    ['a comma in a number', day(GOOD.replace('1.1476', '1,1476'))],
    ['a rate of nothing', day(GOOD.replace('1.1476', '0.0000'))],
    ['a negative rate', day(GOOD.replace('1.1476', '-1.1476'))],
    ['no number', day(GOOD.replace('1.1476', 'NaN'))],
    ['an exponent', day(GOOD.replace('1.1476', '1e5'))],
    ['a currency that is none', day(GOOD.replace('GBP', '<script>'))],
    ['a currency twice', day(GOOD.replace('GBP', 'USD'))],
    ['a rate without a currency', day(GOOD.replace(`currency='GBP'`, ''))],
    ['a day that is none', day(GOOD, '2026-02-30')],
    ['no day', day(GOOD).replace(`time='2026-03-13'`, '')],
    [
      'an entity of its own',
      day(GOOD.replace('1.1476', '&a;')).replace('?>', '?><!DOCTYPE x [<!ENTITY a "1.1476">]>'),
    ],
  ])('takes nothing from %s', (_name, text) => {
    expect(() => readEcbDocument(text)).toThrow(UnreadableRatesError);
  });
});
