import { activeMq } from '../../../lib/constructs/broker/activemq.ts';
import { activeMqConfiguration } from '../../../local/brokers/activemq-configuration.ts';

const surroundings = {
  name: 'broker',
  username: 'messaging',
  password: 'quoted"&<password>',
  port: 61_613,
  directory: '/data',
};

it("keeps the template's policies and plugins, and adds what Amazon MQ sets itself", () => {
  const xml = activeMqConfiguration(activeMq({ deliveryLimit: 7 }).configuration, surroundings);
  expect(xml).toContain('schedulerSupport="true" brokerName="broker" dataDirectory="/data"');
  expect(xml).toContain('maximumRedeliveries="6"');
  expect(xml).toContain('queuePrefix="DLQ."');
  expect(xml).toMatch(/username="messaging" password="quoted&#34;&#38;&#60;password&#62;"[\s\S]*<\/plugins>/);
  expect(xml).toContain('uri="stomp://127.0.0.1:61613"');
});

it.each([
  ['no XML of a broker', '<beans/>'],
  ['one without plugins', '<broker></broker>'],
])('refuses %s', (_, configuration) => {
  expect(() => activeMqConfiguration(configuration, surroundings)).toThrow('<broker> with <plugins>');
});
