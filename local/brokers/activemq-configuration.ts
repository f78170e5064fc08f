/** What Amazon MQ sets of a broker by itself, and no configuration of a template says. */
export interface ActiveMqSurroundings {
  readonly name: string;
  readonly username: string;
  readonly password: string;
  readonly port: number;
  /** Where it keeps what it has on disk. */
  readonly directory: string;
}

const beans = `<beans xmlns="http://www.springframework.org/schema/beans"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.springframework.org/schema/beans http://www.springframework.org/schema/beans/spring-beans.xsd
    http://activemq.apache.org/schema/core http://activemq.apache.org/schema/core/activemq-core.xsd">`;

/**
 * The configuration of a server from that of a template: the same policies and plugins, with a user, a store, and
 * STOMP on 127.0.0.1 alone.
 *
 * @throws Error when it is no broker with plugins, as the template's is.
 */
export function activeMqConfiguration(configuration: string, surroundings: ActiveMqSurroundings): string {
  const { name, username, password, port, directory } = surroundings;
  const [, attributes, elements] = /<broker\b([^>]*)>([\s\S]*)<\/broker>/.exec(configuration) ?? [];
  if (attributes === undefined || elements === undefined || !elements.includes('</plugins>')) {
    throw new Error('The configuration has no <broker> with <plugins>.');
  }
  const user = `<simpleAuthenticationPlugin><users>
    <authenticationUser username="${xmlText(username)}" password="${xmlText(password)}" groups="administrators"/>
  </users></simpleAuthenticationPlugin>`;
  return `${beans}
<broker${attributes} brokerName="${xmlText(name)}" dataDirectory="${xmlText(directory)}" useJmx="false">
${elements.replace('</plugins>', `${user}\n</plugins>`)}
  <persistenceAdapter>
    <kahaDB directory="${xmlText(directory)}/kahadb" journalMaxFileLength="4mb"/>
  </persistenceAdapter>
  <transportConnectors>
    <transportConnector name="stomp" uri="stomp://127.0.0.1:${port}"/>
  </transportConnectors>
</broker>
</beans>
`;
}

function xmlText(text: string): string {
  return text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`);
}
