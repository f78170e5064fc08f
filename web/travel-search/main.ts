import { searchServerEnvironment } from '../../contracts/travel-search.ts';
import { runApplicationServer } from '../shared/application-process.ts';
import { SearchServer } from './search-server.ts';

process.exit(
  await runApplicationServer(
    searchServerEnvironment,
    (environment, log, metrics) => new SearchServer(environment, log, metrics),
  ),
);
