import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './temporary-directory.ts';

/** Text of a page, named by its path in the repository. */
export function textOfPage(page: string): string {
  return readFileSync(join(repository, page), 'utf8');
}

/** Anchors of a page's headings, as they are made where the pages are read. */
export function anchorsOf(page: string, level = /#+/): string[] {
  return [...textOfPage(page).matchAll(new RegExp(`^${level.source} (.*)$`, 'gm'))].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
